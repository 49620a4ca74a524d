"""The customer's journey: phases, each with a quantitative goal that has to hold for some days to pass on.

One day moves an account by one phase at most. A goal that holds for `dwell_days` days in a row (counted from
days, not from calls) passes on to the first later phase that is not optional or whose entry conditions hold,
else to `next`. Conditions to fall back that hold for `lapse_days` lead to `lapse_to`. Nobody enters a phase
whose conditions to fall back hold already: the account is barred, and does not go to and fro. An account that
stays longer than `expected_days` with its goal unmet, or barred, is stalled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import Bools, Floats
from banso_scoring.domain.journey.routes import Routes, Station, only
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
    """The journey after `today` where the model has one for everybody; see `travel`."""
    everyone = Routes(only(model.journey), np.zeros(previous.n, np.intp))
    return travel(everyone, previous, metrics, today, first_day)


def travel(routes: Routes, previous: Standing, metrics: Floats, today: Days, first_day: Days) -> Journey:
    """The journey after `today` (day numbers), from the standing at the close of an earlier day.

    `first_day` is the day of the account's first fact: an account that is new enters its first phase there.
    """
    n = previous.n
    since = np.where(previous.entered_day == NO_DAY, first_day, previous.entered_day).astype(np.int32)
    found = Journey(
        came_from=previous.phase,
        since_day=since,
        phase=previous.phase.copy(),
        entered_day=since.copy(),
        goal_since=np.full(n, NO_DAY, np.int32),
        lapse_since=np.full(n, NO_DAY, np.int32),
        passed=np.zeros(n, np.bool_),
        fell_back=np.zeros(n, np.bool_),
        stalled=np.zeros(n, np.bool_),
        progress=np.full((routes.goals_max, n), np.nan),
        met=np.zeros((routes.goals_max, n), np.bool_),
        barred=np.zeros(n, np.bool_),
    )
    for station, some in routes.stations(np.arange(n), previous.phase):
        there = _There(station, some, metrics)
        _move(there, previous, today, found)
        _look(there, today, found)
    moved = np.flatnonzero(found.passed | found.fell_back)
    if len(moved):
        found.entered_day[moved] = today[moved]
        found.goal_since[moved] = found.lapse_since[moved] = NO_DAY
        found.progress[:, moved] = np.nan
        found.met[:, moved] = found.stalled[moved] = found.barred[moved] = False
        for station, some in routes.stations(moved, found.phase):
            _look(_There(station, some, metrics), today, found)
    return found


class _There:
    """The accounts `some` at their station, and how they are."""

    def __init__(self, station: Station, some: NDArray[np.intp], metrics: Floats) -> None:
        self.station, self.some, self._metrics = station, some, metrics
        self._values: dict[int, Floats] = {}
        self.reached = self.all_hold(station.here.goal)
        """(m,): whether the goal holds."""
        self.barred = self._barred() if self.reached.any() else self.reached
        """(m,): whether what follows would be fallen back from at once; asked only of who reached the goal."""

    def value(self, metric: int) -> Floats:
        """(m,): a raw metric."""
        if metric not in self._values:
            self._values[metric] = self._metrics[metric][self.some]
        return self._values[metric]

    def all_hold(self, conditions: tuple[Condition, ...]) -> Bools:
        """(m,): whether all conditions hold; no conditions never hold: a phase without a goal is not passed."""
        if not conditions:
            return np.zeros(len(self.some), np.bool_)
        met = holds_at(conditions[0], self.value(conditions[0].metric))
        for condition in conditions[1:]:
            met = met & holds_at(condition, self.value(condition.metric))
        return met

    def following(self) -> Iterator[tuple[int, Bools, Bools]]:
        """The phases that may follow, who of the accounts would enter each, and who would fall back from it."""
        free = np.ones(len(self.some), np.bool_)
        for place, phase in self.station.later:
            lapses = self.all_hold(phase.lapse)
            enters = free & self.all_hold(phase.entry) & ~lapses if phase.optional else free
            yield place, enters, lapses
            free = free & ~enters
        if self.station.next >= 0:
            yield self.station.next, free, self.all_hold(self.station.next_lapse)

    def _barred(self) -> Bools:
        barred = np.zeros(len(self.some), np.bool_)
        for _, enters, lapses in self.following():
            barred |= enters & lapses
        return barred


def _move(there: _There, previous: Standing, today: Days, found: Journey) -> None:
    """Pass accounts on from their station, or let them fall back, into the columns of `found`."""
    some, here, day = there.some, there.station.here, today[there.some]
    passes, goal = np.zeros(len(some), np.bool_), there.reached & ~there.barred
    if goal.any():
        since = np.where(goal, _since(previous.goal_since[some], day), NO_DAY)
        found.goal_since[some] = since
        ready = goal & (day - since + 1 >= here.dwell_days)
        for place, enters, _ in there.following() if ready.any() else ():
            passing = ready & enters
            passes |= passing
            found.phase[some[passing]] = place
        found.passed[some] = passes
    lapse = there.all_hold(here.lapse)
    if lapse.any():
        since = np.where(lapse, _since(previous.lapse_since[some], day), NO_DAY)
        found.lapse_since[some] = since
        falls = lapse & ~passes & (day - since + 1 >= here.lapse_days) & (here.lapse_to >= 0)
        found.phase[some[falls]] = here.lapse_to
        found.fell_back[some] = falls


def _look(there: _There, today: Days, found: Journey) -> None:
    """How far accounts at their station are, who is barred and who is stalled, into the columns of `found`."""
    some, here = there.some, there.station.here
    shut = there.reached & there.barred
    found.barred[some] = shut
    if here.expected_days is not None:
        spent = today[some] - found.entered_day[some]
        found.stalled[some] = (spent > here.expected_days) & (~there.reached | shut)
    for row, condition in enumerate(here.goal):
        value = there.value(condition.metric)
        found.progress[row, some] = _toward(condition, value)
        found.met[row, some] = holds_at(condition, value)


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
    if condition.at_most is None:
        return np.asarray(value >= (-np.inf if condition.at_least is None else condition.at_least))
    if condition.at_least is None:
        return np.asarray(value <= condition.at_most)
    return np.asarray((value >= condition.at_least) & (value <= condition.at_most))


def _since(previous: Days, today: Days) -> Days:
    return np.where(previous == NO_DAY, today, previous)


def _toward(condition: Condition, value: Floats) -> Floats:
    """(m,): value / target up to 1 for at least, target / value for at most; the lesser of the two for both."""
    if condition.at_most is None and condition.at_least is not None and condition.at_least > 0:
        return np.clip(value / condition.at_least, 0.0, 1.0)
    part = np.where(np.isnan(value), np.nan, 1.0)
    for target, rising in ((condition.at_least, True), (condition.at_most, False)):
        if target is not None:
            reached = value >= target if rising else value <= target
            above, below = (value, np.full_like(value, target)) if rising else (np.full_like(value, target), value)
            share = np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0)
            part = np.minimum(part, np.where(reached, 1.0, np.clip(share, 0.0, 1.0)))
    return np.where(np.isnan(value), np.nan, part)
