"""Goals held against the stored past: reads the facts as they were known, walks them once, and answers any candidate.

The walk takes most of the time; asked again about the same phase and metrics it is not done anew (`Rehearsed`).
At most `accounts_max` accounts are read, chosen by a hash of their names, so the same ones each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.errors import Refused
from banso_scoring import past_store
from banso_scoring import tables as t
from banso_scoring.domain.journey.goal_curve import Point, Question, curve, judge, pass_days
from banso_scoring.domain.journey.goal_past import NOT_ENTERED, GoalPast
from banso_scoring.domain.model_parts import Condition
from banso_scoring.domain.success_model import SuccessModel

ACCOUNTS_MAX = 20_000
CONDITION = re.compile(r"([a-z][a-z0-9_-]*)\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)")
ALSO_MAX = 8
LANDMARK_DAYS, FOLLOW_DAYS, FOLLOW_DAYS_MIN = 90, 90, 14


@dataclass(frozen=True, slots=True)
class Candidate:
    """A goal to be tried in place of a phase's own. What is None is as the model has it."""

    phase: str
    metric: str | None = None
    """The metric whose threshold is varied; the first of the goal when none is named."""
    at_least: float | None = None
    at_most: float | None = None
    alone: bool = False
    """Leave out the other conditions of the goal."""
    also: tuple[str, ...] = ()
    """Further conditions, such as `users >= 5`; one about a metric of the goal stands in its place."""
    dwell_days: int | None = None
    landmark_days: int | None = None
    follow_days: int | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the past says of a phase's own goal, of a candidate, and of every threshold of one metric."""

    phase: int
    question: Question
    first_day: int
    last_day: int
    accounts: int
    entered: int
    metric: int
    at_least: bool
    others: tuple[Condition, ...]
    own: Point | None
    candidate: Point | None
    curve: list[Point]
    best: int | None


