"""The agreed objectives of many accounts as columns: kept flat, changed one account at a time, read many at a time.

The rows of an account stand together; replacing them appends new rows, and what was left behind is dropped once
it is more than half. `Plans` are the rows of some accounts on one day: what the formulas read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EVER = np.iinfo(np.int64).max
"""A day after every other."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """One objective that counts. `points` are (day, known_day, value), in the order of their instants."""

    baseline: float
    target: float
    weight: float
    agreed_day: int
    due_day: int
    metric: int
    """Index of a metric of the model, -1 for none."""
    points: Sequence[tuple[int, int, float]]


@dataclass(frozen=True, slots=True)
class Plans:
    """The m objectives of n accounts in the order of the accounts; those of account i are starts[i]:starts[i+1]."""

    starts: Ints
    baseline: Floats
    target: Floats
    weight: Floats
    agreed_day: Ints
    due_day: Ints
    metric: Ints
    value: Floats
    """(m,): the newest point of progress, NaN without any."""

    @property
    def owner(self) -> Ints:
        """(m,): the account of each row, 0..n-1."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def take(self, indices: NDArray[np.intp] | Ints) -> Plans:
        """The plans of the accounts at `indices`, in that order."""
        rows, starts = _rows(self.starts[:-1][indices], np.diff(self.starts)[indices])
        columns = {name: getattr(self, name)[rows] for name in self.__slots__ if name != "starts"}
        return Plans(starts=starts, **columns)


class PlanColumns:
    """All plans of a portfolio, by the positions of its accounts."""

    def __init__(self) -> None:
        self._first = np.zeros(1_024, np.int64)
        self._count = np.zeros(1_024, np.int64)
        self._rows = _Rows.of([])
        self._changed: dict[int, Sequence[Agreed]] = {}

    def put(self, position: int, agreed: Sequence[Agreed]) -> None:
        """The account at `position` has these objectives from now on."""
        self._changed[position] = agreed

    def on(self, positions: Ints, day: int, known_day: int = EVER) -> Plans:
        """The plans of these accounts on `day`, with the progress that was known by `known_day`.

        An objective counts from the day on which it was agreed.
        """
        self._settle()
        if not len(self._rows):
            return _nothing(len(positions))
        inside = positions < len(self._first)
        place = np.where(inside, positions, 0)
        rows, starts = _rows(self._first[place], np.where(inside, self._count[place], 0))
        counts = self._rows.agreed_day[rows] <= day
        if not counts.all():
            owner = np.repeat(np.arange(len(positions)), np.diff(starts))[counts]
            rows = rows[counts]
            starts = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(positions)))]).astype(np.int64)
        kept = self._rows
        return Plans(
            starts=starts,
            baseline=kept.baseline[rows],
            target=kept.target[rows],
            weight=kept.weight[rows],
            agreed_day=kept.agreed_day[rows],
            due_day=kept.due_day[rows],
            metric=kept.metric[rows],
            value=kept.value_on(rows, day, known_day),
        )

    def _settle(self) -> None:
        """Bring what changed since the last reading into the columns."""
        changed = {p: agreed for p, agreed in self._changed.items() if agreed or self._has(p)}
        self._changed = {}
        if not changed:
            return
        while max(changed) >= len(self._first):
            self._first = np.concatenate([self._first, np.zeros_like(self._first)])
            self._count = np.concatenate([self._count, np.zeros_like(self._count)])
        positions, lengths = np.array(list(changed)), np.array([len(agreed) for agreed in changed.values()])
        self._first[positions] = len(self._rows) + np.cumsum(lengths) - lengths
        self._count[positions] = lengths
        self._rows = self._rows.followed_by(_Rows.of([one for agreed in changed.values() for one in agreed]))
        if len(self._rows) > 64 + 2 * int(self._count.sum()):
            self._compact()

    def _has(self, position: int) -> bool:
        return position < len(self._count) and bool(self._count[position])

    def _compact(self) -> None:
        holders = np.flatnonzero(self._count)
        rows, starts = _rows(self._first[holders], self._count[holders])
        self._rows = self._rows.taken(rows)
        self._first[holders] = starts[:-1]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Objectives as columns, and their points behind one another; the last point of row r ends at `ends[r]`."""

    baseline: Floats
    target: Floats
    weight: Floats
    agreed_day: Ints
    due_day: Ints
    metric: Ints
    begins: Ints
    ends: Ints
    point_day: Ints
    point_known: Ints
    point_value: Floats

    def __len__(self) -> int:
        return len(self.baseline)

    @classmethod
    def of(cls, agreed: Sequence[Agreed]) -> _Rows:
        lengths = np.array([len(one.points) for one in agreed], np.int64)
        ends = np.cumsum(lengths)
        points = [point for one in agreed for point in one.points]
        return cls(
            baseline=np.array([one.baseline for one in agreed], np.float64),
            target=np.array([one.target for one in agreed], np.float64),
            weight=np.array([one.weight for one in agreed], np.float64),
            agreed_day=np.array([one.agreed_day for one in agreed], np.int64),
            due_day=np.array([one.due_day for one in agreed], np.int64),
            metric=np.array([one.metric for one in agreed], np.int64),
            begins=ends - lengths,
            ends=ends,
            point_day=np.array([day for day, _, _ in points], np.int64),
            point_known=np.array([known for _, known, _ in points], np.int64),
            point_value=np.array([value for _, _, value in points], np.float64),
        )

    def followed_by(self, other: _Rows) -> _Rows:
        shift = len(self.point_day)
        joined = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in self.__slots__}
        joined["begins"] = np.concatenate([self.begins, other.begins + shift])
        joined["ends"] = np.concatenate([self.ends, other.ends + shift])
        return _Rows(**joined)

    def taken(self, rows: Ints) -> _Rows:
        points, starts = _rows(self.begins[rows], (self.ends - self.begins)[rows])
        kept = {name: getattr(self, name)[rows] for name in self.__slots__[:6]}
        kept |= {name: getattr(self, name)[points] for name in self.__slots__[8:]}
        return _Rows(**kept, begins=starts[:-1], ends=starts[1:])

    def value_on(self, rows: Ints, day: int, known_day: int) -> Floats:
        """The newest point of each row that is of `day` or before and was known by `known_day`; NaN for none.

        Nearly always that is the last point; only where it is not are the others looked at.
        """
        begins, ends = self.begins[rows], self.ends[rows]
        value = np.full(len(rows), np.nan)
        some = np.flatnonzero(ends > begins)
        last = ends[some] - 1
        fits = (self.point_day[last] <= day) & (self.point_known[last] <= known_day)
        value[some[fits]] = self.point_value[last[fits]]
        for row in some[~fits].tolist():
            span = slice(int(begins[row]), int(ends[row]))
            early = np.flatnonzero((self.point_day[span] <= day) & (self.point_known[span] <= known_day))
            if len(early):
                value[row] = self.point_value[span][early[-1]]
        return value


def _rows(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """The places first..first+count of each entry behind one another, and where each entry's begin (and the end)."""
    starts = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return np.arange(starts[-1]) + np.repeat(first - starts[:-1], count), starts


def _nothing(n: int) -> Plans:
    none, no_days = np.zeros(0), np.zeros(0, np.int64)
    return Plans(np.zeros(n + 1, np.int64), none, none, none, no_days, no_days, no_days, none)
