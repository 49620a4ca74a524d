"""What is usual among all accounts of a tenant, in a form whose parts add up.

    sketch(partition) -> integers      merge(a, b) = a + b      fit(whole) -> rates, spreads, contact causes

A sketch holds only whole numbers, sums and minima, so the cohort is the same whoever owns which partition
and in which order sketches arrive. Per friction channel it is a histogram of friction per attempt on a fixed
log scale, with the moments of each bin, in each window that friction is held against; for contacts it is the
normal equations of a weighted regression.
Accounts of more than `ATTEMPTS_CAP` attempts are scaled down to it: no giant decides what is usual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import held
from banso_scoring.domain.facts.panel import DAYS, Floats, Ints, Panel
from banso_scoring.domain.facts.windows import (
    WEIGHTINGS_MAX,
    Weighting,
    Windows,
    last,
    recent,
    weigh,
)
from banso_scoring.domain.standing import NO_DAY
from banso_scoring.domain.struggle import clumps
from banso_scoring.domain.success_model import MetricKind, SuccessModel

QUANTUM = 2.0**16
ATTEMPTS_CAP = 200.0
RATE_MIN, RATE_MAX = 1e-5, 1e2
BINS_PER_DECADE = 24
BINS = 7 * BINS_PER_DECADE + 2
"""Bin 0 holds the accounts without friction, the last one those at or over `RATE_MAX`."""
SIZE_CAP = 1e4
PROFILE_CAP = 1_000.0
PEAK_TIMES, PEAK_MIN = 10.0, 5.0
SINCE = ("above", "at_peak")
"""Columns that sketches of before 2026-11-22 lack."""
MONTH_DAYS = 30.0
BINS_IN_WINDOWS = 4
"""Dimensions of the friction of a sketch of before 2026-11-22: three windows, the middle one that of today."""
COUNT, FRICTION, ATTEMPTS, SQUARES, SCALE = range(5)
Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class CohortSketch:
    """Mergeable sums over accounts, in quanta of 2^-16 where they are not counts. Add two and they are one."""

    version: str
    day: int
    """The day number of the newest column of `profile`; `NO_DAY` when it was not said."""
    accounts: int
    seen: Ints
    """(series,): accounts with any event of the series in the window."""
    contact_age_days: int
    """Days since the newest contact of any account; DAYS when there is none."""
    friction: Ints
    """(channels, BINS, 5): accounts, Σ n, Σ U, Σ n²/U, Σ scale of the accounts whose n/U falls in the bin."""
    contact_xx: Ints
    """(1 + channels, 1 + channels): Σ w x xᵀ, x = (seat-months, friction of each channel)."""
    contact_xc: Ints
    """(1 + channels,): Σ w x c, c = contacts."""
    contact_x: Ints
    """(1 + channels,): Σ w s x, s = the account's scale."""
    contact_c: Ints
    """(2,): Σ w s c, Σ w c²."""
    profile: Ints
    """(series, DAYS): each account's events a day, an account weighing at most `PROFILE_CAP` events, and its day at
    most its peak."""
    above: Ints
    """(series, DAYS): the events above the peaks."""
    at_peak: Ints
    """(series, DAYS): how many accounts had any."""
    clumps: Ints
    """(channels·SUMS, SPANS): see `clumps`."""

    def to_dict(self) -> dict[str, Any]:
        """The sketch as JSON-able values."""
        return {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in ((name, getattr(self, name)) for name in self.__slots__)
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> CohortSketch:
        """The sketch that `to_dict` wrote. Raises KeyError or ValueError when it is none."""
        whole = {
            name: np.asarray(values[name], np.int64)
            for name in cls.__slots__
            if name not in ("version", "day", "accounts", "contact_age_days", "clumps", *SINCE)
        }
        for name in SINCE:  # a sketch of before holds none
            whole[name] = np.asarray(values.get(name, np.zeros_like(whole["profile"])), np.int64)
        if whole["friction"].ndim == BINS_IN_WINDOWS:
            whole["friction"] = whole["friction"][1]
        none = np.zeros((len(whole["friction"]) * clumps.SUMS, clumps.SPANS))
        whole["clumps"] = np.asarray(values.get("clumps", none), np.int64)
        return cls(
            version=str(values["version"]),
            day=int(values["day"]),
            accounts=int(values["accounts"]),
            contact_age_days=int(values["contact_age_days"]),
            **whole,
        )


def merge(a: CohortSketch, b: CohortSketch) -> CohortSketch:
    """The sketch of both sets of accounts, on the later of their days.

    Raises ValueError when they were made by different models.
    """
    if a.version != b.version:
        raise ValueError(f"sketches of {a.version} and {b.version} do not add up")
    day = max(a.day, b.day)
    return CohortSketch(
        version=a.version,
        day=day,
        accounts=a.accounts + b.accounts,
        seen=a.seen + b.seen,
        contact_age_days=min(_aged(a, day), _aged(b, day)),
        friction=a.friction + b.friction,
        contact_xx=a.contact_xx + b.contact_xx,
        contact_xc=a.contact_xc + b.contact_xc,
        contact_x=a.contact_x + b.contact_x,
        contact_c=a.contact_c + b.contact_c,
        clumps=_clumps(a, day) + _clumps(b, day),
        **{
            name: moved(getattr(a, name), _behind(a, day), 0) + moved(getattr(b, name), _behind(b, day), 0)
            for name in ("profile", *SINCE)
        },
    )


def moved(columns: NDArray[Number], days: int, blank: int) -> NDArray[Number]:
    """(rows, columns) seen from `days` columns later (earlier when negative); what was not seen is `blank`."""
    found, width = np.full_like(columns, blank), columns.shape[1]
    if 0 <= days < width:
        found[:, : width - days] = columns[:, days:]
    elif -width < days < 0:
        found[:, -days:] = columns[:, :days]
    return found


def sketch(model: SuccessModel, panel: Panel, day: int = NO_DAY) -> CohortSketch:
    """The sketch of the accounts of `panel`, whose last column is `day`; of none, it is the neutral element.

    An account whose contract is over says nothing of what is usual.
    """
    if panel.ended is not None and panel.ended.any():
        panel = panel.take(np.flatnonzero(~panel.ended))
    windows = weigh(model, panel)
    seen = np.array([(windows.of(index, last(DAYS)) != 0).sum() for index in range(len(model.series))], np.int64)
    contacts = _contact_sums(model, panel, windows)
    profile, above, at_peak = _profile(model, panel, windows)
    return CohortSketch(
        version=model.version,
        day=day if panel.n else NO_DAY,
        accounts=panel.n,
        seen=seen,
        contact_age_days=_contact_age(model, panel),
        friction=_bins(model, windows, recent(model)),
        contact_xx=contacts[0],
        contact_xc=contacts[1],
        contact_x=contacts[2],
        contact_c=contacts[3],
        profile=profile,
        above=above,
        at_peak=at_peak,
        clumps=clumps.sums(model, panel, day),
    )


def bin_of(rate: Floats) -> NDArray[np.intp]:
    """The histogram bin of each rate of friction per attempt."""
    with np.errstate(divide="ignore"):
        place = np.floor(np.log10(rate / RATE_MIN) * BINS_PER_DECADE)
    return np.where(rate > 0, np.clip(place, 0, BINS - 2) + 1, 0).astype(np.intp)


def size_of(panel: Panel) -> Floats:
    """(n,): how many people the account has: its seats, else the distinct users seen, at least 1."""
    return np.maximum(np.where(np.isnan(panel.seats), panel.users_total, panel.seats), 1.0)


def seat_months(panel: Panel) -> Callable[[Weighting], Floats]:
    """What gives (n,): size times the days that the account existed, weighted, in months."""
    size, age = size_of(panel), np.clip(panel.age_days, 0, DAYS - 1).astype(np.intp)
    return lambda weighting: np.asarray(size * _lived(weighting)[age] / MONTH_DAYS)


@lru_cache(maxsize=WEIGHTINGS_MAX)
def _lived(weighting: Weighting) -> Floats:
    """(DAYS,): by age, the weighted days that an account existed."""
    return np.asarray(np.cumsum(weighting.weights()[::-1]) * weighting.evenness())


def met(model: SuccessModel, windows: Windows, weighting: Weighting) -> list[Floats]:
    """By channel (n,): effective counts of friction; not to be changed."""
    even = weighting.evenness()
    counts = [windows.of(channel.series, weighting) for channel in model.roles.channels]
    return counts if even == 1.0 else [even * count for count in counts]


def prior_causes(model: SuccessModel) -> Floats:
    """(1 + channels,): contacts per cause, before the cohort has spoken."""
    return np.array(
        [model.silence.contacts_per_seat_month] + [model.silence.contacts_per_friction] * len(model.roles.channels)
    )


def _behind(sketch: CohortSketch, day: int) -> int:
    return 0 if sketch.day == NO_DAY else day - sketch.day


def _clumps(sketch: CohortSketch, day: int) -> Ints:
    """(channels·SUMS, SPANS) as seen from `day`."""
    return sketch.clumps if sketch.day == NO_DAY else moved(sketch.clumps, clumps.behind(sketch.day, day), 0)


def _aged(sketch: CohortSketch, day: int) -> int:
    return min(DAYS, sketch.contact_age_days + _behind(sketch, day))


def _whole(values: Floats) -> Ints:
    return np.rint(values * QUANTUM).astype(np.int64)


def _contact_age(model: SuccessModel, panel: Panel) -> int:
    if model.roles.contact < 0 or panel.n == 0:
        return DAYS
    came = np.zeros(DAYS, np.bool_)
    for rows, _ in held(panel.daily, model.roles.contact, summed=False):
        came |= rows.any(axis=0)
    days = np.flatnonzero(came)
    return DAYS - 1 - int(days[-1]) if days.size else DAYS


def _bins(model: SuccessModel, windows: Windows, weighting: Weighting) -> Ints:
    even = weighting.evenness()
    enough = windows.of(model.roles.attempt, last(model.silence.attempts_days)) >= model.silence.attempts_min
    tried = windows.of(model.roles.attempt, weighting)[enough] * even
    scale = np.minimum(1.0, ATTEMPTS_CAP / np.maximum(tried, 1e-9))
    capped = np.maximum(tried * scale, 1e-9)
    bins = np.zeros((len(model.roles.channels), BINS, 5), np.int64)
    for index, channel in enumerate(model.roles.channels):
        friction = windows.of(channel.series, weighting)[enough] * even * scale
        place = bin_of(friction / capped)
        friction = np.minimum(friction, capped * RATE_MAX)
        columns = (np.ones_like(capped) / QUANTUM, friction, capped, friction**2 / capped, scale)
        for moment, column in enumerate(columns):
            np.add.at(bins[index, :, moment], place, _whole(column))
    return bins


def _contact_sums(model: SuccessModel, panel: Panel, windows: Windows) -> tuple[Ints, Ints, Ints, Ints]:
    weighting = recent(model)
    alive = windows.of(model.roles.attempt, weighting) > 0
    x = np.stack([seat_months(panel)(weighting), *met(model, windows, weighting)])[:, alive]
    c = windows.of(model.roles.contact, weighting)[alive] * weighting.evenness()
    scale = np.minimum(1.0, SIZE_CAP / np.maximum(np.maximum(x.max(axis=0, initial=0.0), c), 1e-9))
    x, c = x * scale, c * scale
    usual = (prior_causes(model)[:, None] * x).sum(axis=0)
    weight = 1.0 / (0.5 + usual + usual**2 / 3.0)
    parts = len(x)
    xx = np.zeros((parts, parts), np.int64)
    for i in range(parts):
        for j in range(parts):
            xx[i, j] = _whole(weight * x[i] * x[j]).sum()
    xc = np.array([_whole(weight * row * c).sum() for row in x], np.int64)
    sx = np.array([_whole(weight * scale * row).sum() for row in x], np.int64)
    return xx, xc, sx, np.array([_whole(weight * scale * c).sum(), _whole(weight * c * c).sum()], np.int64)


def _profile(model: SuccessModel, panel: Panel, windows: Windows) -> tuple[Ints, Ints, Ints]:
    """Daily sums of attempts, friction and whatever has a trend; one scale per account for all of them. What lies
    above an account's peak, `PEAK_TIMES` its usual day (at least `PEAK_MIN` events), is summed apart.
    """
    rows = {metric.series for metric in model.metrics if metric.kind is MetricKind.TREND}
    rows |= {channel.series for channel in model.roles.channels} | {model.roles.attempt}
    busiest = np.zeros(panel.n)
    for series in rows:
        busiest = np.maximum(busiest, windows.of(series, last(DAYS)))
    scale = np.minimum(1.0, PROFILE_CAP / np.maximum(busiest, 1.0))
    profile, above, at_peak = np.zeros((3, len(model.series), DAYS), np.int64)
    for series in rows:
        daily = panel.daily[series]
        peak = np.maximum(PEAK_MIN, PEAK_TIMES * windows.of(series, last(DAYS)) / DAYS)[:, None]
        profile[series] = _whole(np.minimum(daily, peak) * scale[:, None]).sum(axis=0)
        above[series] = _whole(np.maximum(daily - peak, 0.0) * scale[:, None]).sum(axis=0)
        at_peak[series] = (daily > peak).sum(axis=0)
    return profile, above, at_peak
