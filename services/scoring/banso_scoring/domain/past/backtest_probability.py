"""From a risk to a probability: what share of those of like risk left before, and nothing is read ahead.

Risks are cut into groups of equal size; the share that left in each, drawn to the share of all by
`SHRINK` rows, is made to rise with risk by pooling neighbours (isotonic regression, pool adjacent violators);
between the groups it goes in straight lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GROUPS = 20
SHRINK = 20.0

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A probability at each of some rising risks."""

    risk: Floats
    probability: Floats

    def at(self, risk: Floats) -> Floats:
        """The probability of each risk."""
        return np.interp(risk, self.risk, self.probability)


def curve_of(left: Bools, risk: Floats) -> Curve:
    """The curve that these rows speak for. Raises ValueError for no rows."""
    if not len(risk):
        raise ValueError("a curve needs rows")
    base = float(left.mean())
    parts = [part for part in np.array_split(np.argsort(risk, kind="stable"), GROUPS) if len(part)]
    weight = np.array([len(part) for part in parts], np.float64)
    share = np.array([(left[part].sum() + SHRINK * base) / (len(part) + SHRINK) for part in parts])
    return Curve(np.array([risk[part].mean() for part in parts]), rising(share, weight))


def rising(values: Floats, weight: Floats) -> Floats:
    """The rising sequence nearest to `values` in weighted least squares."""
    levels: list[float] = []
    weights: list[float] = []
    lengths: list[int] = []
    for value, mass in zip(values.tolist(), weight.tolist(), strict=True):
        level, total, length = value, mass, 1
        while levels and levels[-1] > level:
            before = weights.pop()
            level = (levels.pop() * before + level * total) / (before + total)
            total += before
            length += lengths.pop()
        levels.append(level)
        weights.append(total)
        lengths.append(length)
    return np.repeat(levels, lengths)


def rolling(day: Ints, left: Bools, risk: Floats, asked: tuple[int, Bools]) -> Floats:
    """(n,): the probability of each row asked for, by the curve of all rows whose outcome was known on its day.

    `day` is the day of each row; `asked` are the days until an outcome is known, and which rows are asked for.
    NaN for the others, and while nobody was known to have left.
    """
    horizon, wanted = asked
    found = np.full(len(day), np.nan)
    for one in np.unique(day[wanted]).tolist():
        before = day + horizon <= one
        if left[before].any():
            now = wanted & (day == one)
            found[now] = curve_of(left[before], risk[before]).at(risk[now])
    return found
