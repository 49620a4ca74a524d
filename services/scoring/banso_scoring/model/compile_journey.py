"""The journey of the file to phases with indices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from banso_common.findings import Path, did_you_mean
from banso_scoring.domain.model_parts import Condition, Phase
from banso_scoring.model.compile_targets import check_target
from banso_scoring.model.schema import PhaseFile
from banso_scoring.model.schema_parts import ConditionFile
from banso_scoring.model.table import Table, label

WOULD_FALL_BACK = "whoever just reaches it would fall back from `{}` at once: leave a gap"


def compile_journey(table: Table) -> tuple[Phase, ...]:
    """The phases in order; what contradicts itself is noted in `table`."""
    journey = table.file.journey
    first = next(iter(journey))
    if journey[first].optional:
        table.fault(("journey", first, "optional"), "the first phase cannot be optional: all accounts start in it")
    phases = tuple(_phase(table, key, written) for key, written in journey.items())
    for phase, place, following in too_close(phases):
        table.fault(("journey", phase.key, "goal", place), WOULD_FALL_BACK.format(following.key))
    return phases


def too_close(phases: Sequence[Phase]) -> Iterator[tuple[Phase, int, Phase]]:
    """Goals that hold at the same value as the conditions to fall back from the phase that they lead to: the phase,
    the place of the condition in its goal, and the phase that follows."""
    for index, phase in enumerate(phases):
        following = next((at for at in range(index + 1, len(phases)) if not phases[at].optional), phase.next)
        if following < 0 or len(phases[following].lapse) != 1:
            continue
        lapse = phases[following].lapse[0]
        for place, goal in enumerate(phase.goal):
            if goal.metric == lapse.metric and _overlap(goal, lapse):
                yield phase, place, phases[following]


def _overlap(one: Condition, other: Condition) -> bool:
    lows = [c.at_least for c in (one, other) if c.at_least is not None]
    highs = [c.at_most for c in (one, other) if c.at_most is not None]
    return not lows or not highs or max(lows) <= min(highs)


def _phase(table: Table, key: str, written: PhaseFile) -> Phase:
    path: Path = ("journey", key)
    lapse = written.lapse
    if written.entry and not written.optional:
        table.fault((*path, "entry"), "only an optional phase has conditions to enter it")
    if written.renews and not written.goal:
        table.fault((*path, "renews"), "needs a goal: passing it begins the next term")
    if lapse is not None and lapse.to == key:
        table.fault((*path, "lapse", "to"), "leads to the same phase")
    return Phase(
        key=key,
        labels=label(written.label, key),
        do=label(written.do, ""),
        experience=label(written.experience, ""),
        services=label(written.services, ""),
        goal=compile_conditions(table, (*path, "goal"), written.goal),
        dwell_days=written.dwell_days,
        expected_days=written.expected_days,
        optional=written.optional,
        entry=compile_conditions(table, (*path, "entry"), written.entry),
        lapse=() if lapse is None else compile_conditions(table, (*path, "lapse", "when"), lapse.when),
        lapse_days=1 if lapse is None else lapse.days,
        lapse_to=-1 if lapse is None else _index(table, (*path, "lapse", "to"), lapse.to),
        next=-1 if written.next is None else _index(table, (*path, "next"), written.next),
        renews=written.renews,
    )


def compile_conditions(table: Table, path: Path, written: list[ConditionFile]) -> tuple[Condition, ...]:
    """Conditions on metrics; what contradicts itself is noted in `table`."""
    order = {name: index for index, name in enumerate(table.file.metrics)}
    found = []
    for place, condition in enumerate(written):
        here = (*path, place)
        low, high = condition.at_least, condition.at_most
        if condition.metric not in order:
            table.fault((*here, "metric"), "no such metric" + did_you_mean(condition.metric, order))
        if low is None and high is None:
            table.fault(here, "needs `at_least` or `at_most`")
        if low is not None and high is not None and low > high:
            table.fault(here, f"nothing is at least {low} and at most {high}")
        check_target(table, here, condition.metric, condition)
        found.append(Condition(order.get(condition.metric, -1), low, high))
    return tuple(found)


def _index(table: Table, path: Path, key: str) -> int:
    keys = list(table.file.journey)
    if key not in keys:
        table.fault(path, "no such phase" + did_you_mean(key, keys))
        return -1
    return keys.index(key)
