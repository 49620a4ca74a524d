"""Ranks say what a sort would: with the table of what occurs, by sorting, and where ranks do not fit into 63 bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_scoring.domain.facts import ranks
from banso_scoring.domain.facts.ranks import order, ranked

near = st.integers(-5, 5)
far = st.integers(-(2**63), 2**63 - 1)
columns = st.lists(st.one_of(near, far), max_size=30)
rows = st.lists(st.tuples(near, near, far, st.sampled_from([0, 2**63 - 1])), max_size=30)


@given(columns)
def test_the_distinct_numbers_ascend_and_each_position_finds_its_own(column: list[int]) -> None:
    distinct, place = ranked(np.array(column, np.int64))
    assert distinct.tolist() == sorted(set(column))
    assert distinct[place].tolist() == column


@given(rows)
def test_rows_are_ordered_by_the_first_column_first(some: list[tuple[int, int, int, int]]) -> None:
    table = np.array(some, np.int64).reshape(len(some), 4)
    assert table[order(list(table.T))].tolist() == sorted(list(row) for row in some)


def test_ranks_that_do_not_fit_into_63_bits_are_ordered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "ROOM", 8)
    table = np.random.default_rng(7).integers(0, 9, (50, 3))
    assert table[order(list(table.T))].tolist() == sorted(table.tolist())
