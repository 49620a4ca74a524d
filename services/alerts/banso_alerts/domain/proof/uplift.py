"""What a play changes: accounts told against accounts left alone, by an interval that holds however often it is read.

Each account has a score whose mean is the effect, by the known share q of accounts left alone (p = 1 − q):

    ψ = μ₁(x) − μ₀(x) + A (Y − μ₁(x)) / p − (1 − A) (Y − μ₀(x)) / q

A: told; x: its stratum; μ: what the accounts *before* it have shown, so that ψ is unbiased whatever μ says (augmented
inverse probability weighting: Robins, Rotnitzky, Zhao, JASA 89, 1994; sequentially as in Howard et al., Annals of
Statistics 49, 2021, section 4.2).

The variance is the largest of three: that of ψ; v₁/p + v₀/q; v(1/p + 1/q), with v of the residuals of an arm or of
both, each as if `PSEUDO` more had been seen at the far end of what an outcome can reach. Without this an arm in which a
rare thing has not happened yet looks as if it never would: then a fifth of the worlds without an effect name a winner.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from banso_alerts.domain.proof.sequences import Floats, Level, half_width, log_evidence

ARM_MIN = 20
"""Accounts in each arm before anything is said."""
PSEUDO = 4.0
SHRINK = 10.0
"""A stratum's mean is drawn to its arm's, and an arm's to the whole's, as if by so many accounts."""
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class State(StrEnum):
    """What may be said of an effect, a closed set."""

    CANNOT_SAY = "cannot-say"
    HELPS = "helps"
    HURTS = "hurts"
    NO_DIFFERENCE = "no-difference"


@dataclass(frozen=True, slots=True)
class Sample:
    """Accounts in the order of their exposure; all arrays of one length.

    `outcome`: what came of it; `told`; `share`: of accounts left alone, in (0, 1), when it was assigned; `stratum`:
    its number; `reach`: the far end of its outcome (1, or its amount).
    """

    outcome: Floats
    told: Bools
    share: Floats
    stratum: Ints
    reach: Floats

    def where(self, chosen: Bools) -> Sample:
        """Those that are chosen."""
        return Sample(
            self.outcome[chosen], self.told[chosen], self.share[chosen], self.stratum[chosen], self.reach[chosen]
        )


@dataclass(frozen=True, slots=True)
class Looks:
    """The effect, its standard error and half its interval after each account, infinite while an arm is too small."""

    effect: Floats
    error: Floats
    half: Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """The effect now. Means are of the outcome; the interval is None while nothing may be said. `error` is the
    standard error, for weighing and not for naming winners."""

    told: int
    left_alone: int
    told_mean: float | None
    left_mean: float | None
    effect: float | None
    lower: float | None
    upper: float | None
    state: State
    error: float | None = None
    log_e: float | None = None
    """The logarithm of the evidence against no effect (an e-value); above ln(1/α) exactly where zero is outside."""


def looks(sample: Sample, level: Level) -> Looks:
    """The effect and its interval after each account."""
    outcome, told, share = sample.outcome, sample.told, sample.share
    count = np.arange(1.0, len(outcome) + 1)
    if not len(outcome):
        return Looks(count, count, count)
    expected_told, expected_left = (_expected(sample, arm) for arm in (True, False))
    residual = outcome - np.where(told, expected_told, expected_left)
    score = expected_told - expected_left + residual * np.where(told, 1 / (1 - share), -1 / share)
    effect = np.cumsum(score) / count
    variance = np.maximum(np.cumsum(score**2) / count - effect**2, _cautious(residual, sample, count))
    half = half_width(count, variance, level)
    small = np.minimum(np.cumsum(told), np.cumsum(~told)) < ARM_MIN
    return Looks(effect, np.sqrt(variance / count), np.where(small, np.inf, half))


def estimate(sample: Sample, level: Level, margin: float, *, more_is_better: bool = True) -> Estimate:
    """The effect now, and what may be said of it: no difference larger than `margin` when all of the interval is."""
    told = int(sample.told.sum())
    left = len(sample.told) - told
    seen = looks(sample, level)
    told_mean = float(sample.outcome[sample.told].mean()) if told else None
    left_mean = float(sample.outcome[~sample.told].mean()) if left else None
    if not told or not left:
        return Estimate(told, left, told_mean, left_mean, None, None, None, State.CANNOT_SAY)
    effect, error, half = (float(each[-1]) for each in (seen.effect, seen.error, seen.half))
    if not np.isfinite(half):
        return Estimate(told, left, told_mean, left_mean, effect, None, None, State.CANNOT_SAY, error)
    state = state_of(effect - half, effect + half, margin, more_is_better=more_is_better)
    found = float(log_evidence(seen.effect[-1:], seen.error[-1:], np.array([len(sample.told)]), level)[0])
    return Estimate(told, left, told_mean, left_mean, effect, effect - half, effect + half, state, error, found)


def state_of(lower: float, upper: float, margin: float, *, more_is_better: bool) -> State:
    """What an interval of an effect says."""
    better, worse = (lower > 0, upper < 0) if more_is_better else (upper < 0, lower > 0)
    if better or worse:
        return State.HELPS if better else State.HURTS
    return State.NO_DIFFERENCE if -margin <= lower and upper <= margin else State.CANNOT_SAY


def _expected(sample: Sample, arm: bool) -> Floats:
    """For each account what those before it in this arm have shown, its stratum first."""
    mine = (sample.told == arm).astype(np.float64)
    mean = _before(sample.outcome) / np.maximum(np.arange(len(mine)), 1)
    of_arm = (_before(mine * sample.outcome) + SHRINK * mean) / (_before(mine) + SHRINK)
    found = np.empty(len(mine))
    for stratum in np.unique(sample.stratum):
        here = np.flatnonzero(sample.stratum == stratum)
        shown, seen = _before(mine[here] * sample.outcome[here]), _before(mine[here])
        found[here] = (shown + SHRINK * of_arm[here]) / (seen + SHRINK)
    return found


def _cautious(residual: Floats, sample: Sample, count: Floats) -> Floats:
    """The larger of the two variances that do not trust an arm in which little happened."""
    square, far = residual**2, np.cumsum(sample.reach**2) / count
    per_told, per_left = (np.cumsum(1 / each) / count for each in (1 - sample.share, sample.share))
    arms = [
        (np.cumsum(square * mine) + PSEUDO * far) / (np.cumsum(mine) + PSEUDO) for mine in (sample.told, ~sample.told)
    ]
    both = (np.cumsum(square) + PSEUDO * far) / (count + PSEUDO)
    variances: Floats = np.maximum(arms[0] * per_told + arms[1] * per_left, both * (per_told + per_left))
    return variances


def _before(values: Floats) -> Floats:
    """For each place the sum of the values before it."""
    sums: Floats = np.cumsum(values) - values
    return sums
