"""Every window and decay of a series in one pass over its days: `daily @ weights`.

    S[s, i, k] = sum_d daily[s, i, d] * w_k[d]

Weights are multiples of 2^-20 and counts are whole, so every product and sum is exact in float64 while a
window holds less than 2^33 events: the result does not depend on which accounts are computed together, nor
on the order in which a BLAS adds. Plain windows of counts under 256 a day are taken in float32, where whole
numbers are exact up to 2^24 (126 · 255 < 2^15). Sums in units are taken in whole micro-units for the same reason.

Beside sums, formulas read when a series came last and on how many days (`Newest`, `ActiveDays`).

A block of accounts is small enough for the cache and for a BLAS to stay on one thread (`BLOCK_PRODUCTS_MAX`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import Daily, held
from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.remembered import remembered
from banso_scoring.domain.success_model import MetricKind, SuccessModel

QUANTUM = 2.0**20
MICRO = 1e6
BLOCK_PRODUCTS_MAX = 2**18
"""Products of one multiplication: OpenBLAS gives larger ones to several threads, which wait for one another."""
BLOCK_ROWS_MAX = 1_024
BEGUN_DAYS = (4, 7, 14, 28, 49)
"""How long ago trouble may have begun: near enough to one another to tell, few enough to keep for each account."""
WORD = 64
WEIGHTINGS_MAX = 1_024
"""Weightings whose weights are remembered."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """A weight for each day: 1 over `days` days, or halving every `half_life` days; `lag` days ago and before."""

    days: int = 0
    half_life: float = 0.0
    lag: int = 0

    def weights(self) -> Floats:
        """(DAYS,): the weights, oldest day first; not to be changed."""
        return _weights(self)

    def evenness(self) -> float:
        """c = sum w / sum w^2. Of a Poisson stream, c·S has its mean equal to its variance; 1 + γ if endless."""
        return _evenness(self)


@lru_cache(maxsize=WEIGHTINGS_MAX)
def _weights(weighting: Weighting) -> Floats:
    age = np.arange(DAYS - 1, -1, -1, dtype=np.float64) - weighting.lag
    if weighting.half_life > 0:
        raw = np.where(age >= 0, np.exp2(-age / weighting.half_life), 0.0)
        found = np.asarray(np.rint(raw * QUANTUM) / QUANTUM)
    else:
        found = ((age >= 0) & (age < weighting.days)).astype(np.float64)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=WEIGHTINGS_MAX)
def _evenness(weighting: Weighting) -> float:
    weights = _weights(weighting)
    return float(weights.sum() / (weights**2).sum())


@dataclass(frozen=True, slots=True)
class Newest:
    """How many days ago the newest day was that has any of a series; NaN where none of DAYS has."""


@dataclass(frozen=True, slots=True)
class ActiveDays:
    """How many of the last `days` days have any of a series."""

    days: int


Reading = Weighting | Newest | ActiveDays
"""What a formula reads of the days of one series: one number an account."""


def without(reading: Reading) -> float:
    """What it is for an account that has none of the series."""
    return math.nan if isinstance(reading, Newest) else 0.0


def recent(model: SuccessModel) -> Weighting:
    """The decay in which the cohort is measured."""
    return Weighting(half_life=model.silence.half_life_days)


def beginnings() -> tuple[Weighting, ...]:
    """The windows that trouble may fill: it began so long ago."""
    return tuple(last(days) for days in BEGUN_DAYS)


def long_ago(model: SuccessModel, days: int) -> Weighting:
    """What an account did before the last `days`, and before the lag: how much it used to write."""
    return last(DAYS, lag=max(days, model.silence.baseline_lag_days))


def last(days: int, lag: int = 0) -> Weighting:
    """The plain window of the last `days` days, today included, `lag` days ago."""
    return Weighting(days=days, lag=lag)


@remembered
def wanted(model: SuccessModel) -> dict[int, tuple[Weighting, ...]]:
    """By series the weightings that the model's formulas read, each once, in a fixed order."""
    found: dict[int, list[Weighting]] = {}
    shown = model.silence.shown_days
    plain = [*beginnings(), last(DAYS), last(shown), *(long_ago(model, days) for days in (*BEGUN_DAYS, shown))]
    every = {model.roles.attempt, model.roles.contact, *(channel.series for channel in model.roles.channels)}
    for series in sorted(every):
        found[series] = [recent(model), *plain]
    found[model.roles.attempt].append(last(model.silence.attempts_days))
    for metric in model.metrics:
        rows = found.setdefault(metric.series, [])
        rows.append(last(DAYS))
        if metric.kind in (MetricKind.COUNT, MetricKind.SUM, MetricKind.RATIO, MetricKind.TREND):
            rows.append(last(metric.days))
        if metric.kind is MetricKind.TREND:
            rows.append(last(metric.base_days, lag=metric.days))
        found.setdefault(metric.per, []).append(last(DAYS))
        if metric.kind is MetricKind.RATIO:
            found[metric.per].append(last(metric.days))
    return {series: tuple(dict.fromkeys(rows)) for series, rows in found.items() if series >= 0}


