"""What formulas read of each account's days, kept from one reading to the next until a fact of the account comes.

    kept(account, day, series, reading) = the reading worked out anew from the days

Some eight numbers an account and series stand for its days: whoever was read on a day is read again without them,
however often the cohort or the standing changes. The numbers are of one day; those of another day replace them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.in_a_row import in_a_row, taken
from banso_scoring.domain.facts.windows import Reading, Windows, without

NO_DAY = -1
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class KeptReadings:
    """Readings of accounts by index, each of the newest day on which the account was read."""

    def __init__(self, read: Mapping[int, Sequence[Reading]], spans: int) -> None:
        """What is `read` of each series, and of how many spans of days distinct users are counted."""
        self._read = {(series, reading) for series, some in read.items() for reading in some}
        self._day = np.full(1_024, NO_DAY, np.int64)
        self._users = np.zeros((spans, 1_024))
        self._columns: dict[tuple[int, Reading], Floats] = {}
        """Only of series that any account has."""

    @property
    def numbers(self) -> int:
        """How many numbers are kept of each account."""
        return len(self._columns) + len(self._users)

    @property
    def nbytes(self) -> int:
        """Bytes of the columns."""
        return self._day.nbytes + self._users.nbytes + sum(column.nbytes for column in self._columns.values())

    def make_room(self, accounts: int) -> None:
        """Let there be `accounts` accounts."""
        more = accounts - len(self._day)
        if more > 0:
            self._day = np.concatenate([self._day, np.full(more, NO_DAY, np.int64)])
            self._users = np.pad(self._users, ((0, 0), (0, more)))
            for (series, reading), column in self._columns.items():
                self._columns[series, reading] = np.concatenate([column, np.full(more, without(reading))])

    def forget(self, accounts: Ints) -> None:
        """Facts of these accounts came: what was kept of them no longer holds."""
        self._day[accounts] = NO_DAY

    def missing(self, accounts: Ints, day: int) -> Ints:
        """Those of `accounts` of which nothing of `day` is kept."""
        return np.asarray(accounts[self._day[in_a_row(accounts)] != day])

    def keep(self, accounts: Ints, day: int, windows: Windows, users: Floats, there: Sequence[bool]) -> None:
        """Keep what was read of `accounts` on `day`. `users` are (spans, accounts); `there` says by series whether
        any account has any of it."""
        some = in_a_row(accounts)
        for (series, reading), found in windows.found.items():
            if there[series]:
                new = (series, reading) not in self._columns
                column = np.full(len(self._day), without(reading)) if new else self._columns[series, reading]
                self._columns.setdefault((series, reading), column)[some] = found
        self._users[:, some] = users
        self._day[some] = day

    def users(self, accounts: Ints) -> Floats:
        """(spans, accounts): distinct users as they were kept."""
        return taken(self._users, in_a_row(accounts))

    def of(self, accounts: Ints, day: int) -> dict[tuple[int, Reading], Floats]:
        """Copies of all that is kept of `accounts`; nothing at all if that is not of `day` for each of them."""
        some = in_a_row(accounts)
        if (self._day[some] != day).any():
            return {}
        none = {reading: np.full(len(accounts), without(reading)) for reading in {one for _, one in self._read}}
        return {key: taken(self._columns[key], some) if key in self._columns else none[key[1]] for key in self._read}


class KeptOf:
    """What is kept of some accounts on a day; see `daily.Kept`."""

    def __init__(self, readings: KeptReadings, accounts: Ints, day: int, fresh: Windows | None = None) -> None:
        """`fresh`: what was just worked out of all of these accounts, if it was."""
        self._readings, self._accounts, self._day, self._fresh = readings, accounts, day, fresh

    def readings(self) -> dict[tuple[int, Reading], Floats]:
        """By series and reading (n,) numbers; nothing once any of the accounts was forgotten or read on another day."""
        return self._readings.of(self._accounts, self._day) if self._fresh is None else self._fresh.found

    def take(self, indices: Ints) -> KeptOf:
        """The accounts at `indices`, in that order."""
        return KeptOf(self._readings, self._accounts[indices], self._day)
