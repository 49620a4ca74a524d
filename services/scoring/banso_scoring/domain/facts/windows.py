"""Every window and decay of a series in one pass over its days: `daily @ weights`.

    S[s, i, k] = sum_d daily[s, i, d] * w_k[d]

Weights are multiples of 2^-20 and counts are whole, so every product and sum is exact in float64 while a
window holds less than 2^33 events: the result does not depend on which accounts are computed together, nor
on the order in which a BLAS adds. Weights of decays are taken in digits of 7 bits: so counts under 256 a day are
summed in float32, where whole numbers are exact up to 2^24 (126 · 255 · 127 < 2^22). Sums in units are taken in
whole micro-units for the same reason. A plain window of counts that lags is the difference of two that do not.

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

QUANTUM_BITS = 20
QUANTUM = 2.0**QUANTUM_BITS
DIGITS = (6, 13, QUANTUM_BITS)
"""The bits after the point to which each part of a weight goes."""
MICRO = 1e6
BLOCK_PRODUCTS_MAX = 2**18
"""Products of one multiplication: OpenBLAS gives larger ones to several threads, which wait for one another."""
BLOCK_ROWS_MAX = 1_024
BEGUN_DAYS = (3, 6, 10, 16, 24, 36, 56)
"""How long ago trouble may have begun: near enough to one another to tell, few enough to keep for each account."""
WORD = 64
MANTISSA_BITS, EXPONENT_OF_HALF = 52, 1022
"""Of a float: what is left above the mantissa says, but for a constant, which bit is the highest."""
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

    def parts(self, summed: bool) -> tuple[Weighting, ...]:
        """What is taken of days: for a plain window of counts that lags, the two that it is the difference of."""
        if summed or self.half_life or not self.lag:
            return (self,)
        return last(min(self.days + self.lag, DAYS)), last(self.lag)

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
    summed = [series.of == "sum" for series in model.series]
    parts = {series: [part for row in rows for part in row.parts(summed[series])] for series, rows in found.items()}
    return {series: tuple(dict.fromkeys(rows)) for series, rows in parts.items() if series >= 0}


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
            parts = reading.parts(self._summed[series]) if isinstance(reading, Weighting) else ()
            if len(parts) > 1:
                self.found[series, reading] = self.of(series, parts[0]) - self.of(series, parts[1])
            else:
                self.work_out(series, (reading,))
        return self.found[series, reading]

    def work_out(self, series: int, some: Sequence[Reading]) -> None:
        """Read the days of one series."""
        weightings = tuple(one for one in some if isinstance(one, Weighting))
        others = {one: np.full(self.n, without(one)) for one in some if not isinstance(one, Weighting)}
        sums = np.zeros((len(weightings), self.n))
        for rows, places in held(self._daily, series, summed=self._summed[series]):
            if weightings and places is None:
                sums = _weigh(rows, weightings)
            elif weightings:
                sums[:, places] = _weigh(rows, weightings)
            if others:
                days, here = _days_with_any(rows), slice(None) if places is None else places
                for one, column in others.items():
                    column[here] = _looked(days, one)
        if self._summed[series]:
            sums /= MICRO
        self.found.update(((series, weighting), row) for weighting, row in zip(weightings, sums, strict=True))
        self.found.update(((series, one), column) for one, column in others.items())


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
    low, high = (np.ascontiguousarray(word, np.float64).view(np.int64) >> MANTISSA_BITS for word in top.T)
    newest = np.where(high > 0, WORD + high, low) - EXPONENT_OF_HALF
    return np.where(newest > 0, float(WORD * days.shape[1]) - newest, np.nan)


def _days_with_any(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """(m, 2): a bit for each day of rows (m, DAYS) that has any; the newest day is the highest bit."""
    came = np.zeros((len(rows), 2 * WORD), np.bool_)
    np.greater(rows, 0, out=came[:, 2 * WORD - DAYS :])
    return np.packbits(came, axis=1, bitorder="little").view("<u8").astype(np.uint64, copy=False)


def _weigh(rows: NDArray[np.generic], weightings: tuple[Weighting, ...]) -> Floats:
    """(weightings, rows): the sums of each row, block by block."""
    matrix, decays = _matrix(weightings, np.float32 if rows.dtype == np.uint8 else np.float64), _decays(weightings)
    step = min(BLOCK_ROWS_MAX, BLOCK_PRODUCTS_MAX // matrix.size)
    days, sums = np.empty((min(step, len(rows)), DAYS), matrix.dtype), np.empty((matrix.shape[1], len(rows)))
    for begin in range(0, len(rows), step):
        some = rows[begin : begin + step]
        block = days[: len(some)]
        np.copyto(block, some, casting="unsafe")
        sums[:, begin : begin + step] = (block @ matrix).T
    for first in range(len(weightings), len(sums), len(decays) or 1):
        sums[decays] += sums[first : first + len(decays)]
    return sums[: len(weightings)]


def _decays(weightings: tuple[Weighting, ...]) -> list[int]:
    return [place for place, weighting in enumerate(weightings) if weighting.half_life > 0]


@lru_cache(maxsize=1_024)
def _matrix(weightings: tuple[Weighting, ...], dtype: type[np.floating]) -> NDArray[np.floating]:
    """(DAYS, columns): the highest bits of each weighting, then what is left of the decays, part by part."""
    left, columns = np.stack([weighting.weights() for weighting in weightings], axis=1), []
    for bits in DIGITS:
        columns.append(np.floor(left * 2.0**bits) / 2.0**bits)
        left = (left - columns[-1])[:, _decays(weightings) if bits == DIGITS[0] else slice(None)]
    return np.concatenate(columns, axis=1).astype(dtype)
