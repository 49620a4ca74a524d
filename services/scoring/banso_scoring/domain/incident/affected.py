"""Whom an incident hit, and whose trouble is mostly this one, so that nothing else need be said of it.

    rows     of the watched trouble; with a version in the name not of others that were there before it began
    hit      met such rows since the incident began, and not in the FRESH_DAYS before, or far harder
    mostly   n >= 1/2 · (n + max(0, other - usual))      n: of the incident, other: all other trouble of the last
                                                          RECENT_DAYS, usual: that of as many days before
    own      other - usual > n, and P(NB(a/4, a) >= other) <= OWN_LEVEL      a = 1/2 + other trouble of PAST_DAYS before

What an account is used to is no reason to speak of it beside the incident. Whose trouble was mostly the incident's is
told of when it has trouble of its `own`, and not because the incident's is over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.incident.detect import log_tail
from banso_scoring.domain.incident.hits import hard_since
from banso_scoring.domain.incident.signature import Signature
from banso_scoring.domain.incident.signature_days import DAYS_SEEN, FRESH_DAYS, PAST_DAYS, Met

RECENT_DAYS = 7
MOSTLY = 0.5
OWN_LEVEL = 0.01

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an incident watches, its name, and the column of the day on which it began, at least 0."""

    watched: Signature
    named: Signature
    first: int


@dataclass(frozen=True, slots=True)
class Affected:
    """Accounts that an incident hit; days count as in `Met`."""

    account: Ints
    first: Ints
    last: Ints
    seen: Ints
    mostly: NDArray[np.bool_]
    own: NDArray[np.bool_]


def affected(met: Met, troubles: Sequence[Trouble]) -> Affected:
    """The accounts of `met` that an incident hit, in their order; all of the `troubles` that are told as one."""
    mine, since = np.zeros(len(met.day), np.bool_), np.zeros(len(met.day), np.bool_)
    for one in troubles:
        its = _of_incident(met, one)
        mine |= its
        since |= _since(met, its, one.first)
    account, place = np.unique(met.account[since], return_inverse=True)
    n = len(account)
    begin, end = np.full(n, DAYS_SEEN, np.int64), np.full(n, -1, np.int64)
    np.minimum.at(begin, place, met.day[since])
    np.maximum.at(end, place, met.day[since])
    seen = _sums(met.count[since], place, n).astype(np.int64)
    return Affected(account, begin, end, seen, *_mostly(met, mine, account))


def _of_incident(met: Met, trouble: Trouble) -> NDArray[np.bool_]:
    """Which rows are of the incident."""
    named = trouble.named
    if not named.version:
        return met.rows_of(named)
    versions = np.array([one.version for one in met.signatures])[met.signature]
    older = np.unique(versions[(met.day < trouble.first) & (versions != named.version)])
    return np.asarray(met.rows_of(trouble.watched, exact=True) & (versions != "") & ~np.isin(versions, older))


def _since(met: Met, its: NDArray[np.bool_], first: int) -> NDArray[np.bool_]:
    """Which of the rows `its` are of accounts that were hit since the column `first`."""
    since = its & (met.day >= first)
    before = np.unique(met.account[its & (met.day < first) & (met.day >= first - FRESH_DAYS)])
    return np.asarray(since & (~np.isin(met.account, before) | np.isin(met.account, hard_since(met, its, first))))


def _mostly(met: Met, mine: NDArray[np.bool_], account: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) each: whose trouble of the last days is mostly of the rows `mine`; who has more of its own than of them."""
    plain = np.array([not one.feature and not one.version for one in met.signatures], np.bool_)
    recent = met.day >= DAYS_SEEN - RECENT_DAYS
    past = (met.day < DAYS_SEEN - RECENT_DAYS) & (met.day >= DAYS_SEEN - RECENT_DAYS - PAST_DAYS)
    whole = plain[met.signature]
    of_it, all_now = _counts(met, mine & recent, account), _counts(met, whole & recent, account)
    of_it_before, all_before = _counts(met, mine & past, account), _counts(met, whole & past, account)
    usual = (all_before - of_it_before) * RECENT_DAYS / PAST_DAYS
    other = np.maximum(0.0, (all_now - of_it) - usual)
    mostly, own = (of_it > 0) & (of_it >= MOSTLY * (of_it + other)), other > of_it
    for place in np.flatnonzero(own).tolist():
        shape = 0.5 + float(all_before[place] - of_it_before[place])
        mean = shape * RECENT_DAYS / PAST_DAYS
        own[place] = log_tail(int(all_now[place] - of_it[place]), mean, shape) <= math.log(OWN_LEVEL)
    return np.asarray(mostly), np.asarray(own)


def _counts(met: Met, rows: NDArray[np.bool_], account: Ints) -> Floats:
    """(n,): how often each of the sorted `account` is in `rows`, by count."""
    some = rows & np.isin(met.account, account)
    return _sums(met.count[some], np.searchsorted(account, met.account[some]), len(account))


def _sums(count: Ints, place: NDArray[np.integer], n: int) -> Floats:
    return np.bincount(place, weights=count, minlength=n).astype(np.float64)
