"""Values of axes by name, `commitment=high,category=new`: how they are stored, so that a changed model reads them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.matrix.matrix_model import Matrix
from banso_scoring.domain.standing import AXES, NO_VALUE


def written(matrix: Matrix, values: NDArray[np.int8]) -> list[str]:
    """The names of the columns of `values`, (AXES, n); an axis without a value is left out."""
    known: dict[tuple[int, ...], str] = {}
    names = []
    for column in map(tuple, values.T.tolist()):
        if column not in known:
            pairs = zip(matrix.axes, column, strict=False)
            known[column] = ",".join(
                f"{axis.key}={axis.values[value].key}" for axis, value in pairs if value != NO_VALUE
            )
        names.append(known[column])
    return names


def read(matrix: Matrix, names: list[str]) -> NDArray[np.int8]:
    """(AXES, n): the values of those names; NO_VALUE for what the matrix does not have."""
    known: dict[str, list[int]] = {}
    for text in names:
        if text not in known:
            said = dict(pair.partition("=")[::2] for pair in text.split(",") if pair)
            column = [NO_VALUE] * AXES
            for row, axis in enumerate(matrix.axes):
                keys = [value.key for value in axis.values]
                if said.get(axis.key) in keys:
                    column[row] = keys.index(said[axis.key])
            known[text] = column
    return np.array([known[text] for text in names], np.int8).reshape(len(names), AXES).T.copy()
