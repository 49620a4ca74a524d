"""Every statement is kept with both its clocks, and any order of gathering keeps the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from banso_common.clock import DAY_MS
from banso_scoring.domain.facts import stated
from banso_scoring.domain.facts.said_past import SaidPast
from banso_scoring.domain.facts.stated import QUARTER_MS, Stated, Statements, merge
from banso_scoring.domain.facts.statements import Vocabulary

ONE = np.zeros(1, np.int64)
LATER = 10**9
some_stated = st.lists(
    st.builds(
        lambda at, late, identity, seats: Stated(at, identity, at + late, seats),
        st.integers(0, 4 * DAY_MS),
        st.sampled_from([0, 0, 1, QUARTER_MS, 2 * DAY_MS]),
        st.integers(0, 30),
        st.integers(0, 9),
    ),
    max_size=12,
    unique_by=lambda one: one.identity,
)


def day_of(at: int) -> int:
    return at // DAY_MS


def newest(some: Sequence[Stated], day: int, known_day: int) -> float:
    """What counts, by its definition."""
    known = [one for one in some if day_of(one.at) <= day and day_of(one.known_at) <= known_day]
    return float(max(known, key=lambda one: (one.at, one.identity)).value) if known else math.nan  # type: ignore[arg-type]


def seats(said: Statements, day: int, known_day: int) -> float:
    past = SaidPast(Vocabulary())
    past.hear(0, said, day_of)
    return float(past.on(ONE, day, known_day).seats[0])


@given(some=some_stated, order=st.randoms(), cut=st.integers(0, 12))
def test_any_order_and_any_cut_keep_the_same_bytes(some: list[Stated], order: object, cut: int) -> None:
    at_once: Statements = {}
    merge(at_once, "seats", some)
    mixed = [*some]
    order.shuffle(mixed)  # type: ignore[attr-defined]
    by_parts: Statements = {}
    merge(by_parts, "seats", mixed[:cut])
    merge(by_parts, "seats", [*mixed[cut:], *mixed[:2]])
    assert stated.encode_day(by_parts) == stated.encode_day(at_once)
    assert stated.decode_day(stated.encode_day(at_once)) == at_once


@given(some=some_stated, day=st.integers(0, 6), known_day=st.integers(0, 6))
def test_what_is_kept_answers_for_every_day_of_both_clocks_as_all_of_it_would(
    some: list[Stated], day: int, known_day: int
) -> None:
    kept: Statements = {}
    merge(kept, "seats", some)
    found, wanted = seats(kept, day, known_day), newest(some, day, known_day)
    assert found == wanted or (math.isnan(found) and math.isnan(wanted))


def test_a_value_of_the_wrong_type_says_that_nothing_is_known_from_then_on() -> None:
    said = {"seats": [Stated(0, 1, 0, 5), Stated(DAY_MS, 2, DAY_MS, "many")]}
    assert seats(said, 0, LATER) == 5.0
    assert math.isnan(seats(said, 1, LATER))


def test_the_newest_that_was_kept_before_statements_were_counts_from_when_it_was_made() -> None:
    whole = stated.with_newest({}, {"seats": (7, 2 * DAY_MS, 1)})
    assert seats(whole, 2, 2) == 7.0
    assert math.isnan(seats(whole, 1, 1))
    assert stated.with_newest(whole, {"seats": (7, 2 * DAY_MS, 1)}) == whole
