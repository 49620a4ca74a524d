"""Accounts by index: the columns of those that follow one another are copied, not gathered."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp] | NDArray[np.int64]


def in_a_row(indices: Indices) -> slice | Indices:
    """The same accounts as a slice if they follow one another, else as they are."""
    count = len(indices)
    if count and indices[-1] - indices[0] == count - 1 and bool((np.diff(indices) == 1).all()):
        return slice(int(indices[0]), int(indices[0]) + count)
    return indices


def taken(column: NDArray[Any], some: slice | Indices) -> NDArray[Any]:
    """A copy of a column (accounts on its last axis) for the accounts that `in_a_row` named."""
    return column[..., some].copy() if isinstance(some, slice) else np.take(column, some, axis=-1)
