"""Which accounts met which trouble on which of the last days: the facts of signatures as columns in memory.

A pure projection of the facts, as the live window is: counts are added, so the order in which facts came does not
matter. Reading help is no trouble of the product and is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.fact_columns import FactColumns
from banso_scoring.domain.incident.signature import Signature, is_signature, signature_of
from banso_scoring.domain.success_model import FrictionKind, SuccessModel

FRESH_DAYS = 7
"""An account that met the same trouble within so many days before does not meet it newly."""
PAST_DAYS = 28
LATELY_DAYS = 3
OPEN_DAYS_MAX = 28
DAYS_SEEN = FRESH_DAYS + PAST_DAYS + LATELY_DAYS + 2
"""Days held, today the last; what began so long ago is found whole."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Met:
    """Each (signature, account, day) of the last days once, sorted; `day` counts from 0 to DAYS_SEEN - 1, today."""

    signatures: tuple[Signature, ...]
    """What `signature` counts: events without feature and version, and what is more exact."""
    signature: Ints
    account: Ints
    day: Ints
    count: Ints

    def of(self, accounts: Ints) -> Met:
        """Of these accounts alone."""
        mine = np.zeros(max(int(self.account.max(initial=-1)), int(accounts.max(initial=-1))) + 1, np.bool_)
        mine[accounts] = True
        some = mine[self.account]
        return Met(self.signatures, self.signature[some], self.account[some], self.day[some], self.count[some])

    def watched(self, model: SuccessModel) -> Met:
        """Without what `model` excepts from incidents."""
        kept = np.array([is_watched(model, one.event) for one in self.signatures], np.bool_)[self.signature]
        return Met(self.signatures, self.signature[kept], self.account[kept], self.day[kept], self.count[kept])

    def rows_of(self, trouble: Signature, *, exact: bool = False) -> NDArray[np.bool_]:
        """Which rows are of `trouble`: of the plain event (unless `exact`), else of all signatures that are part of
        it; an event that says more has a row of each kind."""
        if not trouble.feature and not trouble.version and not exact:
            numbers = [n for n, one in enumerate(self.signatures) if one == trouble]
        else:
            numbers = [n for n, one in enumerate(self.signatures) if trouble.holds(one)]
        return np.isin(self.signature, numbers)


def is_trouble(model: SuccessModel, event: str, exempt: Collection[str] = ()) -> bool:
    """Whether the model calls the event friction, in other channels than `exempt`; reading help is not meant."""
    channels = [
        channel.series
        for channel in model.roles.channels
        if channel.kind is not FrictionKind.HELP and channel.name not in exempt
    ]
    return any(series in channels for series in model.series_of[event])


def is_watched(model: SuccessModel, event: str) -> bool:
    """Whether the event could be an incident: trouble of a channel that the model does not except."""
    return is_trouble(model, event, model.incidents.exempt)


class SignatureDays:
    """The signatures that the accounts of a portfolio met."""

    def __init__(self, model: SuccessModel) -> None:
        self._model = model
        self._numbers: dict[str, int] = {}
        self._parts: list[Ints] = []
        self.changes = 0
        """Rises with whatever is added."""

    def add(self, facts: FactColumns, positions: Ints, today: int) -> None:
        """Add parts of facts; `positions[k]` is the account `facts.account_names[k]`. Other facts than trouble and
        days that are over long ago are left out."""
        numbers = np.array([self._number(name) for name in facts.event_names], np.int64)
        if not (numbers >= 0).any():
            return
        some = np.flatnonzero((numbers[facts.name] >= 0) & (facts.day > today - DAYS_SEEN))
        if len(some):
            accounts = positions[facts.account[some]]
            self._parts.append(np.stack([numbers[facts.name[some]], accounts, facts.day[some], facts.count[some]]))
            self.changes += 1

    def met(self, today: int) -> Met:
        """What the last `DAYS_SEEN` days hold. A day after `today` (it begins earlier elsewhere) counts as today."""
        rows = np.concatenate([np.empty((4, 0), np.int64), *self._parts], axis=1)
        rows = _grouped(rows[:, rows[2] > today - DAYS_SEEN])
        rows = self._forget(rows)
        self._parts = [rows] if rows.size else []
        if (rows[2] > today).any():
            rows = _grouped(np.stack([rows[0], rows[1], np.minimum(rows[2], today), rows[3]]))
        signatures = tuple(signature_of(name) for name in self._numbers)
        return Met(signatures, rows[0], rows[1], rows[2] - (today - DAYS_SEEN + 1), rows[3])

    def _number(self, name: str) -> int:
        found = self._numbers.get(name)
        if found is None and (is_signature(name) or is_trouble(self._model, name)):
            found = self._numbers[name] = len(self._numbers)
        return -1 if found is None else found

    def _forget(self, rows: Ints) -> Ints:
        """The same rows numbered anew, without the names that none of them has."""
        used = np.flatnonzero(np.bincount(rows[0], minlength=len(self._numbers)))
        if len(used) < len(self._numbers):
            names = list(self._numbers)
            self._numbers = {names[number]: place for place, number in enumerate(used.tolist())}
            rows = np.concatenate([np.searchsorted(used, rows[0])[None, :], rows[1:]])
        return rows


def _grouped(rows: Ints) -> Ints:
    """Rows of (signature, account, day, count) sorted, those that are alike in the first three added up."""
    if not rows.size:
        return rows
    first, last = rows[2].min(), rows[2].max()
    place = (rows[0] * (rows[1].max() + 1) + rows[1]) * (last - first + 1) + rows[2] - first
    order = np.argsort(place, kind="stable")  # most of it is sorted already
    place, rows = place[order], rows[:, order]
    starts = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
    if len(starts) == rows.shape[1]:
        return rows
    return np.concatenate([rows[:3, starts], np.add.reduceat(rows[3], starts)[None, :]])
