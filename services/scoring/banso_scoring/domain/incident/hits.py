"""How many accounts met each trouble on each of the last days, in a form whose parts add up.

    hits(lane) -> whole numbers      together([a, b]) = a + b

An account belongs to one lane, so counts of distinct accounts add up. For a signature, by day: `hit`, the accounts
that met it; `fresh`, those of them that had not met it for FRESH_DAYS; `hard`, those that met it so often that day as
HARD_TIMES their hardest day before, and HARD_MIN times at least. Of the parts of an event, or of a feature, beside
that how many of the accounts that newly met the whole (fresh, hard) met it in this part: so the exact name is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.incident.signature import Signature
from banso_scoring.domain.incident.signature_days import DAYS_SEEN, FRESH_DAYS, LATELY_DAYS, Met

SIGNATURES_MAX = 1_000
"""Signatures that one lane tells of: those that most accounts met of late."""

Ints = NDArray[np.int64]
HARD_MIN, HARD_TIMES = 4, 4
HIT, FRESH, HARD, EVENT_FRESH, EVENT_HARD, FEATURE_FRESH, FEATURE_HARD = range(7)
WAYS = (FRESH, HARD)
"""How an account may meet trouble newly."""
KINDS = 7


class LaneHits(msgspec.Struct, array_like=True, frozen=True):
    """The accounts of one lane, up to `day`: how many were active each day; by signature (KINDS, DAYS_SEEN)."""

    day: int
    active: list[int]
    counts: list[tuple[str, str, str, list[list[int]]]]


@dataclass(frozen=True, slots=True)
class Hits:
    """The accounts of all lanes together, up to `day`."""

    day: int
    active: Ints
    """(DAYS_SEEN,): accounts that used the product."""
    counts: dict[Signature, Ints] = field(default_factory=dict)
    """Signature -> (KINDS, DAYS_SEEN)"""

    def of(self, trouble: Signature, what: int) -> Ints:
        """(DAYS_SEEN,): one of the counts."""
        found = self.counts.get(trouble)
        return np.zeros(DAYS_SEEN, np.int64) if found is None else found[what]


def lane_hits(met: Met, settled: Ints, active: Ints, day: int) -> LaneHits:
    """The hits of the accounts in `met`. `settled[account]` counts the days since its first one: of an account that
    is new nobody knows what it meets newly."""
    found: dict[Signature, list[Ints]] = {}
    newly: dict[Signature, tuple[Ints, Ints]] = {}
    begins = np.searchsorted(met.signature, np.arange(len(met.signatures) + 1))  # they are sorted by signature
    for trouble, numbers in _levels(met.signatures).items():
        rows, counts = _days(met, np.concatenate([np.arange(begins[n], begins[n + 1]) for n in numbers]))
        known = settled[rows // DAYS_SEEN] - (DAYS_SEEN - 1 - rows % DAYS_SEEN) >= FRESH_DAYS
        newly[trouble] = rows[_fresh(rows) & known], rows[_hard(rows, counts) & known]
        found[trouble] = [_by_day(rows), *(_by_day(some) for some in newly[trouble])]
        for above in (Signature(trouble.event), Signature(trouble.event, trouble.feature)):
            # wider troubles come first, so that theirs is known
            for some in newly.get(above, ()):
                found[trouble].append(_by_day(rows[_among(rows, some)]))
        found[trouble] += [np.zeros(DAYS_SEEN, np.int64)] * (KINDS - len(found[trouble]))
    kept = sorted(found, key=lambda one: (-int(found[one][HIT][-LATELY_DAYS:].sum()), one))[:SIGNATURES_MAX]
    told = [(one.event, one.feature, one.version, [row.tolist() for row in found[one]]) for one in sorted(kept)]
    return LaneHits(day, active.tolist(), told)


def hard_since(met: Met, some: NDArray[np.bool_], first: int) -> Ints:
    """The accounts that met some rows harder than ever before on a day since `first`."""
    rows, counts = _days(met, some)
    return np.unique(rows[_hard(rows, counts) & (rows % DAYS_SEEN >= first)] // DAYS_SEEN)


def together(lanes: Iterable[LaneHits], day: int) -> Hits:
    """All lanes as of `day`; a lane that was last seen on an earlier day is moved there, a later one cut."""
    whole = Hits(day, np.zeros(DAYS_SEEN, np.int64))
    for lane in lanes:
        behind = day - lane.day
        whole.active[:] += _moved(np.array(lane.active, np.int64), behind)
        for event, feature, version, rows in lane.counts:
            trouble = Signature(event, feature, version)
            before = whole.counts.setdefault(trouble, np.zeros((KINDS, DAYS_SEEN), np.int64))
            before += _moved(np.array(rows, np.int64), behind)
    return whole


def _levels(signatures: Sequence[Signature]) -> dict[Signature, list[int]]:
    """Every trouble that can be told of, the widest first -> the signatures that are part of it.

    The plain event counts all of its accounts by itself, also those whose events say nothing more.
    """
    found: dict[Signature, list[int]] = {}
    for number, one in enumerate(signatures):
        if not one.feature and not one.version:
            found.setdefault(one, []).append(number)
            continue
        for level in {Signature(one.event, one.feature), Signature(one.event, "", one.version), one}:
            if level.feature or level.version:
                found.setdefault(level, []).append(number)
    return dict(sorted(found.items(), key=lambda item: (bool(item[0].feature) + bool(item[0].version), item[0])))


def _days(met: Met, some: NDArray[np.bool_] | Ints) -> tuple[Ints, Ints]:
    """The (account, day) of some rows, as one sorted number each, and how often that was."""
    rows, place = np.unique(met.account[some] * DAYS_SEEN + met.day[some], return_inverse=True)
    return rows, np.bincount(place, weights=met.count[some], minlength=len(rows)).astype(np.int64)


def _fresh(rows: Ints) -> NDArray[np.bool_]:
    """Before which of the sorted rows the account met nothing of it for FRESH_DAYS."""
    account, day = np.divmod(rows, DAYS_SEEN)
    same = np.append(False, account[1:] == account[:-1])[: len(rows)]
    gap = np.append(DAYS_SEEN, day[1:] - day[:-1])[: len(rows)]
    return np.asarray(~same | (gap > FRESH_DAYS))


def _hard(rows: Ints, counts: Ints) -> NDArray[np.bool_]:
    """On which of the sorted rows the account met far more of it than on any day before."""
    if not len(rows):
        return np.zeros(0, np.bool_)
    place = np.append(0, np.cumsum(np.diff(rows // DAYS_SEEN) > 0))
    reach = int(counts.max()) + 1
    highest = np.maximum.accumulate(place * reach + counts)
    before = np.maximum(0, np.append(0, highest[:-1]) - place * reach)
    return np.asarray((counts >= HARD_MIN) & (counts >= HARD_TIMES * before))


def _among(rows: Ints, others: Ints) -> NDArray[np.bool_]:
    """Which of the rows are among the others; both are sorted."""
    if not len(others):
        return np.zeros(len(rows), np.bool_)
    return np.asarray(others[np.minimum(np.searchsorted(others, rows), len(others) - 1)] == rows)


def _by_day(rows: Ints) -> Ints:
    return np.bincount(rows % DAYS_SEEN, minlength=DAYS_SEEN).astype(np.int64)


def _moved(columns: Ints, days: int) -> Ints:
    """Days last, as seen from `days` days later (earlier when negative); days that were not seen are 0."""
    found = np.zeros_like(columns)
    if 0 <= days < DAYS_SEEN:
        found[..., : DAYS_SEEN - days] = columns[..., days:]
    elif -DAYS_SEEN < days < 0:
        found[..., -days:] = columns[..., :days]
    return found
