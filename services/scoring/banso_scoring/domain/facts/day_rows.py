"""Whole numbers a day of many accounts, as lean as they are: a row only for an account that has any, of narrow
numbers until one of them does not fit.

    row of an account  >  0   its days are in the narrow table
                       <  0   its days are in the wide table
                       =  0   it has none: all days are zero

A row once wide stays wide. What is read does not depend on which table a row is in, nor on the order of adding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from banso_scoring.domain.facts.in_a_row import in_a_row

ROWS_FIRST = 256
ROWS_MOVED_AT_ONCE = 65_536
Table = NDArray[Any]
Ints = NDArray[np.int64]


class DayRows:
    """`width` days of accounts by index, in `narrow` numbers where they fit, else in `wide` ones."""

    def __init__(self, width: int, narrow: DTypeLike, wide: DTypeLike) -> None:
        self._row = np.zeros(1_024, np.int32)
        self._narrow: Table = np.zeros((ROWS_FIRST, width), narrow)
        self._wide: Table = np.zeros((8, width), wide)
        self._narrow_used = self._wide_used = 1
        limits = np.iinfo(self._narrow.dtype)
        self._least, self._most = int(limits.min), int(limits.max)

    @property
    def nbytes(self) -> int:
        """Bytes that hold something: what is only reserved costs nothing until it is written to."""
        held = self._narrow[: self._narrow_used].nbytes + self._wide[: self._wide_used].nbytes
        return held + self._row.nbytes

    @property
    def any(self) -> bool:
        """Whether any account has a row."""
        return self._narrow_used > 1 or self._wide_used > 1

    def make_room(self, accounts: int) -> None:
        """Let there be `accounts` accounts."""
        if accounts > len(self._row):
            self._row = np.concatenate([self._row, np.zeros(accounts - len(self._row), np.int32)])

    def move(self, days: int) -> None:
        """Forget the first `days` days; as many empty ones come at the end."""
        for table in (self._narrow, self._wide):
            for begin in range(0, len(table), ROWS_MOVED_AT_ONCE):
                some = table[begin : begin + ROWS_MOVED_AT_ONCE]
                some[:, :-days] = some[:, days:].copy()
                some[:, -days:] = 0

    def add(self, accounts: Ints, columns: Ints, values: Ints) -> None:
        """Add `values` to days of accounts; a day may be named more than once."""
        if not len(accounts):
            return
        width = self._narrow.shape[1]
        keys, values = _summed(accounts * width + columns, values)
        accounts, columns = keys // width, keys % width
        self._give_rows(accounts)
        rows = self._row[accounts]
        sums = values + np.where(rows > 0, self._narrow[np.maximum(rows, 0), columns], 0)
        self._widen(accounts[(rows > 0) & ((sums > self._most) | (sums < self._least))])
        rows = self._row[accounts]
        narrow = rows > 0
        self._narrow[rows[narrow], columns[narrow]] = sums[narrow]
        self._wide[-rows[~narrow], columns[~narrow]] += values[~narrow].astype(self._wide.dtype)

    def read(self, accounts: Ints, days: slice) -> Iterator[tuple[Table, Ints | None]]:
        """The rows of those of `accounts` that have one: (m, days) numbers, and their places in `accounts` (None:
        all of them, in order). The numbers are a view where that is possible: valid until the next change."""
        if not self.any or not len(accounts):
            return
        rows = self._row[in_a_row(accounts)]
        if rows.min() > 0:
            yield _taken(self._narrow, rows, days), None
            return
        some = np.flatnonzero(rows > 0)
        if len(some):
            yield _taken(self._narrow, rows[some], days), some
        some = np.flatnonzero(rows < 0)
        if len(some):
            yield _taken(self._wide, -rows[some], days), None if len(some) == len(rows) else some

    def _give_rows(self, accounts: Ints) -> None:
        """Give a row to each account that has none; `accounts` rise, a name may come again."""
        new = accounts[self._row[accounts] == 0]
        if not len(new):
            return
        new = new[np.flatnonzero(np.diff(new, prepend=-1))]
        used = self._narrow_used + len(new)
        self._narrow = _grown(self._narrow, used)
        self._row[new] = np.arange(self._narrow_used, used)
        self._narrow_used = used

    def _widen(self, accounts: Ints) -> None:
        """Move rows to the wide table."""
        if not len(accounts):
            return
        accounts = np.unique(accounts)
        used = self._wide_used + len(accounts)
        self._wide = _grown(self._wide, used)
        old, new = self._row[accounts], np.arange(self._wide_used, used)
        self._wide[new] = self._narrow[old]
        self._narrow[old] = 0
        self._row[accounts] = -new
        self._wide_used = used


def _summed(keys: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Each key once, rising, with the sum of its values."""
    order = np.argsort(keys, kind="stable")
    keys, values = keys[order], values[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[starts], np.add.reduceat(values, starts)


def _grown(table: Table, rows: int) -> Table:
    if rows <= len(table):
        return table
    larger = np.zeros((max(rows, 2 * len(table)), table.shape[1]), table.dtype)
    larger[: len(table)] = table
    return larger


def _taken(table: Table, rows: NDArray[np.int32], days: slice) -> Table:
    first = int(rows[0])
    if int(rows[-1]) - first == len(rows) - 1 and (np.diff(rows) == 1).all():
        return table[first : first + len(rows), days]
    return np.take(table, rows, axis=0)[:, days]
