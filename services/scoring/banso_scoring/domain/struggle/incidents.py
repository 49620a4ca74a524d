"""Days on which everybody had more trouble: one incident of the product, not trouble of each account.

    φ_d = (F_d + φ̄·A) / (A_d + A)        the cohort's friction per attempt on day d, shrunk to its median φ̄
    f_d = min(1, 1.5·φ̄ / φ_d)            what one piece of friction of that day still counts

Discounted counts are held against the discounted rate φ·Σ w f F / Σ w F, so that an incident neither raises
the alarm while it lasts nor, later, the pace that an account is used to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.facts.panel import DAYS, Floats, Ints, Panel
from banso_scoring.domain.facts.windows import QUANTUM, Windows, held_against
from banso_scoring.domain.remembered import remembered
from banso_scoring.domain.standing import NO_DAY
from banso_scoring.domain.struggle.cohort import met, moved
from banso_scoring.domain.struggle.usual import ACCOUNTS_MIN, Cohort
from banso_scoring.domain.success_model import SuccessModel

TOLERATED = 1.5
ATTEMPTS_SHRUNK = 200.0


@dataclass(frozen=True, slots=True)
class Friction:
    """Effective friction of n accounts with incidents discounted, and the rates it is held against."""

    recent: Floats
    """(spans, channels, n): n_hk."""
    past: Floats
    """(channels, n): B_k, of the lagged baseline."""
    rates: Floats
    """(spans + 1, channels): φ_k without incidents, in each span and in the past."""
    counted: Floats
    """(spans + 1, channels): the share of all friction that is counted; 1 without an incident."""


@remembered
def discounts(model: SuccessModel, cohort: Cohort) -> Floats:
    """(channels, DAYS): f_d, 1 on ordinary days, and on all days of a cohort too small to tell."""
    factors = np.ones((len(model.roles.channels), DAYS))
    tried = cohort.profile[model.roles.attempt]
    if cohort.accounts < ACCOUNTS_MIN or not tried.any():
        return factors
    for k, channel in enumerate(model.roles.channels):
        came = cohort.profile[channel.series]
        busy = tried >= ATTEMPTS_SHRUNK
        usual = float(np.median(came[busy] / tried[busy])) if busy.any() else 0.0
        if usual > 0:
            daily = (came + usual * ATTEMPTS_SHRUNK) / (tried + ATTEMPTS_SHRUNK)
            factors[k] = np.minimum(1.0, TOLERATED * usual / daily)
    return factors


def friction(model: SuccessModel, panel: Panel, cohort: Cohort, windows: Windows) -> Friction:
    """The friction of the accounts of `panel`. Exact sums, as in `windows`: weights are rounded to its quantum."""
    factors = discounts(model, cohort)
    weightings = held_against(model)
    if (factors == 1.0).all():
        counts = np.stack([met(model, windows, weighting) for weighting in weightings])
        return Friction(counts[:-1], counts[-1], cohort.rates, np.ones_like(cohort.rates))
    found = np.zeros((len(weightings), len(factors), panel.n))
    since = _days_since(panel, cohort)
    for days in np.unique(since).tolist():
        shifted = moved(factors, days, 1)
        there = np.flatnonzero(since == days)
        for k, channel in enumerate(model.roles.channels):
            weights = np.stack([weighting.weights() * shifted[k] for weighting in weightings], axis=1)
            sums = panel.daily[channel.series][there] @ (np.rint(weights * QUANTUM) / QUANTUM)
            found[:, k, there] = sums.T
    counts = found * np.array([weighting.evenness() for weighting in weightings])[:, None, None]
    counted = _counted(model, cohort, factors)
    return Friction(counts[:-1], counts[-1], cohort.rates * counted, counted)


def _counted(model: SuccessModel, cohort: Cohort, factors: Floats) -> Floats:
    """(windows, channels): Σ w f F / Σ w F, on the cohort's own day, on which φ was measured."""
    shares = np.ones_like(cohort.rates)
    for window, weighting in enumerate(held_against(model)):
        for k, channel in enumerate(model.roles.channels):
            came = cohort.profile[channel.series] * weighting.weights()
            if came.sum() > 0:
                shares[window, k] = float((came * factors[k]).sum() / came.sum())
    return shares


def _days_since(panel: Panel, cohort: Cohort) -> Ints:
    """(n,): how many days each account's today is after the newest day that the cohort was seen on."""
    if panel.today is None or cohort.day == NO_DAY:
        return np.zeros(panel.n, np.int64)
    return np.clip(panel.today - cohort.day, -DAYS, DAYS)
