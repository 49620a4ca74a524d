"""Days on which everybody had more trouble: one incident of the product, not trouble of each account.

    φ_d = (F_d + φ̄·A) / (A_d + A)        the cohort's friction per attempt on day d, shrunk to its median φ̄
    f_d = min(1, 1.5·φ̄ / φ_d)            what one piece of friction of that day still counts

Discounted counts are held against the discounted rate φ·Σ w f F / Σ w F, so that an incident neither raises
the alarm while it lasts nor, later, the pace that an account is used to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.cohort import met
from banso_scoring.domain.panel import DAYS, Floats, Panel
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.domain.usual import ACCOUNTS_MIN, Cohort
from banso_scoring.domain.windows import QUANTUM, Windows, baseline, recent

TOLERATED = 1.5
ATTEMPTS_SHRUNK = 200.0


@dataclass(frozen=True, slots=True)
class Friction:
    """Effective friction of n accounts with incidents discounted, and the rates it is held against."""

    recent: Floats
    """(channels, n): n_k."""
    past: Floats
    """(channels, n): B_k, of the lagged baseline."""
    rates: Floats
    """(channels,): φ_k without incidents."""


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
    fast, slow = recent(model), baseline(model)
    if (factors == 1.0).all():
        return Friction(met(model, windows, fast), met(model, windows, slow), cohort.rates)
    now, past = np.zeros((len(factors), panel.n)), np.zeros((len(factors), panel.n))
    rates = cohort.rates.copy()
    for k, channel in enumerate(model.roles.channels):
        plain = fast.weights()
        weights = np.stack([plain * factors[k], slow.weights() * factors[k]], axis=1)
        sums = panel.daily[channel.series] @ (np.rint(weights * QUANTUM) / QUANTUM)
        now[k], past[k] = sums[:, 0] * fast.evenness(), sums[:, 1] * slow.evenness()
        came = cohort.profile[channel.series] * plain
        if came.sum() > 0:
            rates[k] *= float((came * factors[k]).sum() / came.sum())
    return Friction(now, past, rates)
