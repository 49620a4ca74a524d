"""Why an account is in its cell: which expression decided, of which values; and the moves between cells.

Moves are what is true now, as those of the journey are: a look back replaces those of an account whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from banso_common.contracts.account_activity import Scalar
from banso_scoring.domain.facts.profile import Profile
from banso_scoring.domain.facts.statements import number_said, text_said
from banso_scoring.domain.matrix.expression import MetricOf, Named, NumberOf, names_in
from banso_scoring.domain.matrix.matrix import Placement
from banso_scoring.domain.matrix.matrix_model import Axis
from banso_scoring.domain.standing import NO_VALUE
from banso_scoring.domain.success_model import SuccessModel

DIGITS = 4
TEXT_CHARS_MAX = 80


class AxisWhy(msgspec.Struct, frozen=True):
    """Why an axis has its value: `when` is the expression that is true, empty for the default, which is taken when
    none is. `values` are those of the names that decided; None for what is not known."""

    axis: str
    value: str
    when: str
    values: dict[str, str | float | None]


@dataclass(frozen=True, slots=True)
class CellMove:
    """One move, from a cell to another on `day`; cells by key. `why` names the axes that changed."""

    day: int
    from_cell: str
    to_cell: str
    why: tuple[AxisWhy, ...]


def why_of(model: SuccessModel, placement: Placement, column: int, profile: Profile) -> list[AxisWhy]:
    """Why the account in `column` has its value on each axis."""
    return [
        _axis_why(axis, int(placement.axis_value[row, column]), placement, column, profile)
        for row, axis in enumerate(model.matrix.axes)
    ]


def moves_of(
    model: SuccessModel, placement: Placement, profiles: Sequence[Profile], day: int
) -> list[tuple[int, CellMove]]:
    """The moves of `day`, each with the account's place in `placement`; `profiles` are in the same order."""
    before, after, made = placement.came_from, placement.cell, []
    keys = [cell.key for cell in model.matrix.cells]
    for place in np.flatnonzero((before != after) & (before != NO_VALUE)).tolist():
        changed = placement.axis_value[:, place] != placement.value_before[:, place]
        why = tuple(one for row, one in enumerate(why_of(model, placement, place, profiles[place])) if changed[row])
        made.append((place, CellMove(day, keys[int(before[place])], keys[int(after[place])], why)))
    return made


def _axis_why(axis: Axis, index: int, placement: Placement, column: int, profile: Profile) -> AxisWhy:
    value = axis.values[index]
    asked = [value] if value.when is not None else axis.values
    names = [named for one in asked if one.when is not None for named in names_in(one.when)]
    return AxisWhy(axis.key, value.key, value.written, _values(names, placement, column, profile))


def _values(
    names: Iterable[Named], placement: Placement, column: int, profile: Profile
) -> dict[str, str | float | None]:
    found: dict[str, str | float | None] = {}
    for named in names:
        if isinstance(named, MetricOf):
            found[named.name] = _finite(float(placement.known.metrics[named.row, column]))
        elif isinstance(named, NumberOf):
            found[named.name] = _finite(float(placement.known.numbers[named.row, column]))
        else:
            text = text_said(profile[named.name][0]) if named.name in profile else None
            found[named.name] = None if text is None else text[:TEXT_CHARS_MAX]
    return found


def _finite(value: float) -> float | None:
    return None if math.isnan(value) else round(value, DIGITS)


def own_attributes(model: SuccessModel, profile: Profile) -> dict[str, Scalar]:
    """What was said of the attributes that the model file declares; None for what was not, or does not fit."""
    found: dict[str, Scalar] = {}
    for name, kind in model.own_attributes.items():
        said = profile[name][0] if name in profile else None
        if kind == "text":
            found[name] = text_said(said)
        else:
            number = number_said(name, said)
            found[name] = None if math.isnan(number) else number
    return found
