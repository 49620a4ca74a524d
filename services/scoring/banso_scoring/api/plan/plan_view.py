"""From what was found of an account's plan to the shapes of the answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from banso_scoring.api.plan.plan_shapes import ObjectiveFault, ObjectiveShown, PlanShown, ProgressPoint, Task, TaskKind
from banso_scoring.api.render import day_text, instant_or_none, points, whole
from banso_scoring.domain.evaluation import Evaluation
from banso_scoring.domain.plan.objectives import STATES, PlanState
from banso_scoring.domain.plan.plan import Objective, Plan, objectives
from banso_scoring.domain.plan.plans import Plans
from banso_scoring.portfolio import Portfolio

POINTS_SHOWN_MAX = 60
DIGITS = 4


@dataclass(frozen=True, slots=True)
class PlanFound:
    """One account's plan on `day`; its objectives that count are the rows from `first_row` on, in their order."""

    spoken: Plan
    objectives: list[Objective]
    first_row: int
    day: int


def plan_found(portfolio: Portfolio, position: int, plans: Plans | None, place: tuple[int, int]) -> PlanFound:
    """The plan of the account at `position`, which is the column and the day `place` of an evaluation."""
    column, day = place
    spoken = portfolio.plans.get(position, {})
    first_row = 0 if plans is None else int(plans.starts[column])
    return PlanFound(spoken, objectives(spoken, portfolio.day_of(position)), first_row, day)


def plan_shown(found: Evaluation, column: int, plan: PlanFound) -> PlanShown:
    """The plan of the account in `column` of `found`."""
    attainment = found.attainment
    state = STATES[int(attainment.state[column])]
    shown, row = [], plan.first_row
    for one in plan.objectives:
        counts = state is not PlanState.OFF and one.fault is None and one.agreed_day <= plan.day
        shown.append(_objective(found, one, plan, row if counts else None))
        row += counts
    before, ceiling = float(found.uncapped[column]), float(attainment.ceiling[column])
    return PlanShown(
        state=state,
        attainment=_number(attainment.plan[column]),
        elapsed=_number(attainment.expected[column]),
        score_before=whole(before),
        ceiling=points(ceiling) or 0.0,
        is_capping=before > ceiling,
        objectives=shown,
        tasks=_tasks(state, shown),
    )


def _objective(found: Evaluation, one: Objective, plan: PlanFound, row: int | None) -> ObjectiveShown:
    attainment = found.attainment
    value = attained = elapsed = None
    if row is not None:
        value, attained = _number(attainment.value[row]), _number(attainment.attained[row])
        elapsed = _number(attainment.elapsed[row])
    fault = one.fault or ("not-yet" if one.agreed_day > plan.day else None)
    said = plan.spoken[one.key].points[-POINTS_SHOWN_MAX:]
    return ObjectiveShown(
        key=one.key,
        name=one.name,
        unit=one.unit,
        baseline=one.baseline,
        target=one.target,
        weight=one.weight,
        agreed_on=day_text(one.agreed_day),
        due_on=None if one.due_day is None else day_text(one.due_day),
        metric=one.metric,
        value=value,
        attainment=attained,
        elapsed=elapsed,
        on_track=None if row is None or attained is None else bool(attainment.on_track[row]),
        fault=None if fault is None else ObjectiveFault(fault),
        progress=[ProgressPoint(instant_or_none(p.at), instant_or_none(p.known_at), p.value) for p in said],
    )


def _tasks(state: PlanState, shown: list[ObjectiveShown]) -> list[Task]:
    """What to do next: one task for each objective at most, and one to agree when there is none to work for."""
    if state is PlanState.OFF:
        return []
    tasks = []
    for one in shown:
        if one.fault is not None and one.fault is not ObjectiveFault.NOT_YET:
            tasks.append(Task(TaskKind.MEND_OBJECTIVE, one.key))
        elif one.elapsed == 1.0:
            tasks.append(Task(TaskKind.REVIEW_OBJECTIVE, one.key))
        elif one.fault is None and one.value is None:
            tasks.append(Task(TaskKind.SAY_PROGRESS, one.key))
    return tasks if shown else [Task(TaskKind.AGREE_OBJECTIVE, None)]


def _number(value: np.floating | float) -> float | None:
    return None if math.isnan(value) else round(float(value), DIGITS)
