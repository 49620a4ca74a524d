"""Columns of whole numbers by rank: what is distinct in one, and the order of rows over several.

A column whose numbers lie close together is ranked by a table of what occurs, without sorting; rows are sorted
once, by the one number that their ranks make up together, as long as that fits into 63 bits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
SPAN_PER_ROW_MAX = 8
"""A table of what occurs may be so many times as long as the column."""
ROOM = 2**63


def ranked(column: Ints) -> tuple[Ints, Ints]:
    """The distinct numbers of a column, ascending, and for each position the place of its number among them."""
    if not len(column):
        return column, column
    low = int(column.min())
    span = int(column.max()) - low + 1
    if span > SPAN_PER_ROW_MAX * len(column):
        return np.unique(column, return_inverse=True)
    places = column - low
    occurs = np.zeros(span, np.bool_)
    occurs[places] = True
    return np.flatnonzero(occurs) + low, (np.cumsum(occurs) - 1)[places]


def order(columns: Sequence[Ints]) -> Ints:
    """The positions of the rows of a table in ascending order, by the first column first; equal rows in any order."""
    rank, room = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        distinct, place = ranked(column)
        room *= max(len(distinct), 1)
        if room >= ROOM:
            return np.lexsort(columns[::-1])
        rank = rank * len(distinct) + place
    return np.argsort(rank)
