"""What is said of accounts, as columns that expressions read: numbers, and texts as codes of the words asked for.

A statement counts from the day on which it was made. Texts are compared without regard to upper and lower case
and to space around them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_activity import MICRO, Scalar
from banso_scoring.domain.facts.profile import Profile
from banso_scoring.domain.matrix.expression import NOT_SAID, OTHER

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["number", "text"]
NO_STATEMENT = np.iinfo(np.int64).max

ATTRIBUTES: Mapping[str, Kind] = {
    "name": "text",
    "commitment": "text",
    "category": "text",
    "currency": "text",
    "owner_name": "text",
    "owner_email": "text",
    "locale": "text",
    "time_zone": "text",
    "acv": "number",
    "seats": "number",
}
"""The attributes that banso itself knows and that an expression may name; `acv` is in units of `currency`."""

OF_THE_PANEL = ("age_days", "renewal_in_days")
"""Numbers that come with the day and not with a statement: the first rows of what expressions read."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which attributes the expressions of a model ask for, and which words of each text."""

    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    words: tuple[Mapping[str, int], ...] = ()
    """For each of `texts`: folded word -> code, from 0."""

    @property
    def names(self) -> tuple[str, ...]:
        """Numbers, then texts."""
        return self.numbers + self.texts


@dataclass(frozen=True, slots=True)
class Statements:
    """The columns of n accounts, in the order of a vocabulary."""

    numbers: Floats
    """(numbers, n), NaN for not said."""
    words: NDArray[np.int32]
    """(texts, n): codes of words, NOT_SAID, or OTHER."""

    def take(self, indices: NDArray[np.intp] | Ints) -> Statements:
        """The columns of the accounts at `indices`, in that order."""
        return Statements(self.numbers[:, indices], self.words[:, indices])


@dataclass(slots=True)
class StatementTable:
    """What was said of many accounts, and on which day: (names, n)."""

    values: Floats
    """Numbers as they are, texts as codes of words; NaN for not said."""
    said_day: Ints

    @classmethod
    def new(cls, vocabulary: Vocabulary, n: int) -> StatementTable:
        """Of n accounts nothing was said."""
        shape = (len(vocabulary.names), n)
        return cls(np.full(shape, np.nan), np.full(shape, NO_STATEMENT, np.int64))

    def grown(self, n: int) -> StatementTable:
        """The same with room for n accounts."""
        more = n - self.values.shape[1]
        return StatementTable(
            np.pad(self.values, ((0, 0), (0, more)), constant_values=np.nan),
            np.pad(self.said_day, ((0, 0), (0, more)), constant_values=NO_STATEMENT),
        )

    def describe(self, vocabulary: Vocabulary, position: int, profile: Profile, day_of: Callable[[int], int]) -> None:
        """Read the profile of the account at `position`, whose day at an instant `day_of` says."""
        for row, name in enumerate(vocabulary.names):
            if name not in profile:
                continue
            value, at, _ = profile[name]
            text = row - len(vocabulary.numbers)
            read = number_said(name, value) if text < 0 else coded(vocabulary.words[text], value)
            self.values[row, position] = read
            self.said_day[row, position] = day_of(at)

    def until(self, vocabulary: Vocabulary, positions: Ints, day: int) -> Statements:
        """What had been said of `positions` by the end of `day`."""
        values = np.where(self.said_day[:, positions] <= day, self.values[:, positions], np.nan)
        return worded(vocabulary, values)


def worded(vocabulary: Vocabulary, values: Floats) -> Statements:
    """(names, n) values, NaN for not said, as the columns of `vocabulary`."""
    numbers = len(vocabulary.numbers)
    words = np.where(np.isnan(values[numbers:]), NOT_SAID, values[numbers:]).astype(np.int32)
    return Statements(values[:numbers], words)


def number_said(name: str, value: Scalar) -> float:
    """A statement as a number, in units; NaN when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return math.nan
    return value / MICRO if name == "acv" else float(value)


def text_said(value: Scalar) -> str | None:
    """A statement as a text; None when it is none. Yes and no are `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def folded(text: str) -> str:
    """The form in which texts are compared."""
    return text.strip().casefold()


def coded(words: Mapping[str, int], value: Scalar) -> float:
    """A statement as the code of its word; NaN when it is no text."""
    text = text_said(value)
    return math.nan if text is None else float(words.get(folded(text), OTHER))
