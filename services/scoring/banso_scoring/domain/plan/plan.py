"""The success plan of one account as it was said: the fields of each objective, and every point of progress.

Of a field the statement with the larger (instant, identity) wins; points are a set, known by the identity of
their statement, each with the instant it is of and the one it became known at. Both are merges of sets, so any
order and any repetition of the same statements gives the same bytes. Bounded: of more than `OBJECTIVES_MAX` keys
the first by name count, of more than `POINTS_MAX` points of one objective the newest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from banso_common.contracts import objective as contract
from banso_common.contracts.account_activity import Scalar
from banso_common.contracts.objective import ObjectiveStatus
from banso_scoring.domain.plan.plans import Agreed

OBJECTIVES_MAX = 50
POINTS_MAX = 2_000
EPOCH = date(1970, 1, 1).toordinal()

Said = tuple[Scalar, int, int]
"""(value, instant, identity)."""


class Point(msgspec.Struct, array_like=True, frozen=True, order=True):
    """A point of progress: `at` is when it was so, `known_at` when banso heard of it."""

    at: int
    identity: int
    known_at: int
    value: float


class Spoken(msgspec.Struct, array_like=True):
    """What was said of one objective. `first_at` is the instant of the earliest statement of any field."""

    fields: dict[str, Said] = {}
    first_at: int | None = None
    points: list[Point] = []


Plan = dict[str, Spoken]


@dataclass(frozen=True, slots=True)
class Told:
    """When a statement was made and heard, and who it is."""

    at: int
    known_at: int
    identity: int


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective as it stands. `fault` says why it does not count (yet); then numbers may be None."""

    key: str
    name: str
    unit: str
    baseline: float | None
    target: float | None
    weight: float
    agreed_day: int
    due_day: int | None
    metric: str | None
    fault: str | None


_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(Plan)


def tell(plan: Plan, said: Mapping[str, Scalar], told: Told) -> bool:
    """Merge what was `said` of objectives; gives whether anything changed. What does not fit counts as not said."""
    changed = False
    for name, written in said.items():
        place = contract.split(name)
        if place is None:
            continue
        key, field = place
        value = None if written is None else contract.read(field, written)
        if value is None and (written is not None or field == contract.PROGRESS):
            continue
        spoken = plan.setdefault(key, Spoken())
        changed |= _point(spoken, value, told) if field == contract.PROGRESS else _field(spoken, field, value, told)
    for surplus in sorted(plan)[OBJECTIVES_MAX:]:
        del plan[surplus]
    return changed


def speaks(said: Mapping[str, Scalar]) -> bool:
    """Whether anything `said` is of an objective."""
    return any(name.startswith(contract.PREFIX) for name in said)


def only(said: Mapping[str, Scalar]) -> bool:
    """Whether all that is `said` is of objectives."""
    return bool(said) and all(name.startswith(contract.PREFIX) for name in said)


def _field(spoken: Spoken, field: str, value: Scalar, told: Told) -> bool:
    first = told.at if spoken.first_at is None else min(spoken.first_at, told.at)
    changed, spoken.first_at = first != spoken.first_at, first
    before = spoken.fields.get(field)
    if before is None or (before[1], before[2]) < (told.at, told.identity):
        spoken.fields[field] = (value, told.at, told.identity)
        return True
    return changed


def _point(spoken: Spoken, value: Scalar, told: Told) -> bool:
    assert isinstance(value, float)
    before = next((one for one in spoken.points if one.identity == told.identity), None)
    known_at = told.known_at if before is None else min(before.known_at, told.known_at)
    point = Point(told.at, told.identity, known_at, value)
    if point == before:
        return False
    kept = sorted([*(one for one in spoken.points if one is not before), point])[-POINTS_MAX:]
    changed, spoken.points = kept != spoken.points, kept
    return changed


def objectives(plan: Plan, day_of: Callable[[int], int]) -> list[Objective]:
    """The objectives that were not withdrawn, by key; `day_of` gives the account's day of an instant.

    Where it was not said when one was agreed, it was on the day of the first statement of it.
    """
    found = []
    for key in sorted(plan):
        said = {field: value for field, (value, _, _) in plan[key].fields.items() if value is not None}
        first_at = plan[key].first_at
        if first_at is not None and said.get("status") != ObjectiveStatus.WITHDRAWN:
            found.append(_objective(key, msgspec.convert(said, contract.ObjectiveFields), day_of(first_at)))
    return found


def agreed(plan: Plan, metrics: Mapping[str, int], day_of: Callable[[int], int]) -> list[Agreed]:
    """The objectives that count, for the columns; `metrics` are the model's metrics by name."""
    found = []
    for one in objectives(plan, day_of):
        if one.fault is None and one.baseline is not None and one.target is not None and one.due_day is not None:
            points = [(day_of(p.at), max(day_of(p.known_at), day_of(p.at)), p.value) for p in plan[one.key].points]
            metric = -1 if one.metric is None else metrics.get(one.metric, -1)
            found.append(Agreed(one.baseline, one.target, one.weight, one.agreed_day, one.due_day, metric, points))
    return found


def _objective(key: str, said: contract.ObjectiveFields, first_day: int) -> Objective:
    agreed_day = first_day if said.agreed_on is None else _day(said.agreed_on)
    due_day = None if said.due_on is None else _day(said.due_on)
    fault = None
    if said.target is None or said.baseline is None:
        fault = "no-target" if said.target is None else "no-baseline"
    elif said.target == said.baseline:
        fault = "target-is-baseline"
    elif due_day is None:
        fault = "no-due-date"
    elif due_day <= agreed_day:
        fault = "due-before-agreed"
    return Objective(
        key=key,
        name=said.name or key,
        unit=said.unit or "",
        baseline=said.baseline,
        target=said.target,
        weight=1.0 if said.weight is None else said.weight,
        agreed_day=agreed_day,
        due_day=due_day,
        metric=said.metric,
        fault=fault,
    )


def _day(written: str) -> int:
    return date.fromisoformat(written).toordinal() - EPOCH


def encode(plan: Plan) -> bytes:
    """Canonical bytes."""
    return _encoder.encode(plan)


def decode(raw: bytes) -> Plan:
    """The plan that `encode` wrote."""
    return _decoder.decode(raw)
