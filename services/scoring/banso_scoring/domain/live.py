"""The live window: the facts of the owned accounts over the last days, as columns in memory.

A pure projection of the stored facts: a cell of an array is *set* from a whole account-day, never added to,
so the arrays do not depend on the order in which the days came. Days last; a user is one bit a day.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.day_facts import Cells
from banso_scoring.domain.panel import DAYS, Panel
from banso_scoring.domain.success_model import SuccessModel

WORD = 64
WIDTH = 3 * WORD
"""Days held: DAYS, and room to look back (`WIDTH - DAYS`) or to go on before the window moves by a word."""

Ints = NDArray[np.int64]
MICRO = 1_000_000


def totals_of(model: SuccessModel, cells: Cells) -> list[float]:
    """The value of each series of `model` on the day that `cells` describes: counts, or sums in units."""
    counts = [0] * len(model.series)
    for (name, _), cell in cells.items():
        for index in model.series_of[name]:
            counts[index] += cell.count if model.series[index].of == "count" else cell.sum
    return [
        count if series.of == "count" else count / MICRO for count, series in zip(counts, model.series, strict=True)
    ]


class LiveWindow:
    """Facts of up to `capacity` accounts by index, from day `origin` (inclusive) for WIDTH days."""

    def __init__(self, model: SuccessModel, today: int) -> None:
        self._model = model
        self.origin = today - WIDTH + WORD
        self._daily = np.zeros((len(model.series), 1_024, WIDTH), np.float32)
        self._user_index: dict[int, int] = {}
        self._user_account = np.zeros(1_024, np.int64)
        self._user_days = np.zeros((1_024, WIDTH // WORD), np.uint64)

    def make_room(self, accounts: int, day: int) -> None:
        """Let the window hold `accounts` accounts and reach `day`."""
        if accounts > self._daily.shape[1]:
            grown = np.zeros((self._daily.shape[0], max(accounts, 2 * self._daily.shape[1]), WIDTH), np.float32)
            grown[:, : self._daily.shape[1]] = self._daily
            self._daily = grown
        while day >= self.origin + WIDTH:
            self._daily[:, :, :-WORD] = self._daily[:, :, WORD:]
            self._daily[:, :, -WORD:] = 0
            self._user_days[:, :-1] = self._user_days[:, 1:]
            self._user_days[:, -1] = 0
            self.origin += WORD

    def put(self, accounts: Sequence[int], days: Sequence[int], facts: Sequence[Cells]) -> None:
        """Set whole account-days. Days before the window are left out; `make_room` comes first."""
        if not facts:
            return
        totals = np.array([totals_of(self._model, cells) for cells in facts], np.float32)
        at = np.asarray(days, np.int64) - self.origin
        inside = at >= 0
        self._daily[:, np.asarray(accounts, np.int64)[inside], at[inside]] = totals[inside].T
        for account, column, cells in zip(accounts, at.tolist(), facts, strict=True):
            if column >= 0:
                self._put_users(account, column, cells)

    def _put_users(self, account: int, column: int, cells: Cells) -> None:
        word, bit = divmod(column, WORD)
        mask = np.uint64(1 << bit)
        for cell in cells.values():
            for user in cell.users:
                index = self._user_index.get(user)
                if index is None:
                    index = self._new_user(user, account)
                self._user_days[index, word] |= mask

    def _new_user(self, user: int, account: int) -> int:
        index = len(self._user_index)
        if index == len(self._user_account):
            self._user_account = np.concatenate((self._user_account, np.zeros_like(self._user_account)))
            self._user_days = np.concatenate((self._user_days, np.zeros_like(self._user_days)))
        self._user_index[user] = index
        self._user_account[index] = account
        return index

    def panel(self, accounts: Ints, day: int, seats: NDArray[np.float64], first_day: Ints) -> Panel:
        """The facts of `accounts` (indices) as they are at the end of `day`; `seats` and `first_day` are
        columns of the same order. Needs origin <= day."""
        last = min(day - self.origin, WIDTH - 1)
        begin = last - DAYS + 1
        daily = np.zeros((self._daily.shape[0], len(accounts), DAYS), np.float64)
        daily[:, :, max(0, -begin) :] = self._daily[:, accounts, max(0, begin) : last + 1]
        windows = self._model.user_windows
        users = [self._users_within(accounts, last - width + 1, last) for width in windows]
        return Panel(
            daily=daily,
            users=np.array(users, np.float64).reshape(len(windows), len(accounts)),
            users_total=self._users_within(accounts, 0, last),
            seats=seats,
            age_days=np.maximum(day - first_day, 0).astype(np.float64),
        )

    def _users_within(self, accounts: Ints, first: int, last: int) -> NDArray[np.float64]:
        """Distinct users of each account on columns first..last."""
        count = len(self._user_index)
        words = []
        for word in range(WIDTH // WORD):
            low, high = max(first - word * WORD, 0), min(last - word * WORD, WORD - 1)
            words.append(((1 << (high + 1)) - (1 << low)) if high >= low else 0)
        present = (self._user_days[:count] & np.array(words, np.uint64)).any(axis=1)
        per_account = np.bincount(self._user_account[:count][present], minlength=self._daily.shape[1])
        return per_account[accounts].astype(np.float64)
