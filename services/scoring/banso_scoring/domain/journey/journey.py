"""The customer's journey: phases, each with a quantitative goal that has to hold for some days to pass on.

One day moves an account by one phase at most. A goal that holds for `dwell_days` days in a row (counted from
days, not from calls) passes on to the first later phase that is not optional or whose entry conditions hold,
else to `next`. Conditions to fall back that hold for `lapse_days` lead to `lapse_to`. Nobody enters a phase
whose conditions to fall back hold already: the account is barred, and does not go to and fro. An account that
stays longer than `expected_days` with its goal unmet, or barred, is stalled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import Bools, Floats
from banso_scoring.domain.model_parts import Condition
from banso_scoring.domain.standing import NO_DAY, Standing
from banso_scoring.domain.success_model import SuccessModel

Days = NDArray[np.int32]
CONDITIONS_MAX = 10
BARRED, STALLED = 1 << 2 * CONDITIONS_MAX, 2 << 2 * CONDITIONS_MAX


@dataclass(frozen=True, slots=True)
class Journey:
    """Where n accounts stand. `phase`, `entered_day`, `goal_since`, `lapse_since` are the new columns."""

    came_from: NDArray[np.int16]
    """(n,): the phase at the close before; that of `phase` unless the account moved today."""
    since_day: Days
    """(n,): the day on which it had entered `came_from`."""
    phase: NDArray[np.int16]
    entered_day: Days
    goal_since: Days
    lapse_since: Days
    passed: Bools
    """(n,): whether the goal of the previous phase was reached today."""
    fell_back: Bools
    """(n,)"""
    stalled: Bools
    """(n,): longer in the phase than expected, and the goal is not met."""
    progress: Floats
    """(conditions, n): 0..1 to each goal condition of the phase now entered; NaN: no evidence, or no such one."""
    met: Bools
    """(conditions, n): which of them hold. What blocks is what is not met."""
    barred: Bools
    """(n,): the goal of the phase now entered holds, but to fall back from the phase after it would hold too."""


def step(model: SuccessModel, previous: Standing, metrics: Floats, today: Days, first_day: Days) -> Journey:
    """The journey after `today` (day numbers), from the standing at the close of an earlier day.

    `first_day` is the day of the account's first fact: an account that is new enters its first phase there.
    """
    n = previous.n
    phase = previous.phase.copy()
    since = np.where(previous.entered_day == NO_DAY, first_day, previous.entered_day).astype(np.int32)
    goal_since, lapse_since = np.full(n, NO_DAY, np.int32), np.full(n, NO_DAY, np.int32)
    passed, fell_back = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for index, here in enumerate(model.journey):
        inside = previous.phase == index
        onward, barred = _onward(model, index, metrics)
        goal = inside & _all(here.goal, metrics) & ~barred
        lapse = inside & _all(here.lapse, metrics)
        goal_since = np.where(goal, _since(previous.goal_since, today), goal_since)
        lapse_since = np.where(lapse, _since(previous.lapse_since, today), lapse_since)
        passes = goal & (today - goal_since + 1 >= here.dwell_days) & (onward >= 0)
        falls = lapse & ~passes & (today - lapse_since + 1 >= here.lapse_days) & (here.lapse_to >= 0)
        phase = np.select([passes, falls], [onward, here.lapse_to], phase).astype(np.int16)
        passed |= passes
        fell_back |= falls
    moved = passed | fell_back
    entered = np.where(moved, today, since).astype(np.int32)
    progress, met = _progress(model, phase, metrics)
    barred, stalled = _kept_back(model, phase, today - entered, metrics)
    return Journey(
        came_from=previous.phase,
        since_day=since,
        phase=phase,
        entered_day=entered,
        goal_since=np.where(moved, NO_DAY, goal_since).astype(np.int32),
        lapse_since=np.where(moved, NO_DAY, lapse_since).astype(np.int32),
        passed=passed,
        fell_back=fell_back,
        stalled=stalled,
        progress=progress,
        met=met,
        barred=barred,
    )


def goal_code(found: Journey) -> NDArray[np.int64]:
    """(n,): what holds of the goal of each account's phase, as one number to be stored and counted.

    Bit 2k: condition k is met; bit 2k + 1: there is evidence for it; then `BARRED` and `STALLED`.
    """
    code = found.barred * BARRED + found.stalled * STALLED
    for k in range(len(found.met)):
        code = code + (found.met[k] << 2 * k) + (~np.isnan(found.progress[k]) << 2 * k + 1)
    return np.asarray(code, np.int64)


def holds(condition: Condition, metrics: Floats) -> Bools:
    """(n,): whether the condition holds; never without evidence."""
    return holds_at(condition, metrics[condition.metric])


def holds_at(condition: Condition, value: Floats) -> Bools:
    """Whether the condition holds at each value of its metric, of any shape; never at NaN."""
    low = -np.inf if condition.at_least is None else condition.at_least
    high = np.inf if condition.at_most is None else condition.at_most
    return np.asarray((value >= low) & (value <= high))


def _all(conditions: tuple[Condition, ...], metrics: Floats) -> Bools:
    """Whether all conditions hold; no conditions never hold: a phase without a goal is not passed."""
    if not conditions:
        return np.zeros(metrics.shape[1], np.bool_)
    met = np.ones(metrics.shape[1], np.bool_)
    for condition in conditions:
        met &= holds(condition, metrics)
    return met


def _since(previous: Days, today: Days) -> Days:
    return np.where(previous == NO_DAY, today, previous).astype(np.int32)


def _onward(model: SuccessModel, index: int, metrics: Floats) -> tuple[NDArray[np.int16], Bools]:
    """(n,): the phase that follows phase `index`, -1 for none; and whether it would be fallen back from at once."""
    onward = np.full(metrics.shape[1], model.journey[index].next, np.int16)
    for later in range(len(model.journey) - 1, index, -1):
        phase = model.journey[later]
        enters = _all(phase.entry, metrics) & ~_all(phase.lapse, metrics) if phase.optional else True
        onward = np.where(enters, later, onward).astype(np.int16)
    barred = np.zeros(metrics.shape[1], np.bool_)
    for later in np.unique(onward[onward >= 0]).tolist():
        barred |= (onward == later) & _all(model.journey[later].lapse, metrics)
    return onward, barred


def _kept_back(model: SuccessModel, phase: NDArray[np.int16], spent: Days, metrics: Floats) -> tuple[Bools, Bools]:
    """Who is barred, and who is stalled."""
    barred, stalled = np.zeros(len(phase), np.bool_), np.zeros(len(phase), np.bool_)
    for index, here in enumerate(model.journey):
        inside = phase == index
        if not inside.any():
            continue
        goal = inside & _all(here.goal, metrics)
        shut = goal & _onward(model, index, metrics)[1]
        barred |= shut
        if here.expected_days is not None:
            stalled |= inside & (spent > here.expected_days) & (~goal | shut)
    return barred, stalled


def _progress(model: SuccessModel, phase: NDArray[np.int16], metrics: Floats) -> tuple[Floats, Bools]:
    rows = max((len(here.goal) for here in model.journey), default=0)
    progress = np.full((rows, len(phase)), np.nan)
    met = np.zeros((rows, len(phase)), np.bool_)
    for index, here in enumerate(model.journey):
        inside = phase == index
        for row, condition in enumerate(here.goal):
            progress[row] = np.where(inside, _toward(condition, metrics), progress[row])
            met[row] = np.where(inside, holds(condition, metrics), met[row])
    return progress, met


def _toward(condition: Condition, metrics: Floats) -> Floats:
    """(n,): value / target up to 1 for at least, target / value for at most; the lesser of the two for both."""
    value = metrics[condition.metric]
    part = np.where(np.isnan(value), np.nan, 1.0)
    for target, rising in ((condition.at_least, True), (condition.at_most, False)):
        if target is not None:
            reached = value >= target if rising else value <= target
            above, below = (value, np.full_like(value, target)) if rising else (np.full_like(value, target), value)
            share = np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0)
            part = np.minimum(part, np.where(reached, 1.0, np.clip(share, 0.0, 1.0)))
    return np.where(np.isnan(value), np.nan, part)
