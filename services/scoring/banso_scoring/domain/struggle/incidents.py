"""Days on which everybody had more trouble: one incident of the product, not trouble of each account.

    φ_d = (F_d + φ̄·A) / (A_d + A)        the cohort's friction per attempt on day d, shrunk to its median φ̄
    f_d = min(1, 1.5·φ̄ / φ_d)            what one piece of friction of that day still counts

Discounted counts are held against what the cohort made of the same days, discounted alike:

    φ_w = φ·g·(Σ_w f F + C) / (q·Σ_w A + C),    q = Σ_r f F / Σ_r A,    g = Σ_r f F / Σ_r F

(r the decay in which φ is measured, C shrinks short windows to φ), so that an incident neither raises the alarm
while it lasts nor, later, the pace that an account is used to, and what moves all accounts cancels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.facts.panel import DAYS, Floats, Ints, Panel
from banso_scoring.domain.facts.windows import QUANTUM, Weighting, Windows, beginnings, last, recent
from banso_scoring.domain.remembered import remembered
from banso_scoring.domain.standing import NO_DAY
from banso_scoring.domain.struggle.cohort import met, moved
from banso_scoring.domain.struggle.usual import ACCOUNTS_MIN, Cohort
from banso_scoring.domain.success_model import SuccessModel

TOLERATED = 1.5
ATTEMPTS_SHRUNK = 200.0
FRICTION_SHRUNK = 50.0
"""C."""


@dataclass(frozen=True, slots=True)
class Friction:
    """Friction of n accounts with incidents discounted, and the rates it is held against, in each of `windows`."""

    windows: tuple[Weighting, ...]
    """`beginnings()`, then all days."""
    counts: Floats
    """(windows, channels, n)."""
    rates: Floats
    """(windows, channels): φ_w."""
    counted: Floats
    """(windows, channels): the share of all friction that is counted; 1 without an incident."""


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
    asked = (*beginnings(), last(DAYS))
    rates, counted = _rates(model, cohort)
    if (factors == 1.0).all():
        return Friction(asked, np.array([met(model, windows, one) for one in asked]), rates, counted)
    found = np.zeros((len(asked), len(factors), panel.n))
    since = _days_since(panel, cohort)
    for days in np.unique(since).tolist():
        shifted = moved(factors, days, 1)
        there = np.flatnonzero(since == days)
        for k, channel in enumerate(model.roles.channels):
            weights = np.stack([one.weights() * shifted[k] for one in asked], axis=1)
            sums = panel.daily[channel.series][there] @ (np.rint(weights * QUANTUM) / QUANTUM)
            found[:, k, there] = sums.T
    return Friction(asked, found, rates, counted)


@remembered
def _rates(model: SuccessModel, cohort: Cohort) -> tuple[Floats, Floats]:
    """(windows, channels) each: φ_w and Σ_w f F / Σ_w F, on the cohort's own day, on which φ was measured."""
    factors, asked = discounts(model, cohort), (*beginnings(), last(DAYS))
    rates, shares = np.tile(cohort.rates, (len(asked), 1)), np.ones((len(asked), len(factors)))
    if cohort.accounts < ACCOUNTS_MIN:
        return rates, shares
    tried, measured = cohort.profile[model.roles.attempt], recent(model).weights()
    for k, channel in enumerate(model.roles.channels):
        came = cohort.profile[channel.series]
        left = came * factors[k]
        all_of_it, in_all = float(came @ measured), float(tried @ measured)
        if not all_of_it or not in_all:
            continue
        usual = float(left @ measured) / in_all
        for w, window in enumerate(asked):
            weights = window.weights()
            moved_by = (left @ weights + FRICTION_SHRUNK) / (usual * (tried @ weights) + FRICTION_SHRUNK)
            rates[w, k] *= moved_by * (left @ measured) / all_of_it
            if came @ weights > 0:
                shares[w, k] = left @ weights / (came @ weights)
    return rates, shares


def _days_since(panel: Panel, cohort: Cohort) -> Ints:
    """(n,): how many days each account's today is after the newest day that the cohort was seen on."""
    if panel.today is None or cohort.day == NO_DAY:
        return np.zeros(panel.n, np.int64)
    return np.clip(panel.today - cohort.day, -DAYS, DAYS)
