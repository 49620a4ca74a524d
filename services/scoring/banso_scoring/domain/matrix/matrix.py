"""Places accounts in the cells of the matrix, and weighs their health accordingly.

A value of an axis that differs from the one held has to be found on `hold_days` days in a row (days are counted,
not calls) before the account moves; one day without it begins anew. An account that is new is placed at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import Bools, Floats, Panel
from banso_scoring.domain.journey.routes import Journeys, Routes
from banso_scoring.domain.matrix.expression import NOT_SAID, Known, evaluate
from banso_scoring.domain.matrix.matrix_model import Axis, Matrix
from banso_scoring.domain.remembered import remembered
from banso_scoring.domain.standing import NO_DAY, NO_VALUE, Standing
from banso_scoring.domain.success_model import SuccessModel

Days = NDArray[np.int32]
Values = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where n accounts are in the matrix; the first four are the new columns of the standing."""

    axis_value: Values
    """(AXES, n): the value held on each axis."""
    axis_next: Values
    """(AXES, n): another value that holds now and is not held for long enough; NO_VALUE for none."""
    axis_since: Days
    """(AXES, n): the day since which `axis_next` has held without a break."""
    cell_day: Days
    """(n,): the day on which the account came to its cell."""
    cell: NDArray[np.int16]
    """(n,): index into `model.matrix.cells`."""
    came_from: NDArray[np.int16]
    """(n,): the cell before; NO_VALUE for an account that had none."""
    value_before: Values
    """(AXES, n): the values held before."""
    known: Known
    """What the expressions were told."""


def known_of(model: SuccessModel, panel: Panel, metrics: Floats) -> Known:
    """The columns that the model's expressions read: the numbers of the day (OF_THE_PANEL), then what was said."""
    numbers, texts = len(model.vocabulary.numbers), len(model.vocabulary.texts)
    said = panel.said
    renewal = np.full(panel.n, np.nan) if panel.renewal_in_days is None else panel.renewal_in_days
    spoken = np.full((numbers, panel.n), np.nan) if said is None else said.numbers
    words = np.full((texts, panel.n), NOT_SAID, np.int32) if said is None else said.words
    return Known(np.concatenate([[panel.age_days, renewal], spoken]), words, metrics)


def wanted(axis: Axis, known: Known) -> Values:
    """(n,): the value of the axis that holds now, whatever was held before."""
    found = np.full(known.n, axis.default, np.int8)
    for index in range(len(axis.values) - 1, -1, -1):
        when = axis.values[index].when
        if when is not None:
            found = np.where(evaluate(when, known).yes, index, found).astype(np.int8)
    return found


def cells(matrix: Matrix, axis_value: Values) -> NDArray[np.int16]:
    """(n,): the cell of each account; NO_VALUE where an axis has no value."""
    held = axis_value[: len(matrix.axes)]
    placed = (held != NO_VALUE).all(axis=0)
    return np.where(placed, matrix.cell_of[tuple(np.maximum(held, 0))], NO_VALUE).astype(np.int16)


def step(model: SuccessModel, previous: Standing, known: Known, day: Days, first_day: Days) -> Placement:
    """The placement after `day`, from the standing at the close of an earlier day."""
    matrix = model.matrix
    value, following = previous.axis_value.copy(), np.full_like(previous.axis_next, NO_VALUE)
    since = np.full_like(previous.axis_since, NO_DAY)
    for row, axis in enumerate(matrix.axes):
        holds, held = wanted(axis, known), previous.axis_value[row]
        differs = (holds != held) & (held != NO_VALUE)
        goes_on = differs & (previous.axis_next[row] == holds)
        began = np.where(goes_on, previous.axis_since[row], day)
        moves = (held == NO_VALUE) | (differs & (day - began + 1 >= axis.hold_days))
        waits = differs & ~moves
        value[row] = np.where(moves, holds, held)
        following[row] = np.where(waits, holds, NO_VALUE)
        since[row] = np.where(waits, began, NO_DAY)
    before = after = cells(matrix, previous.axis_value)
    moved = np.flatnonzero((value != previous.axis_value).any(axis=0))
    if len(moved):
        after = before.copy()
        after[moved] = cells(matrix, value[:, moved])
    came = np.where(previous.cell_day == NO_DAY, first_day, np.where(after == before, previous.cell_day, day))
    return Placement(value, following, since, came.astype(np.int32), after, before, previous.axis_value, known)


def stay(ended: Bools, previous: Standing, placement: Placement) -> Placement:
    """The same, but accounts whose contract is over stay where they were, if they were anywhere."""
    still = ended & (placement.came_from != NO_VALUE)
    if not still.any():
        return placement
    return Placement(
        axis_value=np.where(still, previous.axis_value, placement.axis_value),
        axis_next=np.where(still, previous.axis_next, placement.axis_next),
        axis_since=np.where(still, previous.axis_since, placement.axis_since),
        cell_day=np.where(still, previous.cell_day, placement.cell_day),
        cell=np.where(still, placement.came_from, placement.cell),
        came_from=placement.came_from,
        value_before=placement.value_before,
        known=placement.known,
    )


def weights(model: SuccessModel, cell: NDArray[np.int16], phase: NDArray[np.int16]) -> Floats:
    """(dimensions, n): weight · emphasis of the cell · emphasis of the phase."""
    phases = len(model.matrix.phase_emphasis)
    return np.asarray(np.take(_weights(model), cell.astype(np.intp) * phases + phase, axis=1))


@remembered
def _weights(model: SuccessModel) -> Floats:
    """(dimensions, cells · phases)."""
    own = np.array([dimension.weight for dimension in model.dimensions])
    of_cell = np.array([one.emphasis for one in model.matrix.cells])
    of_phase = np.array(model.matrix.phase_emphasis)
    product = own[:, None, None] * of_cell.T[:, :, None] * of_phase.T[:, None, :]
    return np.asarray(product.reshape(len(own), -1))


@remembered
def of_cell(model: SuccessModel, cell: int) -> SuccessModel:
    """The model with the journey of the cell at this index."""
    own = model.matrix.cells[cell].journey
    return model if own == model.journey else replace(model, journey=own)


def routes(model: SuccessModel, cell: NDArray[np.int16]) -> Routes:
    """The journeys of the cells, and which of them the accounts in `cell` are on."""
    return Routes(_journeys(model), cell.astype(np.intp))


@remembered
def _journeys(model: SuccessModel) -> Journeys:
    return tuple(one.journey for one in model.matrix.cells)
