"""From a cohort's sketch to what is usual in it: friction per attempt, its spread, and what makes people write.

    φ_k   the median over accounts of friction per attempt (where friction is rare: the rate of the pool)
    κ_k   √(8·κ̂), κ̂ = φΣU / (Σ(n-φU)²/(φU) - Σs) (Pearson) over the 95 % with the least friction: halfway
          to the fixed 8 on a log scale, for part of the spread is the accounts' own pace, which θ takes out
    β     non-negative weighted least squares of contacts on seat-months and friction, closed form
    a     moments: Σ w m² / (Σ w (c-m)² - Σ w s m)

Below 50 accounts: φ with the file's `usual_rate` as three more accounts, κ = 8, a = 3, and β in the
proportions of the model file, scaled to the contacts seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import Bools, Floats
from banso_scoring.domain.struggle import clumps
from banso_scoring.domain.struggle.cohort import (
    ATTEMPTS,
    ATTEMPTS_CAP,
    BINS_PER_DECADE,
    COUNT,
    FRICTION,
    QUANTUM,
    RATE_MIN,
    SCALE,
    SQUARES,
    CohortSketch,
    bin_of,
    prior_causes,
)
from banso_scoring.domain.success_model import SuccessModel

ACCOUNTS_MIN = 50
KAPPA_FIXED, KAPPA_MIN, KAPPA_MAX = 8.0, 2.0, 40.0
CONTACT_SHAPE_FIXED, CONTACT_SHAPE_MIN, CONTACT_SHAPE_MAX = 3.0, 0.5, 20.0
KEPT_SHARE = 0.95
RARE_FROM, RARE_AT = 0.25, 0.5
"""Shares of accounts without friction between which the median gives way to the pool."""
USUAL_ACCOUNTS, CALM_SHARE = 3, 0.75
"""In a small cohort: the file's `usual_rate` stands for so many accounts, and the pool is that of the calmer ones.
One in trouble among a handful must not become what is usual."""
RIDGE_ACCOUNTS = 5.0
MANY = 0.2
"""The share of accounts that is many, when they had more on a day than ever."""
CONTACT_FRESH_DAYS = 28


class ContactState(StrEnum):
    """Whether the feeds that bring contacts were heard (see `domain.feeds`)."""

    HEARD = "heard"
    HELD = "held"
    """They are missed: nobody's struggle is decided, for who wrote may not be known yet."""
    STALE = "stale"
    """They were missed for longer than their patience: contact is unknown."""
    GONE = "gone"
    """They were missed for so long that nobody waits any more: contact is unknown, and what is left is decided."""


LOST = (ContactState.STALE, ContactState.GONE)
UNDECIDED = (ContactState.HELD, ContactState.STALE)


@dataclass(frozen=True, slots=True)
class Cohort:
    """What is usual. Channel columns are in the order of `model.roles.channels`."""

    day: int
    """The day number of the newest column of `profile`; `NO_DAY` when it was not said."""
    accounts: int
    seen: Bools
    """(series,): whether any account ever sent an event of the series in the window."""
    contact_age_days: int
    rates: Floats
    """(channels,): φ, friction per attempt."""
    kappas: Floats
    """(channels,): κ, the spread between accounts; small is wide."""
    contacts_per: Floats
    """(1 + channels,): β, contacts per seat-month and per friction of each channel."""
    contact_shape: float
    """a: the spread of contacts around what is expected."""
    uneven: Floats
    """(channels,): z, how uneven an account's days are; 0 where friction comes by chance (see `clumps`)."""
    together: Floats
    """(channels,): q, how many others come with each piece of friction."""
    profile: Floats
    """(series, DAYS): events a day of all accounts: attempts, friction, and the series whose trend is asked."""
    contact: ContactState = ContactState.HEARD


def fit(model: SuccessModel, sketch: CohortSketch) -> Cohort:
    """The cohort of a sketch, in closed form. Raises ValueError when another model made the sketch."""
    if sketch.version != model.version:
        raise ValueError(f"a sketch of {sketch.version} says nothing to {model.version}")
    channels = model.roles.channels
    fits = [_channel(bins, channel.usual_rate) for bins, channel in zip(sketch.friction, channels, strict=True)]
    per, shape = _contacts(model, sketch)
    uneven, together = clumps.fit(sketch.clumps if sketch.accounts >= ACCOUNTS_MIN else 0 * sketch.clumps)
    return Cohort(
        day=sketch.day,
        accounts=sketch.accounts,
        seen=sketch.seen > 0,
        contact_age_days=sketch.contact_age_days,
        rates=np.array([rate for rate, _ in fits]),
        kappas=np.array([kappa for _, kappa in fits]),
        contacts_per=per,
        contact_shape=shape,
        uneven=uneven,
        together=together,
        profile=_profile(sketch),
    )


