"""What was learnt as the weights of a model file, in points of 100, and bands that hold as many accounts as before.

A dimension weighs the sum of its metrics. Nothing that the model weighs is left out: it keeps at least POINTS_MIN,
for what does not foretell who leaves may still be worth seeing. Metrics that were not weighed come into the
dimension NEW.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.health import health
from banso_scoring.domain.learning.learning_proposal import Learnt
from banso_scoring.domain.success_model import Bands, SuccessModel

POINTS_MIN = 0.5
NEW = "signs"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Points:
    """The weights of dimensions, and of the metrics in each, by name."""

    dimensions: Mapping[str, float]
    metrics: Mapping[str, Mapping[str, float]]


def points_of(model: SuccessModel, learnt: Learnt) -> Points:
    """The weights that `learnt` speaks for."""
    learnt_points = 100.0 * learnt.weights.b / max(float(learnt.weights.b.sum()), 1e-12)
    metrics: dict[str, dict[str, float]] = {}
    weighed: set[int] = set()
    for dimension in model.dimensions:
        weighed.update(dimension.metrics)
        shares = _shares(model, dimension.metrics)
        metrics[dimension.name] = {
            model.metrics[metric].name: round(max(float(learnt_points[metric]) * shares[metric], POINTS_MIN), 1)
            for metric in dimension.metrics
        }
    fresh = {
        model.metrics[index].name: round(float(learnt_points[index]), 1)
        for index in learnt.ramps
        if index not in weighed and learnt_points[index] >= POINTS_MIN
    }
    if fresh:
        metrics[NEW] = fresh
    return Points({name: round(sum(own.values()), 1) for name, own in metrics.items()}, metrics)


def _shares(model: SuccessModel, metrics: tuple[int, ...]) -> dict[int, float]:
    """A metric that stands in several dimensions is shared among them."""
    counts = {metric: sum(metric in dimension.metrics for dimension in model.dimensions) for metric in metrics}
    return {metric: 1.0 / count for metric, count in counts.items()}


def bands_of(bands: Bands, before: Floats, after: Floats) -> Bands:
    """The bands under which the scores `after` fall as those `before` did under `bands`; NaN scores are left out."""
    known = ~np.isnan(before) & ~np.isnan(after)
    if not known.any():
        return bands
    was, now = np.sort(before[known]), np.sort(after[known])

    def moved(score: float) -> float:
        share = np.searchsorted(was, score) / len(was)
        return float(np.clip(round(float(np.quantile(now, share)), 1), 0.0, 100.0))

    below, until = moved(bands.critical_below), moved(bands.critical_until)
    return Bands(
        healthy_from=max(moved(bands.healthy_from), until),
        healthy_until=max(moved(bands.healthy_until), until),
        critical_below=min(below, until),
        critical_until=until,
        coverage_min=bands.coverage_min,
    )


def scores(model: SuccessModel, metrics: NDArray[np.float32]) -> Floats:
    """(n,): the plain health of rows (n, metrics), without cells and phases."""
    return health.score(model, metrics.T.astype(np.float64)).score
