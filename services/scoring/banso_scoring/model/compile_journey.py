"""The journey of the file to phases with indices."""

from __future__ import annotations

from banso_scoring.domain.success_model import Condition, Phase
from banso_scoring.model.findings import Path, did_you_mean
from banso_scoring.model.schema import ConditionFile, PhaseFile
from banso_scoring.model.table import Table, label


def compile_journey(table: Table) -> tuple[Phase, ...]:
    """The phases in order; what contradicts itself is noted in `table`."""
    journey = table.file.journey
    first = next(iter(journey))
    if journey[first].optional:
        table.fault(("journey", first, "optional"), "the first phase cannot be optional: all accounts start in it")
    return tuple(_phase(table, key, written) for key, written in journey.items())


def _phase(table: Table, key: str, written: PhaseFile) -> Phase:
    path: Path = ("journey", key)
    lapse = written.lapse
    if written.entry and not written.optional:
        table.fault((*path, "entry"), "only an optional phase has conditions to enter it")
    return Phase(
        key=key,
        labels=label(written.label, key),
        do=label(written.do, ""),
        experience=label(written.experience, ""),
        services=label(written.services, ""),
        goal=_conditions(table, (*path, "goal"), written.goal),
        dwell_days=written.dwell_days,
        expected_days=written.expected_days,
        optional=written.optional,
        entry=_conditions(table, (*path, "entry"), written.entry),
        lapse=() if lapse is None else _conditions(table, (*path, "lapse", "when"), lapse.when),
        lapse_days=1 if lapse is None else lapse.days,
        lapse_to=-1 if lapse is None else _index(table, (*path, "lapse", "to"), lapse.to),
        next=-1 if written.next is None else _index(table, (*path, "next"), written.next),
    )


def _conditions(table: Table, path: Path, written: list[ConditionFile]) -> tuple[Condition, ...]:
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
        found.append(Condition(order.get(condition.metric, -1), low, high))
    return tuple(found)


def _index(table: Table, path: Path, key: str) -> int:
    keys = list(table.file.journey)
    if key not in keys:
        table.fault(path, "no such phase" + did_you_mean(key, keys))
        return -1
    return keys.index(key)
