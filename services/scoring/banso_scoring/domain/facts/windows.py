"""Every window and decay of a series in one pass over its days: `daily @ weights`.

    S[s, i, k] = sum_d daily[s, i, d] * w_k[d]

Weights are multiples of 2^-20 and counts are whole, so every product and sum is exact in float64 while a
window holds less than 2^33 events: the result does not depend on which accounts are computed together, nor
on the order in which a BLAS adds. Plain windows of counts under 256 a day are taken in float32, where whole
numbers are exact up to 2^24 (126 · 255 < 2^15). Sums in units are taken in whole micro-units for the same reason.

A block of accounts is small enough for the cache and for a BLAS to stay on one thread (`BLOCK_PRODUCTS_MAX`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import Daily, held
from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.success_model import MetricKind, SuccessModel

QUANTUM = 2.0**20
MICRO = 1e6
BLOCK_PRODUCTS_MAX = 2**18
"""Products of one multiplication: OpenBLAS gives larger ones to several threads, which wait for one another."""
BLOCK_ROWS_MAX = 1_024


@dataclass(frozen=True, slots=True)
class Weighting:
    """A weight for each day: 1 over `days` days, or halving every `half_life` days; `lag` days ago and before."""

    days: int = 0
    half_life: float = 0.0
    lag: int = 0

    def weights(self) -> Floats:
        """(DAYS,): the weights, oldest day first."""
        age = np.arange(DAYS - 1, -1, -1, dtype=np.float64) - self.lag
        if self.half_life > 0:
            raw = np.where(age >= 0, np.exp2(-age / self.half_life), 0.0)
            return np.asarray(np.rint(raw * QUANTUM) / QUANTUM)
        return ((age >= 0) & (age < self.days)).astype(np.float64)

    def evenness(self) -> float:
        """c = sum w / sum w^2. Of a Poisson stream, c·S has its mean equal to its variance; 1 + γ if endless."""
        weights = self.weights()
        return float(weights.sum() / (weights**2).sum())


def recent(model: SuccessModel) -> Weighting:
    """The decay in which trouble is counted, and the cohort with it."""
    return Weighting(half_life=model.silence.half_life_days)


def lately(model: SuccessModel) -> Weighting:
    """The faster decay, in which trouble of the last days stands out."""
    return Weighting(half_life=model.silence.half_life_short_days)


def spans(model: SuccessModel) -> tuple[Weighting, ...]:
    """The spans of time over which trouble and silence are looked for."""
    return lately(model), recent(model)


def held_against(model: SuccessModel) -> tuple[Weighting, ...]:
    """The windows in which an account's friction is held against the cohort's: the spans, and its own past."""
    return *spans(model), baseline(model)


def baseline(model: SuccessModel) -> Weighting:
    """The slow, lagged decay which is the account's own past."""
    return Weighting(half_life=model.silence.baseline_half_life_days, lag=model.silence.baseline_lag_days)


def last(days: int, lag: int = 0) -> Weighting:
    """The plain window of the last `days` days, today included, `lag` days ago."""
    return Weighting(days=days, lag=lag)


def wanted(model: SuccessModel) -> dict[int, tuple[Weighting, ...]]:
    """By series the weightings that the model's formulas read, each once, in a fixed order."""
    found: dict[int, list[Weighting]] = {}
    decays, shown = (*spans(model), baseline(model)), last(model.silence.shown_days)
    every = {model.roles.attempt, model.roles.contact, *(channel.series for channel in model.roles.channels)}
    for series in sorted(every):
        found[series] = [*decays, last(DAYS), shown]
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


@dataclass(frozen=True, slots=True)
class Windows:
    """The weighted sums of a panel, each (n,); one that the model was not known to want is worked out when asked."""

    n: int
    _daily: Floats | Daily
    _summed: Sequence[bool]
    _sums: dict[tuple[int, Weighting], Floats] = field(default_factory=dict)

    def of(self, series: int, weighting: Weighting) -> Floats:
        """(n,): the sums of one series; zeros for series -1, which no event belongs to."""
        if series < 0:
            return np.zeros(self.n)
        if (series, weighting) not in self._sums:
            self.work_out(series, (weighting,))
        return self._sums[series, weighting]

    def work_out(self, series: int, weightings: tuple[Weighting, ...]) -> None:
        """Weigh the days of one series."""
        summed = self._summed[series]
        values = np.zeros((len(weightings), self.n))
        for rows, places in held(self._daily, series, summed=summed):
            if places is None:
                _weigh(rows, weightings, values)
            else:
                sums = np.empty((len(weightings), len(rows)))
                _weigh(rows, weightings, sums)
                values[:, places] = sums
        if summed:
            values /= MICRO
        self._sums.update(((series, weighting), row) for weighting, row in zip(weightings, values, strict=True))


def weigh(model: SuccessModel, panel: Panel) -> Windows:
    """The windows of `panel` that `model` needs."""
    windows = Windows(panel.n, panel.daily, [series.of == "sum" for series in model.series])
    for series, weightings in wanted(model).items():
        windows.work_out(series, weightings)
    return windows


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