@remembered
def readings(model: SuccessModel) -> dict[int, tuple[Reading, ...]]:
    """By series all that the model's formulas read of its days, each once, in a fixed order."""
    found: dict[int, list[Reading]] = {series: list(weightings) for series, weightings in wanted(model).items()}
    for series in (model.roles.contact, model.roles.renewed, model.roles.ended):
        found.setdefault(series, []).append(Newest())
    for metric in model.metrics:
        if metric.kind is MetricKind.ACTIVE_DAYS:
            found[metric.series].append(ActiveDays(metric.days))
        elif metric.kind is MetricKind.DAYS_SINCE:
            found[metric.series].append(Newest())
        elif metric.kind is MetricKind.LAST_VALUE:
            found[metric.per].append(Newest())
    return {series: tuple(dict.fromkeys(rows)) for series, rows in found.items() if series >= 0}


@dataclass(frozen=True, slots=True)
class Windows:
    """What was read of the days of a panel, (n,) each; what the model is not known to want is worked out when asked."""

    n: int
    _daily: Floats | Daily
    _summed: Sequence[bool]
    found: dict[tuple[int, Reading], Floats] = field(default_factory=dict)

    def of(self, series: int, reading: Reading) -> Floats:
        """(n,): one reading of one series; that of no events for series -1, which no event belongs to."""
        if series < 0:
            return np.full(self.n, without(reading))
        if (series, reading) not in self.found:
            self.work_out(series, (reading,))
        return self.found[series, reading]

    def work_out(self, series: int, some: Sequence[Reading]) -> None:
        """Read the days of one series."""
        summed, weightings = self._summed[series], tuple(one for one in some if isinstance(one, Weighting))
        others = [one for one in some if not isinstance(one, Weighting)]
        values = np.zeros((len(weightings), self.n))
        columns = {one: np.full(self.n, without(one)) for one in others}
        for rows, places in held(self._daily, series, summed=summed):
            if weightings and places is None:
                _weigh(rows, weightings, values)
            elif weightings:
                sums = np.empty((len(weightings), len(rows)))
                _weigh(rows, weightings, sums)
                values[:, places] = sums
            if columns:
                days, here = _days_with_any(rows), slice(None) if places is None else places
                for one, column in columns.items():
                    column[here] = _looked(days, one)
        if summed:
            values /= MICRO
        self.found.update(((series, weighting), row) for weighting, row in zip(weightings, values, strict=True))
        self.found.update(((series, one), column) for one, column in columns.items())


def weigh(model: SuccessModel, panel: Panel) -> Windows:
    """What `model` reads of the days of `panel`."""
    kept = panel.daily.kept if isinstance(panel.daily, Daily) else None
    windows = Windows(panel.n, panel.daily, [series.of == "sum" for series in model.series])
    windows.found.update({} if kept is None else kept.readings())
    for series, some in readings(model).items():
        left = tuple(reading for reading in some if (series, reading) not in windows.found)
        if left:
            windows.work_out(series, left)
    return windows


def _looked(days: NDArray[np.uint64], reading: Newest | ActiveDays) -> Floats:
    """(m,): the reading of each row of `days`, (m, 2) as `_days_with_any` gives them."""
    if isinstance(reading, ActiveDays):
        first = WORD * days.shape[1] - reading.days
        masks = [(1 << WORD) - (1 << min(max(first - WORD * word, 0), WORD)) for word in range(days.shape[1])]
        return np.asarray(np.bitwise_count(days & np.array(masks, np.uint64)).sum(axis=1, dtype=np.float64))
    top = days & ~(days >> np.uint64(1))  # the highest bit stays, and nothing above half of it rounds up to the next
    place = np.frexp(top.astype(np.float64))[1]
    newest = np.where(place[:, 1] > 0, WORD + place[:, 1], place[:, 0])
    return np.where(newest > 0, float(WORD * days.shape[1]) - newest, np.nan)


def _days_with_any(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """(m, 2): a bit for each day of rows (m, DAYS) that has any; the newest day is the highest bit."""
    came = np.zeros((len(rows), 2 * WORD), np.bool_)
    np.greater(rows, 0, out=came[:, 2 * WORD - DAYS :])
    return np.packbits(came, axis=1, bitorder="little").view("<u8").astype(np.uint64, copy=False)


def _weigh(rows: NDArray[np.generic], weightings: tuple[Weighting, ...], into: Floats) -> None:
    """The sums of each row into (weightings, rows), block by block."""
    small = rows.dtype == np.uint8 and all(weighting.half_life == 0 for weighting in weightings)
    matrix = _matrix(weightings, np.float32 if small else np.float64)
    step = min(BLOCK_ROWS_MAX, BLOCK_PRODUCTS_MAX // matrix.size)
    days = np.empty((min(step, len(rows)), DAYS), matrix.dtype)
    for begin in range(0, len(rows), step):
        some = rows[begin : begin + step]
        block = days[: len(some)]
        np.copyto(block, some, casting="unsafe")
        into[:, begin : begin + step] = (block @ matrix).T


@lru_cache(maxsize=1_024)
def _matrix(weightings: tuple[Weighting, ...], dtype: type[np.floating]) -> NDArray[np.floating]:
    """(DAYS, weightings)."""
    return np.stack([weighting.weights() for weighting in weightings], axis=1).astype(dtype)
