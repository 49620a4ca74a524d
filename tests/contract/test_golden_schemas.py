"""A change of a contract that breaks a reader is caught here, before it meets a record of yesterday."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

import msgspec
import pytest

from banso_common.contracts.topics import Topic
from tests.contract.golden.schemas import CONTRACTS, Schema, breaks, recorded_at, schema_of


class Kind(StrEnum):
    ONE = "one"
    TWO = "two"


class Inner(msgspec.Struct):
    count: int


class Before(msgspec.Struct):
    v: int
    kind: Kind
    inner: Inner
    name: str | None = None
    many: list[Inner] = []
    free: dict[str, str | int] = {}


def after(**changes: Any) -> Schema:
    """The schema of Before with fields changed, added, or removed (None); (type, default) for an optional one."""
    fields: dict[str, Any] = {
        "v": int,
        "kind": Kind,
        "inner": Inner,
        "name": (str | None, None),
        "many": (list[Inner], []),
        "free": (dict[str, str | int], {}),
    } | changes
    made = [
        (name, *said) if isinstance(said, tuple) else (name, said) for name, said in fields.items() if said is not None
    ]
    return schema_of(msgspec.defstruct("Before", made, kw_only=True))


RENAMED: Any = msgspec.defstruct("Inner", [("total", int)])
RENAMED_IS_SAID = [
    ("inner.count", "removed or renamed"),
    ("inner.total", "required now"),
    ("many.*.count", "removed or renamed"),
    ("many.*.total", "required now"),
]


def enum_of(*members: str) -> Any:
    return StrEnum("Kind", {member.upper(): member for member in members})


@pytest.mark.parametrize(("topic", "name"), list(CONTRACTS))
def test_no_contract_breaks_a_reader_of_its_version(topic: Topic, name: str) -> None:
    recorded = json.loads(recorded_at(topic, name).read_text(encoding="utf-8"))
    assert breaks(recorded, schema_of(CONTRACTS[topic, name])) == []


@pytest.mark.parametrize(("topic", "name"), list(CONTRACTS))
def test_the_recorded_shape_is_the_current_one(topic: Topic, name: str) -> None:
    """What was only added must be recorded, so that it is kept from now on: see golden/schemas.py."""
    recorded = json.loads(recorded_at(topic, name).read_text(encoding="utf-8"))
    assert recorded == schema_of(CONTRACTS[topic, name])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"name": None}, ["$.name: removed or renamed"]),
        ({"name": None, "title": (str | None, None)}, ["$.name: removed or renamed"]),
        ({"name": (str, "")}, ["$.name: null is read no more"]),
        ({"v": str}, ["$.v: integer is read no more"]),
        ({"v": float}, ["$.v: integer is read no more"]),
        ({"added": int}, ["$.added: required now"]),
        ({"name": str | None}, ["$.name: required now"]),
        ({"kind": enum_of("one")}, ["$.kind: 'two' is read no more"]),
        ({"kind": str}, ["$.kind: a closed set is read no more"]),
        ({"many": (list[int], [])}, ["$.many.*: object is read no more"]),
        ({"free": (dict[str, str], {})}, ["$.free.*: integer is read no more"]),
        (
            {"inner": RENAMED, "many": (list[RENAMED], [])},
            [f"$.{where}: {what}" for where, what in RENAMED_IS_SAID],
        ),
    ],
)
def test_a_change_that_breaks_a_reader_is_named(changes: dict[str, Any], found: list[str]) -> None:
    assert breaks(schema_of(Before), after(**changes)) == found


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"added": (int | None, None)},
        {"v": int | str},
        {"kind": enum_of("one", "two", "three")},
        {"v": (int, 1)},
    ],
)
def test_a_change_that_only_adds_is_let_through(changes: dict[str, Any]) -> None:
    assert breaks(schema_of(Before), after(**changes)) == []
