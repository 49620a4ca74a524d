"""Facts as columns: grouping, merging and choosing say what a plain dictionary would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from banso_scoring.domain.facts.day_facts import Cells, merge
from banso_scoring.domain.facts.day_facts import encode as encode_day
from banso_scoring.domain.facts.fact_columns import (
    HALF,
    LOW,
    EventColumns,
    FactColumns,
    columns_of,
    decode,
    encode,
    group,
    merge_into,
    only,
)

ACCOUNTS = ["a", "b", "c"]
NAMES = ["act", "help"]
VALUE_MAX = 2**63 - 1

Event = tuple[int, int, int, int, int, int]
"""account, day, day known, name, value, user key (0 for none)."""
Rows = dict[tuple[str, int], Cells]

events = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(-3, 3),
        st.integers(0, 3),
        st.integers(0, 1),
        st.one_of(st.integers(-VALUE_MAX - 1, VALUE_MAX), st.sampled_from([VALUE_MAX, -VALUE_MAX - 1])),
        st.sampled_from([0, 1, 2, VALUE_MAX]),
    ),
    max_size=40,
)


def facts_of(some: Sequence[Event]) -> FactColumns:
    """`some` grouped."""
    table = np.array(some, np.int64).reshape(len(some), 6).T
    account, day, known_day, name, value, user = table
    columns = EventColumns(
        account, day, known_day, name, np.ones(len(some), np.int64), value >> HALF, value & LOW, user
    )
    return group(columns, ACCOUNTS, NAMES)


def rows_of(some: Sequence[Event]) -> Rows:
    """`some` in a dictionary, one by one."""
    rows: Rows = {}
    for account, day, known_day, name, value, user in some:
        cells = rows.setdefault((ACCOUNTS[account], day), {})
        merge(cells, (NAMES[name], known_day), 1, value, [user] if user else [])
    return rows


def merged(*facts: FactColumns) -> Rows:
    rows: Rows = {}
    for one in facts:
        merge_into(rows, one)
    return rows


def canonical(rows: Rows) -> dict[tuple[str, int], bytes]:
    return {key: encode_day(cells) for key, cells in rows.items()}


@given(some=events)
def test_grouped_events_are_the_facts_that_a_dictionary_holds(some: list[Event]) -> None:
    assert canonical(merged(facts_of(some))) == canonical(rows_of(some))


@given(some=events)
def test_parts_are_sorted_and_unique(some: list[Event]) -> None:
    facts = facts_of(some)
    keys = list(zip(facts.account, facts.day, facts.known_day, facts.name, strict=True))
    assert keys == sorted(set(keys))
    assert len(facts) == len(keys)


@given(some=events, cut=st.integers(0, 40))
def test_two_groups_merged_are_the_group_of_both(some: list[Event], cut: int) -> None:
    both = merged(facts_of(some[:cut]), facts_of(some[cut:]))
    assert canonical(both) == canonical(merged(facts_of(some)))


@given(some=events)
def test_what_was_encoded_is_decoded(some: list[Event]) -> None:
    facts = facts_of(some)
    again = decode(encode(facts))
    assert (list(again.account_names), list(again.event_names)) == (ACCOUNTS, NAMES)
    assert again.sums_micro() == facts.sums_micro()
    assert canonical(merged(again)) == canonical(merged(facts))
    assert encode(again) == encode(facts)


@given(some=events)
def test_rows_made_columns_are_the_same_rows_again(some: list[Event]) -> None:
    rows = rows_of(some)
    assert canonical(merged(columns_of(rows))) == canonical(rows)


@given(some=events, wanted=st.sets(st.sampled_from(ACCOUNTS)), first_day=st.integers(-4, 4))
def test_only_some_accounts_from_a_day_on_are_chosen_with_their_users(
    some: list[Event], wanted: set[str], first_day: int
) -> None:
    chosen = [one for one in some if ACCOUNTS[one[0]] in wanted and one[1] >= first_day]
    found = only(facts_of(some), dict.fromkeys(wanted), first_day)
    assert canonical(merged(found)) == canonical(rows_of(chosen))


def test_a_sum_of_many_huge_amounts_is_exact() -> None:
    some: list[Event] = [(0, 0, 0, 0, VALUE_MAX, 0)] * 5_000 + [(0, 0, 0, 1, -VALUE_MAX - 1, 0)] * 5_000
    assert facts_of(some).sums_micro() == [5_000 * VALUE_MAX, -5_000 * (VALUE_MAX + 1)]