def _profile(sketch: CohortSketch) -> Floats:
    """(series, DAYS): what is above the peaks of accounts counts as far as many had it: an incident is what many have,
    not what one has much of."""
    many = np.minimum(1.0, sketch.at_peak / (MANY * max(1, sketch.accounts)))
    return np.asarray((sketch.profile + sketch.above * many) / QUANTUM)


def contact_known(model: SuccessModel, cohort: Cohort) -> bool:
    """Whether silence says anything: a source is declared, or contacts were seen and are not stale."""
    if model.roles.contact < 0 or model.roles.contact_source is False or cohort.contact in LOST:
        return False
    if model.roles.contact_source:
        return True
    return bool(cohort.seen[model.roles.contact]) and cohort.contact_age_days <= CONTACT_FRESH_DAYS


def _channel(bins: NDArray[np.int64], usual_rate: float) -> tuple[float, float]:
    """φ and κ of one channel from its (BINS, 5) histogram."""
    counts = bins[:, COUNT]
    accounts = int(counts.sum())
    if not accounts:
        return usual_rate, KAPPA_FIXED
    few = accounts < ACCOUNTS_MIN
    calm = np.cumsum(counts) <= CALM_SHARE * accounts if few else np.ones(len(counts), np.bool_)
    attempts = bins[calm, ATTEMPTS].sum() / QUANTUM
    friction = np.minimum(bins[calm, FRICTION], bins[calm, ATTEMPTS]).sum() / QUANTUM
    pool = (friction + usual_rate * ATTEMPTS_CAP) / (attempts + ATTEMPTS_CAP)
    if few:
        counts = counts + USUAL_ACCOUNTS * (np.arange(len(counts)) == bin_of(np.array([usual_rate])))
    rare = float(np.clip((counts[0] / counts.sum() - RARE_FROM) / (RARE_AT - RARE_FROM), 0.0, 1.0))
    rate = (1.0 - rare) * _median(counts) + rare * pool
    if few:
        return float(rate), KAPPA_FIXED
    kept = int(np.searchsorted(np.cumsum(counts), np.ceil(accounts * (KEPT_SHARE + rare * (1 - KEPT_SHARE))))) + 1
    sums = bins[:kept].sum(axis=0) / QUANTUM
    expected = rate * sums[ATTEMPTS]
    excess = sums[SQUARES] / rate - 2.0 * sums[FRICTION] + expected - sums[SCALE]
    kappa = expected / excess if excess > 0 else KAPPA_MAX
    shared = float(np.sqrt(np.clip(kappa, KAPPA_MIN, KAPPA_MAX) * KAPPA_FIXED))
    return float(rate), shared


def _median(counts: NDArray[np.int64]) -> float:
    """The median rate, placed within its bin by the share of the bin's accounts below it."""
    half = counts.sum() / 2.0
    upto = np.cumsum(counts)
    place = int(np.searchsorted(upto, half))
    if place == 0:
        return 0.0
    inside = (half - (upto[place] - counts[place])) / counts[place]
    return float(RATE_MIN * 10.0 ** ((place - 1 + inside) / BINS_PER_DECADE))


def _contacts(model: SuccessModel, sketch: CohortSketch) -> tuple[Floats, float]:
    """β and a from the normal equations."""
    prior = prior_causes(model)
    xx, xc = sketch.contact_xx / QUANTUM, sketch.contact_xc / QUANTUM
    sx, (sc, cc) = sketch.contact_x / QUANTUM, sketch.contact_c / QUANTUM
    usual = float((prior * sx).sum())
    prior = prior * (sc + 1.0) / (usual + 1.0)
    if sketch.accounts < ACCOUNTS_MIN:
        return prior, CONTACT_SHAPE_FIXED
    ridge = np.diag(xx) * RIDGE_ACCOUNTS / sketch.accounts + 1e-9
    per = _non_negative(xx + np.diag(ridge), xc + ridge * prior)
    squares = float(per @ xx @ per)
    excess = float(cc - 2.0 * per @ xc + squares - per @ sx)
    shape = squares / excess if excess > 0 else CONTACT_SHAPE_MAX
    return per, float(np.clip(shape, CONTACT_SHAPE_MIN, CONTACT_SHAPE_MAX))


def _non_negative(gram: Floats, target: Floats) -> Floats:
    """argmin over b >= 0 of bᵀ G b - 2 tᵀ b, by trying every set of positive parts (at most 2^9 of them)."""
    parts = len(target)
    best, least = np.zeros(parts), 0.0
    for size in range(1, parts + 1):
        for chosen in combinations(range(parts), size):
            rows = list(chosen)
            solved = np.linalg.solve(gram[np.ix_(rows, rows)], target[rows])
            value = -float(target[rows] @ solved)
            if (solved >= 0).all() and value < least:
                best, least = np.zeros(parts), value
                best[rows] = solved
    return best
