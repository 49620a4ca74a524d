"""What is said of a success plan: the newest of each field, every point of progress, in whatever order they come."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import Scalar
from banso_common.contracts.objective import FIELDS, PREFIX, property_of, read, split
from banso_scoring.domain.plan.plan import (
    OBJECTIVES_MAX,
    POINTS_MAX,
    Plan,
    Told,
    agreed,
    decode,
    encode,
    objectives,
    tell,
)

Said = tuple[dict[str, Scalar], Told]
FITTING: dict[str, list[Scalar]] = {
    "name": ["Invoice time", "請求", None],
    "baseline": [40, 40.5, None],
    "target": [15, -3.25],
    "weight": [1, 2.5],
    "due_on": ["2027-03-31", "2027-01-01"],
    "status": ["agreed", "withdrawn"],
    "value": [31, 20.5],
}
MISFITS: list[Scalar] = [True, "x" * 300, float(2**60), "soon", ""]


@st.composite
def statements(draw: st.DrawFn) -> list[Said]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        said: dict[str, Scalar] = {}
        for _ in range(draw(st.integers(1, 3))):
            field = draw(st.sampled_from(sorted(FITTING)))
            key = draw(st.sampled_from(["a", "b", "c-1"]))
            said[property_of(key, field)] = draw(st.sampled_from([*FITTING[field], *MISFITS]))
        at = draw(st.integers(0, 3))
        made.append((said, Told(at, at + draw(st.integers(0, 2)), number + 1)))
    return made


def plan_of(some: Sequence[Said]) -> Plan:
    plan: Plan = {}
    for said, told in some:
        tell(plan, said, told)
    return plan


def day_of(at: int) -> int:
    return at // DAY_MS


@given(some=statements(), seed=st.integers(0, 2**32))
def test_any_order_and_any_repetition_gives_the_same_bytes(some: list[Said], seed: int) -> None:
    mixed = [*some, *some[:3]]
    random.Random(seed).shuffle(mixed)
    assert encode(plan_of(mixed)) == encode(plan_of(some))


@given(some=statements())
def test_what_was_encoded_is_decoded(some: list[Said]) -> None:
    plan = plan_of(some)
    assert encode(decode(encode(plan))) == encode(plan)
    assert objectives(decode(encode(plan)), day_of) == objectives(plan, day_of)


@given(some=statements())
def test_saying_it_again_is_no_news(some: list[Said]) -> None:
    plan = plan_of(some)
    assert not any(tell(plan, *said) for said in some)


def test_of_a_field_the_newest_statement_wins_and_a_null_takes_it_away() -> None:
    plan = plan_of([({"objectives.a.unit": "min"}, Told(5, 5, 1)), ({"objectives.a.unit": "h"}, Told(4, 9, 2))])
    assert objectives(plan, day_of)[0].unit == "min"
    assert tell(plan, {"objectives.a.unit": None}, Told(6, 6, 3))
    assert objectives(plan, day_of)[0].unit == ""


def test_all_points_are_kept_each_with_both_of_its_instants() -> None:
    plan = plan_of([({"objectives.a.value": value}, Told(at, 90 + at, at)) for value, at in ((31, 2), (40, 1), (9, 3))])
    assert [(p.at, p.known_at, p.value) for p in plan["a"].points] == [(1, 91, 40.0), (2, 92, 31.0), (3, 93, 9.0)]


def test_without_a_date_an_objective_is_agreed_on_the_day_of_its_first_statement() -> None:
    said: dict[str, Scalar] = {
        "objectives.a.target": 1,
        "objectives.a.baseline": 0,
        "objectives.a.due_on": "2027-03-31",
    }
    plan = plan_of([(said, Told(20_000 * DAY_MS, 0, 1)), ({"objectives.a.unit": "h"}, Told(19_990 * DAY_MS, 0, 2))])
    assert objectives(plan, day_of)[0].agreed_day == 19_990
    tell(plan, {"objectives.a.agreed_on": "2025-01-01"}, Told(0, 0, 3))
    assert objectives(plan, day_of)[0].agreed_day == 20_089


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"target": None}, "no-target"),
        ({"baseline": None}, "no-baseline"),
        ({"target": 40}, "target-is-baseline"),
        ({"due_on": None}, "no-due-date"),
        ({"due_on": "2024-12-31"}, "due-before-agreed"),
    ],
)
def test_an_objective_that_says_too_little_does_not_count_and_says_why(
    changes: dict[str, Scalar], fault: str | None
) -> None:
    whole: dict[str, Scalar] = {"baseline": 40, "target": 15, "agreed_on": "2025-01-01", "due_on": "2025-06-01"}
    plan = plan_of([({property_of("a", field): value for field, value in (whole | changes).items()}, Told(1, 1, 1))])
    assert [one.fault for one in objectives(plan, day_of)] == [fault]
    assert len(agreed(plan, {}, day_of)) == (fault is None)


def test_a_withdrawn_objective_is_shown_no_more_and_comes_back_when_it_is_agreed_again() -> None:
    plan = plan_of([({"objectives.a.target": 1}, Told(1, 1, 1)), ({"objectives.a.status": "withdrawn"}, Told(2, 2, 2))])
    assert objectives(plan, day_of) == []
    tell(plan, {"objectives.a.status": "agreed"}, Told(3, 3, 3))
    assert [one.key for one in objectives(plan, day_of)] == ["a"]


@given(seed=st.integers(0, 2**32))
def test_what_is_over_the_limits_is_left_out_alike_in_any_order(seed: int) -> None:
    some: list[Said] = [({f"objectives.k{n}.target": n}, Told(n, n, n + 1)) for n in range(OBJECTIVES_MAX + 9)]
    mixed = list(some)
    random.Random(seed).shuffle(mixed)
    assert len(plan_of(mixed)) == OBJECTIVES_MAX
    assert encode(plan_of(mixed)) == encode(plan_of(some))


def test_of_too_many_points_the_newest_are_kept() -> None:
    plan: Plan = {}
    for at in (*range(5, POINTS_MAX + 5), *range(5)):
        tell(plan, {"objectives.a.value": at}, Told(at, at, at + 1))
    assert [plan["a"].points[0].at, plan["a"].points[-1].at, len(plan["a"].points)] == [5, POINTS_MAX + 4, POINTS_MAX]


@given(st.sampled_from(FIELDS), st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()))
def test_what_a_field_reads_it_reads_again_as_the_same(field: str, written: Scalar) -> None:
    once = read(field, written)
    assert once is None or read(field, once) == once


@pytest.mark.parametrize("name", ["objectives.", "objectives.a", "objectives.a.", "objectives.A.target", "target",
                                  "objectives.a.colour", "objectives..target", "objectives.a.b.target"])  # fmt: skip
def test_only_a_known_field_of_a_plain_key_is_of_an_objective(name: str) -> None:
    assert split(name) is None
    assert split(f"{PREFIX}a-1.target") == ("a-1", "target")
