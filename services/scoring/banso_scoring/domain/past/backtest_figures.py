"""The figures that a ranking is judged by, each in closed form; equal risks share their places.

    AUC      P(risk of one who left > risk of one who stayed) + half of P(equal)
    interval the 2.5 % and 97.5 % points over RESAMPLES bootstraps: whole accounts are drawn, Poisson(1) each
    lift     how often the riskiest 10 % left, over how often all did
    Brier    mean of (probability - left)²

Draws are a hash of (account, resample), so that the same rows give the same interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 200
LIFT_SHARE = 0.1
BINS = 10
NONE = float("nan")

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_POISSON = np.array([0.36787944, 0.73575888, 0.91969860, 0.98101184, 0.99634015, 0.99940582, 0.99991676])
"""P(Poisson(1) <= k) for k = 0..6."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its interval; NaN when there is nobody on one of the sides."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Places:
    """A ranking prepared once: rows in the order of risk, and where each group of equal risks begins."""

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    left: Floats

    @classmethod
    def of(cls, left: Bools, risk: Floats) -> Places:
        """Rows of who left and how risky they were held to be."""
        order = np.argsort(risk, kind="stable")
        ranked = risk[order]
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(ranked) else np.empty(0, np.intp)
        return cls(order, starts, left[order].astype(np.float64))

    def auc(self, weight: Floats | None = None) -> float:
        """The area under the curve, rows weighing `weight`."""
        if not len(self.order):
            return NONE
        weights = np.ones(len(self.order)) if weight is None else weight[self.order]
        leaving = np.add.reduceat(weights * self.left, self.starts)
        staying = np.add.reduceat(weights * (1.0 - self.left), self.starts)
        pairs = leaving.sum() * staying.sum()
        below = np.cumsum(staying) - staying
        return float((leaving * (below + 0.5 * staying)).sum() / pairs) if pairs > 0 else NONE


def auc(left: Bools, risk: Floats) -> float:
    """AUC without an interval."""
    return Places.of(left, risk).auc()


def auc_estimates(left: Bools, risks: dict[str, Floats], account: Ints) -> dict[str, Estimate]:
    """AUC of each ranking with its interval, and of each but the first minus the first, as `name - first`."""
    places = {name: Places.of(left, risk) for name, risk in risks.items()}
    drawn = np.array([[one.auc(weight) for one in places.values()] for weight in _draws(account)], np.float64).reshape(
        RESAMPLES, len(places)
    )
    whole = np.array([one.auc() for one in places.values()])
    names = list(places)
    found = {name: _estimate(whole[i], drawn[:, i]) for i, name in enumerate(names)}
    for i, name in enumerate(names[1:], 1):
        found[f"{name} - {names[0]}"] = _estimate(whole[i] - whole[0], drawn[:, i] - drawn[:, 0])
    return found


def lift(left: Bools, risk: Floats, share: float = LIFT_SHARE) -> float:
    """How many times more often the riskiest `share` left than all did."""
    picked = top(risk, share * len(risk))
    base = left.mean() if len(left) else 0.0
    return float((picked * left).sum() / (picked.sum() * base)) if base > 0 else NONE


def top(risk: Floats, count: float) -> Floats:
    """(n,): how much of each row is among the `count` riskiest; equal risks at the border share what is left."""
    if not len(risk) or count <= 0:
        return np.zeros(len(risk))
    ranked = np.sort(risk)[::-1]
    border = ranked[min(int(np.ceil(count)), len(risk)) - 1]
    above = risk > border
    equal = risk == border
    rest = max(min(count, float(len(risk))) - float(above.sum()), 0.0)
    return np.where(above, 1.0, np.where(equal, rest / float(equal.sum()), 0.0))


def brier(left: Bools, probability: Floats) -> float:
    """The mean squared error of probabilities."""
    return float(((probability - left) ** 2).mean()) if len(left) else NONE


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """Rows of like probability: what was said of them, and what came."""

    rows: int
    said: float
    came: float


def calibration(left: Bools, probability: Floats) -> list[CalibrationRow]:
    """Up to BINS groups of equal size by probability, lowest first."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return [CalibrationRow(len(p), float(probability[p].mean()), float(left[p].mean())) for p in parts]


def _estimate(value: float, drawn: Floats) -> Estimate:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return Estimate(float(value), NONE, NONE)
    low, high = np.quantile(known, [0.025, 0.975])
    return Estimate(float(value), float(low), float(high))


def _draws(account: Ints) -> list[Floats]:
    """RESAMPLES times how often each row's account was drawn."""
    who = account.astype(np.uint64)
    return [np.searchsorted(_POISSON, _uniform(who, k), side="right").astype(np.float64) for k in range(RESAMPLES)]


def _uniform(who: NDArray[np.uint64], resample: int) -> Floats:
    """Splitmix64 of (account, resample), on 0..1."""
    with np.errstate(over="ignore"):
        mixed = who * np.uint64(0x9E3779B97F4A7C15) + np.uint64(resample + 1) * np.uint64(0xD1B54A32D192ED03)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
