"""Weights from outcomes: a logistic over ramped metrics, none of which may count against its ramp.

    risk = a + Σ b_m·(1 - r_m),  b_m >= 0        r_m: the metric on its ramp, 0..1
    b    = argmin  Σ log-loss + λ/2·Σ v_m·(b_m - c·w_m)²

w are the weights of the model that is there, c the scale on which they predict best, v_m the variance of r_m:
with little to learn from, the proposal is what is there already. Solved by projected Newton steps in closed form.
A metric that is absent has the mean r of those that have it, which says nothing. Since health is the weighted
mean of r, b up to its scale are weights of health, and each can be read and explained as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.success_model import SuccessModel

STEPS_MAX = 60
TOLERANCE = 1e-7
SCALE_MIN = 1.0
"""Log-odds between an account with all ramps at 1 and one with all at 0, which the present weights mean at least."""
SPREAD_MIN = 1e-6
"""A metric that hardly differs between accounts has nothing to say."""
HALVINGS_MAX = 30

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt: `b` (metrics,), on the scale of log-odds, and the mean r of each metric."""

    b: Floats
    mean: Floats
    intercept: float

    def risk(self, ramped: Floats) -> Floats:
        """(n,): the log-odds of leaving, of accounts whose ramped metrics are (n, metrics), NaN for absent."""
        return self.intercept + np.where(np.isnan(ramped), 0.0, self.mean - ramped) @ self.b


def learn(ramped: Floats, left: Bools, prior: Floats, strength: float) -> Weights:
    """The weights that rows (n, metrics) of ramped metrics speak for, drawn to `prior` (metrics,).

    `prior` sums to 1; `strength` (λ) is about the number of departures whose word the prior counts for. Raises
    ValueError when nobody left, or everybody did.
    """
    if not left.any() or left.all():
        raise ValueError("there is nothing to learn where nobody left, or everybody did")
    present = ~np.isnan(ramped)
    count = np.maximum(present.sum(axis=0), 1)
    mean = np.where(present, ramped, 0.0).sum(axis=0) / count
    worse = np.where(present, mean - ramped, 0.0)
    spread = (worse**2).mean(axis=0)
    told = spread > SPREAD_MIN
    target = left.astype(np.float64)
    scale = _scale(worse @ prior, target)
    center, penalty = np.where(told, scale * prior, 0.0), strength * np.maximum(spread, SPREAD_MIN)
    intercept, b = _newton(worse, target, center, penalty)
    return Weights(np.where(told, b, scale * prior), mean, intercept)


def prior_of(model: SuccessModel) -> Floats:
    """(metrics,): what each metric counts in the health of an account that has all of them; they sum to 1."""
    weights = np.zeros(len(model.metrics))
    for dimension in model.dimensions:
        for metric, weight in zip(dimension.metrics, dimension.weights, strict=True):
            weights[metric] += dimension.weight * weight / sum(dimension.weights)
    return np.asarray(weights / weights.sum())


def _scale(score: Floats, target: Floats) -> float:
    """The slope on which `score` predicts best, at least SCALE_MIN."""
    _, slope = _newton(score[:, None], target, np.zeros(1), np.full(1, 1e-6))
    return max(float(slope[0]), SCALE_MIN)


def _newton(columns: Floats, target: Floats, center: Floats, penalty: Floats) -> tuple[float, Floats]:
    """Intercept and b >= 0 of the penalised logistic, by Newton steps over those that are free, halved as needed."""
    base = float(np.clip(target.mean(), 1e-6, 1 - 1e-6))
    b, intercept = center.copy(), float(np.log(base / (1 - base)))
    loss = _loss(columns, target, (intercept, b), (center, penalty))
    for _ in range(STEPS_MAX):
        chance = _chance(intercept + columns @ b)
        slope = np.concatenate([[(chance - target).sum()], columns.T @ (chance - target) + penalty * (b - center)])
        free = np.concatenate([[True], (b > 0) | (slope[1:] < 0)])
        weight = chance * (1 - chance)
        whole = np.concatenate([np.ones((len(target), 1)), columns], axis=1)[:, free]
        curve = whole.T @ (whole * weight[:, None]) + np.diag(np.concatenate([[1e-9], penalty])[free] + 1e-9)
        step = np.zeros(len(free))
        step[free] = np.linalg.solve(curve, slope[free])
        share, better = 1.0, loss
        for _ in range(HALVINGS_MAX):
            tried = intercept - share * step[0], np.maximum(b - share * step[1:], 0.0)
            better = _loss(columns, target, tried, (center, penalty))
            if better <= loss:
                break
            share /= 2
        if loss - better <= TOLERANCE * max(1.0, abs(loss)):
            break
        (intercept, b), loss = tried, better
    return intercept, b


def _loss(columns: Floats, target: Floats, at: tuple[float, Floats], prior: tuple[Floats, Floats]) -> float:
    odds = at[0] + columns @ at[1]
    return float((np.logaddexp(0.0, odds) - target * odds).sum() + 0.5 * (prior[1] * (at[1] - prior[0]) ** 2).sum())


def _chance(odds: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -40, 40)))
