"""Every window and decay of every series in one pass over the days: `daily @ weights`.

    S[s, i, k] = sum_d daily[s, i, d] * w_k[d]

Weights are multiples of 2^-20 and counts are whole, so every product and sum is exact in float64 while a
window holds less than 2^33 events: the result does not depend on which accounts are computed together, nor
on the order in which a BLAS adds. Sums in units are taken in whole micro-units for the same reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.panel import DAYS, Floats, Panel
from banso_scoring.domain.success_model import MetricKind, SuccessModel

QUANTUM = 2.0**20
MICRO = 1e6


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
    """The fast decay in which trouble is counted."""
    return Weighting(half_life=model.silence.half_life_days)


def baseline(model: SuccessModel) -> Weighting:
    """The slow, lagged decay which is the account's own past."""
    return Weighting(half_life=model.silence.baseline_half_life_days, lag=model.silence.baseline_lag_days)


def last(days: int, lag: int = 0) -> Weighting:
    """The plain window of the last `days` days, today included, `lag` days ago."""
    return Weighting(days=days, lag=lag)


def wanted(model: SuccessModel) -> tuple[Weighting, ...]:
    """All weightings that the model's formulas read, each once, in a fixed order."""
    found = [recent(model), baseline(model), last(DAYS), last(model.silence.attempts_days)]
    found.append(last(model.silence.shown_days))
    for metric in model.metrics:
        if metric.kind in (MetricKind.COUNT, MetricKind.SUM, MetricKind.RATIO, MetricKind.TREND):
            found.append(last(metric.days))
        if metric.kind is MetricKind.TREND:
            found.append(last(metric.base_days, lag=metric.days))
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Windows:
    """The weighted sums of a panel. `values` is (series, n, weightings)."""

    values: Floats
    weightings: tuple[Weighting, ...]

    def of(self, series: int, weighting: Weighting) -> Floats:
        """(n,): the sums of one series; zeros for series -1, which no event belongs to."""
        if series < 0:
            return np.zeros(self.values.shape[1])
        return self.values[series, :, self.weightings.index(weighting)]


def weigh(model: SuccessModel, panel: Panel) -> Windows:
    """The windows of `panel` that `model` needs."""
    weightings = wanted(model)
    matrix = np.stack([weighting.weights() for weighting in weightings], axis=1)
    values = np.empty((len(model.series), panel.n, len(weightings)))
    for index, series in enumerate(model.series):
        if series.of == "sum":
            values[index] = (np.rint(panel.daily[index] * MICRO) @ matrix) / MICRO
        else:
            values[index] = panel.daily[index] @ matrix
    return Windows(values, weightings)
