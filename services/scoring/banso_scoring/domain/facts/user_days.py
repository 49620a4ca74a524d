"""On which days each user was seen, a bit a day, and how many distinct users of an account were seen in a span.

Users of one account stand together in an order that is made anew once a quarter as many came since: asking for a
few accounts reads their users and the newest ones, never those of everybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WORD = 64
TAIL_MIN = 4_096
"""Users that may come before the order is made anew, at the least."""

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


class UserDays:
    """Users of accounts by index over `width` days, a multiple of WORD."""

    def __init__(self, width: int) -> None:
        self._index: dict[int, int] = {}
        self._account = np.zeros(1_024, np.int32)
        self._days = np.zeros((1_024, width // WORD), np.uint64)
        self._ordered = 0
        self._order = np.zeros(0, np.int32)
        self._starts = np.zeros(1, np.int64)

    def __len__(self) -> int:
        return len(self._index)

    @property
    def nbytes(self) -> int:
        """Bytes of the columns; the dictionary of keys comes on top, about 100 bytes a user."""
        users = len(self._index)
        return self._account[:users].nbytes + self._days[:users].nbytes + self._order.nbytes + self._starts.nbytes

    def move(self) -> None:
        """Forget the first WORD days; as many empty ones come at the end."""
        self._days[:, :-1] = self._days[:, 1:]
        self._days[:, -1] = 0

    def add(self, users: Ints, accounts: Ints, columns: Ints) -> None:
        """See `users` of `accounts` on the days `columns`."""
        index, known = self._index, len(self._index)
        places = np.array([index.setdefault(user, len(index)) for user in users.tolist()], np.int64)
        while len(index) > len(self._account):
            self._account = np.concatenate((self._account, np.zeros_like(self._account)))
            self._days = np.concatenate((self._days, np.zeros_like(self._days)))
        if len(index) > known:
            new = places >= known
            self._account[places[new]] = accounts[new]
        bits = np.uint64(1) << (columns % WORD).astype(np.uint64)
        np.bitwise_or.at(self._days, (places, columns // WORD), bits)

    def within(self, accounts: Ints, spans: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """(spans, accounts): distinct users of each account on the days first..last of each span."""
        self._settle()
        known = len(self._starts) - 1
        place = np.minimum(accounts, known - 1) if known else np.zeros(len(accounts), np.int64)
        begins, ends = (self._starts[place], self._starts[place + 1]) if known else (place, place)
        lengths = np.where(accounts < known, ends - begins, 0)
        owner = np.repeat(np.arange(len(accounts)), lengths)
        rows = np.arange(len(owner)) + np.repeat(begins - np.cumsum(lengths) + lengths, lengths)
        days, tail = self._days[self._order[rows]], slice(self._ordered, len(self._index))
        found = np.zeros((len(spans), len(accounts)))
        for number, span in enumerate(spans):
            found[number] = np.bincount(owner[_seen(days, span)], minlength=len(accounts))
            newest = self._account[tail][_seen(self._days[tail], span)]
            if len(newest):
                found[number] += np.bincount(newest, minlength=int(accounts.max(initial=0)) + 1)[accounts]
        return found

    def _settle(self) -> None:
        """Put the users of each account together, once many came since that was done."""
        users = len(self._index)
        if users - self._ordered <= max(TAIL_MIN, self._ordered // 4):
            return
        accounts = self._account[:users]
        self._order = np.argsort(accounts, kind="stable").astype(np.int32)
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(accounts))]).astype(np.int64)
        self._ordered = users


def _seen(days: Words, span: tuple[int, int]) -> NDArray[np.bool_]:
    """(users,): who was seen on any day of `span`."""
    first, last = span
    found = np.zeros(len(days), np.uint64)
    for word in range(days.shape[1]):
        low, high = max(first - word * WORD, 0), min(last - word * WORD, WORD - 1)
        if high >= low:
            found |= days[:, word] & np.uint64((1 << (high + 1)) - (1 << low))
    seen: NDArray[np.bool_] = found != 0
    return seen
