"""What was said of accounts as columns with both clocks: for any day, the newest word that was known by another.

on(day, known_day)  =  the newest of the statements made by the end of `day` and known by the end of `known_day`
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import Scalar
from banso_scoring.domain.facts.profile import fits
from banso_scoring.domain.facts.stated import Stated
from banso_scoring.domain.facts.statements import Statements, Vocabulary, coded, number_said, worded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SEATS, RENEWAL = "seats", "renewal_at"
Row = tuple[str, Callable[[Scalar], float]]
"""An attribute, and how a statement about it is read."""


@dataclass(frozen=True, slots=True)
class SaidThen:
    """What stood of n accounts; NaN for what was not said."""

    statements: Statements
    seats: Floats
    renewal_day: Floats
    """Days since 1970-01-01, with their fraction."""

    def where(self, stands: NDArray[np.bool_], other: SaidThen) -> SaidThen:
        """This where `stands`, else `other`."""
        mine, its = self.statements, other.statements
        both = Statements(np.where(stands, mine.numbers, its.numbers), np.where(stands, mine.words, its.words))
        seats = np.where(stands, self.seats, other.seats)
        return SaidThen(both, seats, np.where(stands, self.renewal_day, other.renewal_day))


@dataclass(slots=True)
class _Column:
    """The statements about one attribute, in the order in which they count."""

    account: list[int] = field(default_factory=list)
    day: list[int] = field(default_factory=list)
    known_day: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    _arrays: tuple[Ints, Ints, Ints, Floats] | None = None

    def add(self, account: int, day: int, known_day: int, value: float) -> None:
        self.account.append(account)
        self.day.append(day)
        self.known_day.append(known_day)
        self.value.append(value)
        self._arrays = None

    def newest(self, day: int, known_day: int) -> Callable[[Ints], Floats]:
        """What gives, of accounts, the last statement that counts."""
        if self._arrays is None:
            whole = (np.array(column, np.int64) for column in (self.account, self.day, self.known_day))
            account, made, known = whole
            self._arrays = account, made, known, np.array(self.value, np.float64)
        account, made, known, value = self._arrays
        counts = np.flatnonzero((made <= day) & (known <= known_day))
        newest = np.full(int(account.max(initial=-1)) + 2, np.nan)
        newest[account[counts]] = value[counts]  # of one account the last one stays
        return lambda positions: newest[np.minimum(positions, len(newest) - 1)]


class SaidPast:
    """What was ever said of some accounts, as far as `vocabulary` asks for it; and seats and renewal."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._rows = [
            *(_reader(vocabulary, row) for row in range(len(vocabulary.names))),
            _typed(SEATS),
            _typed(RENEWAL),
        ]
        self._columns = [_Column() for _ in self._rows]

    def hear(self, position: int, said: Mapping[str, Sequence[Stated]], day_of: Callable[[int], int]) -> None:
        """Take in all that was said of the account at `position`, whose day at an instant `day_of` gives."""
        for (name, read), column in zip(self._rows, self._columns, strict=True):
            for one in said.get(name, ()):
                day = day_of(one.at)
                column.add(position, day, max(day_of(one.known_at), day), read(one.value))

    def on(self, positions: Ints, day: int, known_day: int) -> SaidThen:
        """What stood of `positions` on `day`, as was known by the end of `known_day`."""
        values = np.array([column.newest(day, known_day)(positions) for column in self._columns])
        return SaidThen(worded(self._vocabulary, values[:-2]), values[-2], values[-1] / DAY_MS)


def _reader(vocabulary: Vocabulary, row: int) -> Row:
    text = row - len(vocabulary.numbers)
    name = vocabulary.names[row]
    if text < 0:
        return name, lambda value: number_said(name, value)
    return name, lambda value: coded(vocabulary.words[text], value)


def _typed(name: str) -> Row:
    return name, lambda value: number_said(name, value) if fits(name, value) else math.nan
