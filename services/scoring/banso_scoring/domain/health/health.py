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

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.health.metrics import ramped
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


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What the metrics say, before dimensions are weighed against one another."""

    mean: Floats
    """(dimensions, n): 0..1, NaN without any evidence."""
    evident: Floats
    """(dimensions, n): how much of the weights of its metrics has evidence."""


def score(model: SuccessModel, metrics: Floats, weights: Floats | None = None) -> Health:
    """The health of the accounts whose raw metrics are (metrics, n).

    `weights` are (dimensions, n), not negative, not all zero for an account; those of the dimensions if left out.
    """
    if weights is None:
        own = np.array([[dimension.weight] for dimension in model.dimensions])
        weights = np.repeat(own, metrics.shape[1], axis=1)
    return weighed(model, dimensions_of(model, metrics), weights)


def dimensions_of(model: SuccessModel, metrics: Floats) -> Dimensions:
    """The dimensions of the accounts whose raw metrics are (metrics, n)."""
    n = metrics.shape[1]
    mean, evidence = np.empty((len(model.dimensions), n)), np.empty((len(model.dimensions), n))
    for row, dimension in enumerate(model.dimensions):
        gained, evident = np.zeros(n), np.zeros(n)
        for metric, weight in zip(dimension.metrics, dimension.weights, strict=True):
            reached = weight * ramped(model.metrics[metric], metrics[metric])
            absent = np.isnan(reached)
            some = absent.any()
            gained += np.where(absent, 0.0, reached) if some else reached
            evident += np.where(absent, 0.0, weight) if some else weight
        there = evident > 0
        mean[row] = gained / evident if there.all() else np.where(there, gained / np.where(there, evident, 1.0), np.nan)
        evidence[row] = evident
    return Dimensions(mean, evidence)


def weighed(model: SuccessModel, found: Dimensions, weights: Floats) -> Health:
    """The health that these dimensions come to by `weights` (dimensions, n)."""
    n = weights.shape[1]
    total, covered = np.zeros(n), np.zeros(n)
    for row, dimension in enumerate(model.dimensions):
        share = weights[row] * found.evident[row] / sum(dimension.weights)
        total = total + np.where(found.evident[row] > 0, share * found.mean[row], 0.0)
        covered = covered + share
    coverage = covered / weights.sum(axis=0)
    enough = (covered > 0) & (coverage >= model.bands.coverage_min)
    value = 100.0 * total / np.where(covered > 0, covered, 1.0)
    shown = np.where(enough, np.clip(value, 0.0, 100.0), np.nan)
    return Health(shown, np.clip(coverage, 0.0, 1.0), 100.0 * found.mean)
