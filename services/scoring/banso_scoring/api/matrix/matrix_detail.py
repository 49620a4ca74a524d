"""Why one account is in its cell and gets its care, written in the shapes of the answer."""

from __future__ import annotations

from collections.abc import Sequence

from banso_scoring.api.matrix import matrix_shapes as shapes
from banso_scoring.api.render import day_text
from banso_scoring.domain.facts.profile import Profile
from banso_scoring.domain.matrix import matrix_why
from banso_scoring.domain.matrix.matrix import Placement
from banso_scoring.domain.matrix.matrix_why import CellMove
from banso_scoring.domain.matrix.touch import Touch
from banso_scoring.domain.standing import NO_VALUE
from banso_scoring.domain.success_model import SuccessModel


def cell_why(model: SuccessModel, placement: Placement, column: int, profile: Profile) -> list[shapes.AxisShown]:
    """Axis by axis, why the account in `column` is where it is, and where it may go."""
    shown = []
    for row, why in enumerate(matrix_why.why_of(model, placement, column, profile)):
        axis = model.matrix.axes[row]
        following = int(placement.axis_next[row, column])
        waits = following != NO_VALUE
        shown.append(
            shapes.AxisShown(
                axis=axis.key,
                label=axis.labels,
                value=why.value,
                value_label=axis.values[int(placement.axis_value[row, column])].labels,
                when=why.when,
                values=why.values,
                next=axis.values[following].key if waits else None,
                next_since=day_text(int(placement.axis_since[row, column])) if waits else None,
                hold_days=axis.hold_days,
            )
        )
    return shown


def moves_shown(moves: Sequence[CellMove]) -> list[shapes.CellMoveShown]:
    """Moves, oldest first."""
    return [
        shapes.CellMoveShown(
            on=day_text(move.day),
            from_cell=move.from_cell,
            to_cell=move.to_cell,
            why=[shapes.AxisChange(one.axis, one.value, one.when, one.values) for one in move.why],
        )
        for move in moves
    ]


def touch_shown(model: SuccessModel, touch: Touch) -> shapes.TouchShown:
    """A touch model and what decided."""
    return shapes.TouchShown(
        touch=touch.touch,
        reason=touch.reason,
        wanted=touch.wanted,
        hours_month=model.capacity.hours_per_account_month[touch.touch],
        cost_year=touch.cost_year,
        cost_allowed=touch.cost_allowed,
    )
