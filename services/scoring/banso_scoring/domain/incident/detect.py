"""When many accounts newly meet the same trouble: an incident opens; and closes when it is as rare as it used to be.

    x     accounts that newly meet it in the last 1, 2 or 3 days: the first time in a week, or far harder than before
    A, E  the same, and active account-days, in the 28 days before
    m     = (a + A) / (b + E) · active account-days of the window           expected; a = 1/2, b = 250 for the unseen
    s     = 1 / (1/(a + A) + 1/D + (v - 1)/m)            how sure that is: D = 20, v the spread of the days before
    opens   P(NB(m, s) >= x) <= LEVEL / (6 · signatures watched),  x >= accounts_min,  x >= 2·m,
            x - m >= share_min · active accounts
    closes  Poisson(y; usual·E') / Poisson(y; rate of the incident·E') >= 20 over its last 3 to 7 days, y accounts hit

Of an event as a whole and of each of its features, the one that tells more is tested: a feature that holds 80 % of
the event's accounts stands for it, and so does a version for either. Source: Gelman et al., Bayesian Data Analysis,
2.6, for the gamma prior and its negative binomial prediction; Wald (1945) for closing by the likelihood ratio.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.incident.hits import EVENT_FRESH, FEATURE_FRESH, FRESH, HIT, WAYS, Hits, Ints
from banso_scoring.domain.incident.rules import IncidentRules
from banso_scoring.domain.incident.signature import Signature
from banso_scoring.domain.incident.signature_days import DAYS_SEEN, FRESH_DAYS, LATELY_DAYS, OPEN_DAYS_MAX, PAST_DAYS

LEVEL = 1e-4
PRIOR_ACCOUNTS, PRIOR_DAYS = 0.5, 250.0
"""a and b: of a trouble that nobody met yet one account in 500 is expected a day."""
DRIFT = 20.0
TIMES_MIN = 2.0
EXPLAINS = 0.8
HISTORY_DAYS_MIN = 7
"""So many days with any use have to lie before, beside those after which a meeting is new at all."""
QUIET_DAYS = range(3, 8)
QUIET_ODDS = 20.0
NO_PAST: Mapping[str, Collection[int]] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """An incident that begins. `watched` is what is counted until it ends, `named` the most exact name for it."""

    watched: Signature
    named: Signature
    first_day: int
    accounts: int
    expected: float
    way: int
    """Whether they met it for the first time in a week, or harder than before; one of `WAYS`."""
    usual: float
    """Accounts that met it a day before, by active account: what it has to come back to."""
    log_p: float


def opening(
    hits: Hits, open_now: Collection[Signature], rules: IncidentRules, past: Mapping[str, Collection[int]] = NO_PAST
) -> list[Found]:
    """The incidents that begin on `hits.day`, beside those whose `watched` is open. `past` are, by event, days
    (numbers) of an incident that is over: they say nothing of what is usual."""
    watched = [one for one in hits.counts if not one.version]
    usable = _usable(hits)
    if usable[: DAYS_SEEN - LATELY_DAYS].sum() < HISTORY_DAYS_MIN:
        return []
    level = math.log(LEVEL / (LATELY_DAYS * len(WAYS) * max(1, len(watched))))
    found = {}
    for trouble in watched:
        if any(one.event == trouble.event and (not trouble.feature or one.holds(trouble)) for one in open_now):
            continue
        numbers = np.arange(hits.day - DAYS_SEEN + 1, hits.day + 1)
        begins = _begins(hits, trouble, usable & ~np.isin(numbers, list(past.get(trouble.event, ()))), rules)
        if begins is not None and begins.log_p <= level:
            found[trouble] = begins
    return sorted((found[one] for one in found if _tells(hits, one, found)), key=lambda one: one.watched)


def closing(hits: Hits, watched: Signature, first_day: int, usual: float) -> bool:
    """Whether an open incident is over: it is met as rarely as before, and not for want of use; or it lasts so long
    that it has become what is usual."""
    first = first_day - (hits.day - DAYS_SEEN + 1)
    if hits.day - first_day >= OPEN_DAYS_MAX:
        return True
    hit = hits.of(watched, HIT)
    for quiet in QUIET_DAYS:
        begin = DAYS_SEEN - quiet
        days = slice(max(0, first), begin)
        if begin <= max(0, first) or not hits.active[days].sum():
            return False
        rate = max(hit[days].sum() / hits.active[days].sum(), 2.0 * usual)
        seen, there = int(hit[begin:].sum()), float(hits.active[begin:].sum())
        usual_rate = max(usual, PRIOR_ACCOUNTS / (PRIOR_DAYS + float(hits.active.sum())))
        odds = seen * math.log(usual_rate / rate) + (rate - usual_rate) * there
        if odds >= math.log(QUIET_ODDS):
            return True
    return False


def named(hits: Hits, watched: Signature, way: int, days: slice) -> Signature:
    """The most exact signature that at least `EXPLAINS` of those met who newly met `watched` on these days."""
    whole = int(hits.of(watched, way)[days].sum())
    joint = (FEATURE_FRESH if watched.feature else EVENT_FRESH) + way - FRESH
    parts = [
        (bool(one.feature) + bool(one.version), int(rows[joint][days].sum()), one)
        for one, rows in hits.counts.items()
        if watched.holds(one) and one != watched
    ]
    fitting = [part for part in parts if part[1] >= EXPLAINS * whole]
    return max(fitting, default=(0, 0, watched))[2]


def log_tail(seen: int, mean: float, shape: float) -> float:
    """An upper bound of ln P(N >= seen), N ~ NB(mean, shape): its first term times a geometric series."""
    if seen <= mean:
        return 0.0
    share = mean / (shape + mean)
    first = math.lgamma(shape + seen) - math.lgamma(shape) - math.lgamma(seen + 1)
    first += seen * math.log(share) + shape * math.log1p(-share)
    ratio = max(share, share * (shape + seen) / (seen + 1))
    return min(0.0, first - math.log1p(-ratio)) if ratio < 1 else 0.0


def _usable(hits: Hits) -> NDArray[np.bool_]:
    """(DAYS_SEEN,): the days that say what is usual: there was use FRESH_DAYS before."""
    begun = np.flatnonzero(hits.active)
    return np.arange(DAYS_SEEN) >= (begun[0] if len(begun) else DAYS_SEEN) + FRESH_DAYS


def _begins(hits: Hits, trouble: Signature, usable: NDArray[np.bool_], rules: IncidentRules) -> Found | None:
    """The way and the window of the last days in which most speaks for an incident."""
    found = [_in_window(hits, trouble, (way, width), usable) for way in WAYS for width in range(1, LATELY_DAYS + 1)]
    enough = [
        one
        for one in found
        if one is not None
        and one.accounts >= max(rules.accounts_min, TIMES_MIN * one.expected)
        and one.accounts - one.expected >= rules.share_min * int(hits.active[-LATELY_DAYS:].max())
    ]
    return min(enough, key=lambda one: one.log_p, default=None)


def _in_window(hits: Hits, trouble: Signature, looked: tuple[int, int], usable: NDArray[np.bool_]) -> Found | None:
    """What `trouble` comes to when accounts are counted in one way over so many of the last days; None for nobody,
    or while nobody is counted."""
    way, width = looked
    newly, hit, begin = hits.of(trouble, way), hits.of(trouble, HIT), DAYS_SEEN - width
    seen = int(newly[begin:].sum())
    if not seen or not hits.active[begin:].any():
        return None
    before = np.arange(max(0, begin - PAST_DAYS), begin)
    before = before[usable[before]]
    shape = PRIOR_ACCOUNTS + float(newly[before].sum())
    lived = float(hits.active[before].sum())
    mean = max(1e-9, shape / (PRIOR_DAYS + lived) * float(hits.active[begin:].sum()))
    sure = 1.0 / (1.0 / shape + 1.0 / DRIFT + _spread(newly[before], hits.active[before]) / mean)
    first = begin + int(np.flatnonzero(newly[begin:])[0])
    return Found(
        watched=trouble,
        named=named(hits, trouble, way, slice(first, None)),
        first_day=hits.day - DAYS_SEEN + 1 + first,
        accounts=seen,
        expected=mean,
        way=way,
        usual=float(hit[before].sum()) / max(1.0, lived),
        log_p=log_tail(seen, mean, sure),
    )


def _spread(seen: Ints, active: Ints) -> float:
    """v - 1: how much more than by chance the days before differ, by Pearson's statistic; 0 for too few meetings."""
    total, lived = float(seen.sum()), float(active.sum())
    there = active > 0
    if total < 5 or there.sum() < 2:
        return 0.0
    mean = total / lived * active[there]
    return max(0.0, float(((seen[there] - mean) ** 2 / mean).sum()) / (int(there.sum()) - 1) - 1.0)


def _tells(hits: Hits, trouble: Signature, found: dict[Signature, Found]) -> bool:
    """Whether an incident is told by this one and not by the whole event, or by one of its features."""
    whole = found.get(Signature(trouble.event))
    if whole is None:
        return True
    best = named(hits, whole.watched, whole.way, slice(whole.first_day - (hits.day - DAYS_SEEN + 1), None))
    by_feature = Signature(trouble.event, best.feature)
    if best.feature and by_feature in found:
        return trouble == by_feature
    return trouble == whole.watched
