"""Account-days through columns are the account-days cell by cell, byte for byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from banso_scoring.domain.facts import day_facts
from banso_scoring.domain.facts.day_columns import DayKey, of_days, to_days
from banso_scoring.domain.facts.day_facts import Cells, merge
from banso_scoring.domain.facts.fact_columns import columns_of, combined, days_of

FAR = 2**80
keys = st.tuples(st.sampled_from(["a", "b"]), st.integers(-2, 2))
parts = st.lists(
    st.tuples(
        keys,
        st.sampled_from(["act", "help", "\u00e9"]),
        st.integers(0, 2),
        st.integers(1, 9),
        st.integers(-FAR, FAR),
        st.sets(st.sampled_from([1, 2, 2**63 - 1, -(2**63)])),
    ),
    max_size=12,
)
Part = tuple[DayKey, str, int, int, int, set[int]]


def cells_of(some: list[Part]) -> dict[DayKey, Cells]:
    """The parts in dictionaries, one by one."""
    days: dict[DayKey, Cells] = {}
    for key, name, known_day, count, total, users in some:
        merge(days.setdefault(key, {}), (name, known_day), count, total, users)
    return days


def stored(some: list[Part]) -> dict[DayKey, bytes]:
    """The bytes of the parts."""
    return {key: day_facts.encode(cells) for key, cells in cells_of(some).items()}


@given(st.lists(parts, min_size=1, max_size=3))
def test_days_added_up_as_columns_have_the_bytes_of_cells_added_up(lists: list[list[Part]]) -> None:
    whole = combined([of_days(stored(some)) for some in lists])
    expected = stored([part for some in lists for part in some])
    assert to_days(whole) == expected
    assert sorted(days_of(whole)) == sorted(expected)


@given(parts)
def test_stored_days_are_read_as_their_cells_are(some: list[Part]) -> None:
    assert to_days(combined([of_days(stored(some))])) == to_days(combined([columns_of(cells_of(some))]))