class Rehearsed:
    """A past that was walked for one phase."""

    def __init__(self, model: SuccessModel, past: GoalPast, phase: int) -> None:
        self._model, self._past, self._phase = model, past, phase

    def ask(self, candidate: Candidate) -> Calibration:
        """What the past says. Raises Refused for a candidate that cannot be."""
        model, phase = self._model, self._model.journey[self._phase]
        varied = _varied(model, self._phase, candidate)
        question = self._question(candidate)
        others = _others(model, phase.goal, candidate, varied.metric)
        followed = self._past.followed(question)

        def judged(conditions: Sequence[Condition], threshold: float = nan) -> Point:
            passed_on = pass_days(self._past.holds(conditions), question.dwell_days)
            return judge(passed_on, followed, question, threshold)

        asked = varied.condition()
        values, held = self._past.values(varied.metric), self._past.holds(others)
        points, best = curve(values, held, varied.at_least, followed, question)
        return Calibration(
            phase=self._phase,
            question=question,
            first_day=self._past.first_day,
            last_day=self._past.last_day,
            accounts=self._past.accounts,
            entered=int((self._past.entered != NOT_ENTERED).sum()),
            metric=varied.metric,
            at_least=varied.at_least,
            others=others,
            own=judged(phase.goal) if phase.goal else None,
            candidate=None if asked is None else judged((*others, asked), varied.threshold or 0.0),
            curve=points,
            best=best,
        )

    def _question(self, candidate: Candidate) -> Question:
        """What is left out fits the past: the landmark is the phase's expected days, at most two thirds of what is
        seen of half of the accounts, and the comparison takes most of the rest."""
        phase, seen = self._model.journey[self._phase], self._past.seen_days_median
        landmark = candidate.landmark_days or max(1, min(phase.expected_days or LANDMARK_DAYS, 2 * seen // 3))
        follow = candidate.follow_days or max(FOLLOW_DAYS_MIN, min(FOLLOW_DAYS, seen - landmark))
        return Question(candidate.dwell_days or phase.dwell_days, landmark, follow)


async def read(tx: AsyncConnection, model: SuccessModel, candidate: Candidate, zone: str, most: int) -> GoalPast:
    """The past that a candidate asks for, not yet walked. Raises Refused when it cannot be asked."""
    phase = phase_of(model, candidate.phase)
    wanted = metrics_of(model, candidate)
    names = (await tx.execute(select(t.account.c.account))).scalars().all()
    chosen = sorted(names, key=lambda name: (crc32(name.encode()), name))[:most] if len(names) > most else None
    past = await past_store.read(tx, model, chosen, zone)
    try:
        return GoalPast(past, phase, sorted(wanted))
    except ValueError:
        raise Refused("no-facts", "there are no facts yet") from None


def rehearse(model: SuccessModel, past: GoalPast, phase: str, tick: Callable[[int, int], None]) -> Rehearsed:
    """Walk the past, `tick(days done, days)` after each day."""
    for day in past.walk():
        tick(day + 1, past.days)
    return Rehearsed(model, past, phase_of(model, phase))


def phase_of(model: SuccessModel, key: str) -> int:
    """The index of a phase. Raises Refused."""
    keys = [phase.key for phase in model.journey]
    if key not in keys:
        raise Refused("unknown-phase", f"the model has no phase `{key}`; it has {', '.join(keys)}")
    return keys.index(key)


def metrics_of(model: SuccessModel, candidate: Candidate) -> frozenset[int]:
    """The metrics that a candidate asks of the past. Raises Refused."""
    phase = phase_of(model, candidate.phase)
    goal = {condition.metric for condition in model.journey[phase].goal}
    also = {condition.metric for condition in _also(model, candidate)}
    return frozenset(goal | also | {_varied(model, phase, candidate).metric})


def _others(model: SuccessModel, goal: Sequence[Condition], candidate: Candidate, varied: int) -> tuple[Condition, ...]:
    """What has to hold beside the varied condition."""
    also = _also(model, candidate)
    named = {varied, *(one.metric for one in also)}
    kept = () if candidate.alone else tuple(one for one in goal if one.metric not in named)
    return (*kept, *(one for one in also if one.metric != varied))


def _also(model: SuccessModel, candidate: Candidate) -> list[Condition]:
    found = []
    for written in candidate.also:
        said = CONDITION.fullmatch(written.strip())
        if said is None:
            raise Refused("no-condition", f"`{written}` is no condition: write METRIC >= NUMBER or METRIC <= NUMBER")
        metric, sign, number = said.groups()
        limits = (float(number), None) if sign == ">=" else (None, float(number))
        found.append(Condition(_metric(model, metric), *limits))
    return found


def _metric(model: SuccessModel, name: str) -> int:
    if name not in model.metric_index:
        has = ", ".join(model.metric_index)
        raise Refused("unknown-metric", f"the model has no metric `{name}`; it has {has}")
    return model.metric_index[name]


@dataclass(frozen=True, slots=True)
class _Varied:
    """The metric whose threshold is varied, from which side, and the candidate's threshold if it has one."""

    metric: int
    at_least: bool
    threshold: float | None

    def condition(self) -> Condition | None:
        if self.threshold is None:
            return None
        return Condition(self.metric, *((self.threshold, None) if self.at_least else (None, self.threshold)))


def _varied(model: SuccessModel, phase: int, candidate: Candidate) -> _Varied:
    """Raises Refused."""
    goal = model.journey[phase].goal
    low, high = candidate.at_least, candidate.at_most
    if low is not None and high is not None:
        raise Refused("two-thresholds", "vary `at_least` or `at_most`, not both")
    if candidate.metric is None and not goal:
        raise Refused("no-goal", f"the phase `{candidate.phase}` has no goal; name a metric")
    metric = goal[0].metric if candidate.metric is None else _metric(model, candidate.metric)
    if low is not None or high is not None:
        return _Varied(metric, low is not None, low if high is None else high)
    own = next((one for one in goal if one.metric == metric), None)
    ramp = model.metrics[metric].ramp_y or (0.0, 1.0)
    return _Varied(metric, ramp[-1] >= ramp[0] if own is None else own.at_least is not None, None)
