"""The live window: the facts of the owned accounts over the last days, as columns in memory.

A pure projection of the facts: whole numbers are added and bits are set, so the arrays do not depend on the
order in which the facts came. Days last, since every formula runs along them; a user is one bit a day.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import Daily, Kept, OnDemand, Rows
from banso_scoring.domain.facts.day_rows import DayRows
from banso_scoring.domain.facts.fact_columns import HALF, FactColumns
from banso_scoring.domain.facts.kept import KeptOf, KeptReadings
from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.facts.user_days import WORD, UserDays
from banso_scoring.domain.facts.windows import Windows, readings
from banso_scoring.domain.success_model import SuccessModel

__all__ = ["WIDTH", "WORD", "LiveWindow"]

WIDTH = 3 * WORD
"""Days held: DAYS, and room to look back (`WIDTH - DAYS`) or to go on before the window moves by a word."""

COUNTS = (np.uint8, np.int64)
SUMS = (np.int32, np.int64)
"""Narrow and wide numbers; a rating in micro-units fits into the narrow ones."""

Ints = NDArray[np.int64]


class LiveWindow:
    """Facts of up to `capacity` accounts by index, from day `origin` (inclusive) for WIDTH days."""

    def __init__(self, model: SuccessModel, today: int) -> None:
        self._model = model
        self.origin = today - WIDTH + WORD
        self._capacity = 1_024
        self._summed = [series.of == "sum" for series in model.series]
        self._rows = [DayRows(WIDTH, *(SUMS if summed else COUNTS)) for summed in self._summed]
        self._users = UserDays(WIDTH)
        self._readings = readings(model)
        self.kept = KeptReadings(self._readings, len(model.user_windows) + 1)

    @property
    def nbytes(self) -> int:
        """Bytes of the columns."""
        return self._users.nbytes + self.kept.nbytes + sum(rows.nbytes for rows in self._rows)

    def make_room(self, accounts: int, day: int) -> None:
        """Let the window hold `accounts` accounts and reach `day`."""
        if accounts > self._capacity:
            self._capacity = max(accounts, 2 * self._capacity)
            for rows in self._rows:
                rows.make_room(self._capacity)
            self.kept.make_room(self._capacity)
        while day >= self.origin + WIDTH:
            for rows in self._rows:
                rows.move(WORD)
            self._users.move()
            self.origin += WORD

    def add(self, facts: FactColumns, positions: Ints) -> None:
        """Add parts; `positions[k]` is the account `facts.account_names[k]`. Days before the window are left
        out; `make_room` comes first."""
        if not len(facts):
            return
        self.kept.forget(positions[facts.account])
        columns = facts.day - self.origin
        inside = columns >= 0
        values = (facts.count, (facts.high << HALF) + facts.low)
        for rows, summed, names in zip(self._rows, self._summed, self._members(facts.event_names), strict=True):
            if names.any():
                some = np.flatnonzero(inside & names[facts.name])
                rows.add(positions[facts.account[some]], columns[some], values[summed][some])
        lengths = np.diff(facts.user_ends, prepend=0)
        seen = np.repeat(inside, lengths)
        accounts, days = np.repeat(positions[facts.account], lengths), np.repeat(columns, lengths)
        self._users.add(facts.users[seen], accounts[seen], days[seen])

    def _members(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """(series, names): which event name belongs to which series."""
        found = np.zeros((len(self._model.series), len(names)), np.bool_)
        for number, name in enumerate(names):
            found[list(self._model.series_of[name]), number] = True
        return found

    def panel(self, accounts: Ints, day: int, seats: NDArray[np.float64], first_day: Ints) -> Panel:
        """The facts of `accounts` (indices) as they are at the end of `day`; `seats` and `first_day` are
        columns of the same order. Of days before the window nothing is known.

        No column looks back more than DAYS: how far the window itself reaches depends on when it was made.
        """
        kept, is_whole = None, self._is_whole(day)
        if is_whole:
            missing = self.kept.missing(accounts, day)
            fresh = self._read_anew(missing, day) if len(missing) else None
            kept = KeptOf(self.kept, accounts, day, fresh if len(missing) == len(accounts) else None)
        daily = self._daily(accounts, day, kept)
        users = self.kept.users(accounts) if is_whole else self._users_within(accounts, day)
        return Panel(
            daily=daily,
            users=users[:-1],
            users_total=users[-1],
            seats=seats,
            age_days=np.maximum(day - first_day, 0).astype(np.float64),
        )

    def _is_whole(self, day: int) -> bool:
        """Whether the window shows all days that a panel of `day` looks back on, and `day` itself."""
        return DAYS - 1 <= day - self.origin < WIDTH

    def _read_anew(self, accounts: Ints, day: int) -> Windows:
        """Work out, and keep, what formulas read of these accounts on `day`."""
        windows = Windows(len(accounts), self._daily(accounts, day), self._summed)
        for series, some in self._readings.items():
            windows.work_out(series, some)
        there = [rows.any for rows in self._rows]
        self.kept.keep(accounts, day, windows, self._users_within(accounts, day), there)
        return windows

    def _last(self, day: int) -> int:
        """The column of `day`, or the nearest one; -1 for a day before the window."""
        return max(min(day - self.origin, WIDTH - 1), -1)

    def _users_within(self, accounts: Ints, day: int) -> NDArray[np.float64]:
        """(spans, accounts): distinct users in each span that the model asks for, then in DAYS."""
        last = self._last(day)
        return self._users.within(accounts, [(last - width + 1, last) for width in (*self._model.user_windows, DAYS)])

    def _daily(self, accounts: Ints, day: int, kept: Kept | None = None) -> Daily:
        """The days up to `day`; rows are looked up when they are asked for."""

        def pick(some: Ints) -> Daily:
            return self._daily(accounts[some], day, None if kept is None else kept.take(some))

        begin = self._last(day) - DAYS + 1
        read = self._read if begin >= 0 else self._read_padded
        series = OnDemand(len(self._rows), lambda index: read(self._rows[index], accounts, begin))
        return Daily(len(accounts), DAYS, series, self._summed, kept, pick)

    def days_of(self, series: int, accounts: Ints, day: int) -> Sequence[Rows]:
        """The DAYS up to `day` of one series, of those of `accounts` that have any."""
        return self._daily(accounts, day).held(series)

    @staticmethod
    def _read(rows: DayRows, accounts: Ints, begin: int) -> list[Rows]:
        return list(rows.read(accounts, slice(begin, begin + DAYS)))

    @staticmethod
    def _read_padded(rows: DayRows, accounts: Ints, begin: int) -> list[Rows]:
        """From days of which some are before the window: of them nothing is known."""
        found: list[Rows] = []
        for days, places in rows.read(accounts, slice(0, max(begin + DAYS, 0))):
            padded = np.zeros((len(days), DAYS), days.dtype)
            padded[:, DAYS - days.shape[1] :] = days
            found.append((padded, places))
        return found
