"""The health score: a weighted mean of dimensions, each a weighted mean of metrics on 0..1.

    dimension_d = Σ w_m·r_m / Σ w_m      over the metrics with evidence
    W_d         = the weight of d for the account: its own, times what its cell and its phase emphasise
    score       = 100·Σ W_d·c_d·dimension_d / Σ W_d·c_d,    c_d = share of d's weight with evidence
    coverage    = Σ W_d·c_d / Σ W_d

Absent lowers coverage and never health: it is left out of the mean, which is never less than the mean with
the absent one at its worst. Below the model's least coverage the score is NaN: we do not know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.metrics import ramp
from banso_scoring.domain.panel import Floats
from banso_scoring.domain.success_model import SuccessModel


@dataclass(frozen=True, slots=True)
class Health:
    """How n accounts fare."""

    score: Floats
    """(n,): 0..100, NaN when coverage is too low."""
    coverage: Floats
    """(n,): 0..1, the share of weight with evidence."""
    dimensions: Floats
    """(dimensions, n): 0..100, NaN without any evidence."""


def score(model: SuccessModel, metrics: Floats, weights: Floats | None = None) -> Health:
    """The health of the accounts whose raw metrics are (metrics, n).

    `weights` are (dimensions, n), not negative, not all zero for an account; those of the dimensions if left out.
    """
    ramps = ramp(model, metrics)
    n = metrics.shape[1]
    dimensions = np.full((len(model.dimensions), n), np.nan)
    if weights is None:
        weights = np.repeat(np.array([[dimension.weight] for dimension in model.dimensions]), n, axis=1)
    total, covered = np.zeros(n), np.zeros(n)
    for row, dimension in enumerate(model.dimensions):
        gained, evident = np.zeros(n), np.zeros(n)
        for metric, weight in zip(dimension.metrics, dimension.weights, strict=True):
            present = ~np.isnan(ramps[metric])
            gained = gained + np.where(present, weight * ramps[metric], 0.0)
            evident = evident + np.where(present, weight, 0.0)
        mean = np.where(evident > 0, gained / np.where(evident > 0, evident, 1.0), np.nan)
        share = weights[row] * evident / sum(dimension.weights)
        dimensions[row] = 100.0 * mean
        total = total + np.where(evident > 0, share * mean, 0.0)
        covered = covered + share
    coverage = covered / weights.sum(axis=0)
    enough = (covered > 0) & (coverage >= model.bands.coverage_min)
    value = 100.0 * total / np.where(covered > 0, covered, 1.0)
    return Health(np.where(enough, np.clip(value, 0.0, 100.0), np.nan), np.clip(coverage, 0.0, 1.0), dimensions)
