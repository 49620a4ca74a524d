"""The daily numbers of a panel as the live window holds them: rows only of accounts that have any of a series.

Looks like the array (series, n, DAYS) of counts, and sums in units, to whoever asks for all of it; formulas that
run over every account ask for `held` instead, and read only what is there, in the numbers in which it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

MICRO = 1_000_000

Floats = NDArray[np.float64]
Rows = tuple[NDArray[Any], NDArray[np.int64] | None]
"""(m, DAYS) whole numbers, and the accounts that they belong to; None: of all accounts, in order."""


class Kept(Protocol):
    """What was read of these days before: see `kept`."""

    def readings(self) -> Mapping[tuple[int, Any], Floats]:
        """By series and reading (n,) numbers that nobody may change; nothing if they do not hold any more."""

    def take(self, indices: NDArray[np.int64]) -> Kept:
        """The accounts at `indices`, in that order."""


class OnDemand(Sequence[Sequence[Rows]]):
    """The rows of each series, read when they are first asked for."""

    def __init__(self, series: int, read: Callable[[int], Sequence[Rows]]) -> None:
        self._read = read
        self._found: list[Sequence[Rows] | None] = [None] * series

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, index: Any) -> Any:
        found = self._found[index]
        if found is None:
            found = self._found[index] = self._read(index)
        return found


@dataclass(frozen=True, slots=True)
class Daily:
    """Series of n accounts over DAYS days. Sums are held in whole micro-units."""

    n: int
    days: int
    series: Sequence[Sequence[Rows]]
    summed: Sequence[bool]
    """By series, whether it is a sum in micro-units."""
    kept: Kept | None = None
    pick: Callable[[NDArray[np.int64]], Daily] | None = None
    """What reads the days of some of these accounts anew, where that is less than to pick them out of all rows."""

    @property
    def nbytes(self) -> int:
        """Bytes of the rows."""
        return sum(rows.nbytes for parts in self.series for rows, _ in parts)

    def held(self, series: int) -> Sequence[Rows]:
        """The rows of one series, whole numbers."""
        return self.series[series]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """(series, n, DAYS): all of it."""
        found = np.zeros((len(self.series), self.n, self.days))
        for index, parts in enumerate(self.series):
            for rows, places in parts:
                found[index, slice(None) if places is None else places] = rows
            if self.summed[index]:
                found[index] /= MICRO
        return found if dtype is None else found.astype(dtype)

    def __getitem__(self, key: Any) -> NDArray[Any]:
        if isinstance(key, int):
            one = Daily(self.n, self.days, [self.series[key]], [self.summed[key]])
            key, whole = 0, one.copy()
        else:
            whole = self.copy()
        found: NDArray[Any] = whole[key]
        return found

    def take(self, indices: NDArray[np.int64]) -> Daily:
        """The accounts at `indices`, in that order."""
        if self.pick is not None:
            return self.pick(indices)
        series = [_picked(parts, indices, self.n) for parts in self.series]
        return Daily(
            len(indices), self.days, series, self.summed, None if self.kept is None else self.kept.take(indices)
        )

    def copy(self) -> Floats:
        """All of it as an array that may be changed."""
        return np.asarray(self, np.float64)

    def any(self) -> bool:
        """Whether there is anything."""
        return any(bool(rows.any()) for parts in self.series for rows, _ in parts)

    def sum(self) -> float:
        """Everything together."""
        return float(np.asarray(self).sum())

    def tobytes(self) -> bytes:
        """The bytes of the whole array: the same however it is held."""
        return np.asarray(self).tobytes()


def held(daily: Floats | Daily, series: int, *, summed: bool) -> Iterator[Rows]:
    """The rows of a series in whole numbers (micro-units of a sum), however the panel holds them."""
    if isinstance(daily, Daily):
        yield from daily.held(series)
    else:
        yield (np.rint(daily[series] * MICRO) if summed else daily[series]), None


def _picked(parts: Sequence[Rows], indices: NDArray[np.int64], n: int) -> list[Rows]:
    found: list[Rows] = []
    for rows, places in parts:
        if places is None:
            found.append((rows[indices], None))
            continue
        place = np.full(n, -1, np.int64)
        place[places] = np.arange(len(places))
        picked = place[indices]
        some = np.flatnonzero(picked >= 0)
        found.append((rows[picked[some]], some))
    return found
