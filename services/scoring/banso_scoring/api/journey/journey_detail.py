"""One account's place in the journey, written in the shapes of the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from banso_scoring.api.examine import Finding
from banso_scoring.api.journey.journey_shapes import GoalCondition, PassEstimate, PhaseProgress, PhaseStay
from banso_scoring.api.render import day_text
from banso_scoring.domain.journey.estimate import CONFIDENCE, REASONS, SAID, Estimates
from banso_scoring.domain.journey.phase_history import Move, Stay, moves_of, stays_of
from banso_scoring.domain.matrix.matrix import of_cell
from banso_scoring.domain.model_parts import Condition, Phase
from banso_scoring.domain.standing import NO_DAY
from banso_scoring.domain.success_model import SuccessModel

DIGITS = 4
WEEK_DAYS = 7


def stays(model: SuccessModel, found: Finding, kept: Sequence[Move]) -> list[Stay]:
    """Where the account was, from the moves that were kept of closed days and that of today."""
    today = [move for place, move in moves_of(model, found.evaluation.journey, found.day) if place == found.column]
    kept = [move for move in kept if not today or move.day < found.day]
    return stays_of(model.journey[0].key, found.row.first_day, [*kept, *today])


def stays_shown(found: Finding, some: Sequence[Stay]) -> list[PhaseStay]:
    """`some`, oldest first."""
    return [
        PhaseStay(
            phase=stay.phase,
            entered_on=day_text(stay.entered_day),
            left_on=None if stay.left_day is None else day_text(stay.left_day),
            days=(found.day if stay.left_day is None else stay.left_day) - stay.entered_day,
            left_by=stay.left_by,
            term=stay.term,
        )
        for stay in some
    ]


def phase_shown(model: SuccessModel, found: Finding, term: int) -> PhaseProgress:
    """The phase that the account is in, with the goals of its cell."""
    column, journey = found.column, found.evaluation.journey
    index = int(found.now.phase[column])
    phases = of_cell(model, int(found.evaluation.placement.cell[column])).journey
    phase = phases[index]
    goal = [_condition(model, found, row, condition) for row, condition in enumerate(phase.goal)]
    since, following = int(found.now.goal_since[column]), following_of(phases, index)
    barred = bool(journey.barred[column])
    lapse = phases[following].lapse if barred and following is not None else ()
    blocks = (
        [model.metrics[one.metric].name for one in lapse] if barred else [one.metric for one in goal if not one.met]
    )
    return PhaseProgress(
        key=phase.key,
        label=phase.labels,
        entered_on=day_text(int(found.now.entered_day[column])),
        days=found.day - int(found.now.entered_day[column]),
        term=term,
        expected_days=phase.expected_days,
        stalled=bool(journey.stalled[column]),
        goal=goal,
        blocked_by=blocks,
        barred=barred,
        held_since=None if since == NO_DAY else day_text(since),
        dwell_days=phase.dwell_days,
        next=None if following is None else phases[following].key,
        estimate=_estimate(model, phase, found.estimate, found.day),
    )


def following_of(phases: Sequence[Phase], index: int) -> int | None:
    """The phase that the goal leads to, when no optional one is entered."""
    later = (i for i in range(index + 1, len(phases)) if not phases[i].optional)
    following = next(later, phases[index].next)
    return None if following < 0 else following


def _condition(model: SuccessModel, found: Finding, row: int, condition: Condition) -> GoalCondition:
    metric, column = model.metrics[condition.metric], found.column
    slopes = found.estimate.slopes[row]
    return GoalCondition(
        metric=metric.name,
        label=metric.labels,
        at_least=condition.at_least,
        at_most=condition.at_most,
        value=_number(found.evaluation.metrics[condition.metric, column]),
        progress=_number(found.evaluation.journey.progress[row, column]),
        met=bool(found.evaluation.journey.met[row, column]),
        per_week=_number(WEEK_DAYS * slopes.slope[0]),
        per_week_low=_number(WEEK_DAYS * slopes.low[0]),
        per_week_high=_number(WEEK_DAYS * slopes.high[0]),
    )


def _estimate(model: SuccessModel, phase: Phase, found: Estimates, day: int) -> PassEstimate:
    reason, condition = int(found.reason[0]), int(found.condition[0])
    said = reason == SAID
    days = int(found.days[0]) if said else None
    return PassEstimate(
        days=days,
        days_low=int(found.days_low[0]) if said else None,
        days_high=int(found.days_high[0]) if said else None,
        on=None if days is None else day_text(day + days),
        confidence=CONFIDENCE,
        cannot_say=None if said else REASONS[reason],
        metric=None if condition < 0 else model.metrics[phase.goal[condition].metric].name,
    )


def _number(value: float) -> float | None:
    return round(float(value), DIGITS) if math.isfinite(value) else None
