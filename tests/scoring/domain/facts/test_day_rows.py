"""Lean rows of days: they hold what a plain table would, whatever fits where and in whatever order it came."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import Daily
from banso_scoring.domain.facts.day_rows import DayRows

WIDTH, ACCOUNTS = 12, 40
Change = tuple[int, int, int]
changes = st.lists(
    st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, WIDTH - 1), st.sampled_from([1, 3, 200, 255, 256, 90_000])),
    max_size=60,
)


def added(rows: DayRows, some: list[Change]) -> None:
    columns = np.array(some, np.int64).reshape(len(some), 3).T
    rows.add(columns[0], columns[1], columns[2])


def dense(rows: DayRows, accounts: NDArray[np.int64], days: slice = slice(0, WIDTH)) -> NDArray[np.generic]:
    width = days.stop - days.start
    return np.asarray(Daily(len(accounts), width, [list(rows.read(accounts, days))], [False]).copy()[0])


@settings(deadline=None)
@given(some=changes, cut=st.integers(0, 60), order=st.permutations(range(ACCOUNTS)), move=st.booleans())
def test_what_is_read_is_what_a_plain_table_holds(some: list[Change], cut: int, order: list[int], move: bool) -> None:
    rows, plain = DayRows(WIDTH, np.uint8, np.int64), np.zeros((ACCOUNTS, WIDTH))
    rows.make_room(5_000)
    for part in (some[:cut], some[cut:]):
        added(rows, part)
        for account, column, count in part:
            plain[account, column] += count
        if move:
            rows.move(5)
            plain = np.concatenate([plain[:, 5:], np.zeros((ACCOUNTS, 5))], axis=1)
    everyone = np.array(order)
    assert (dense(rows, everyone) == plain[everyone]).all()
    assert (dense(rows, everyone[:7], slice(2, 9)) == plain[everyone[:7], 2:9]).all()


@settings(deadline=None)
@given(some=st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=20))
def test_sums_that_fall_below_zero_and_rise_above_the_narrow_numbers_are_held_too(some: list[int]) -> None:
    rows = DayRows(WIDTH, np.int32, np.int64)
    for value in some:
        added(rows, [(3, 4, value)])
    assert dense(rows, np.array([3]))[0, 4] == sum(some)


def test_an_account_without_anything_costs_no_row_and_a_usual_one_a_byte_a_day() -> None:
    rows = DayRows(192, np.uint8, np.int64)
    rows.make_room(100_000)
    before = rows.nbytes
    rows.add(np.arange(1_000) * 7, np.full(1_000, 5), np.full(1_000, 9))
    assert rows.nbytes - before == 1_000 * 192
    rows.add(np.array([7]), np.array([5]), np.array([250]))
    assert rows.nbytes - before == 1_000 * 192 + 8 * 192


def test_neighbours_are_read_without_a_copy_and_in_small_numbers() -> None:
    rows = DayRows(WIDTH, np.uint8, np.int64)
    rows.add(np.arange(30), np.zeros(30, np.int64), np.ones(30, np.int64))
    ((days, places),) = rows.read(np.arange(5, 20), slice(0, WIDTH))
    assert places is None
    assert days.base is not None
    assert days.dtype == np.uint8


@pytest.mark.parametrize("indices", [[0, 3, 3, 9], [9, 0], []])
def test_taking_accounts_from_a_panel_takes_their_days(indices: list[int]) -> None:
    rows = DayRows(WIDTH, np.uint8, np.int64)
    added(rows, [(0, 1, 5), (3, 2, 700), (9, 0, 1)])
    everyone = Daily(12, WIDTH, [list(rows.read(np.arange(12), slice(0, WIDTH)))], [True])
    some = np.array(indices, np.int64)
    assert (np.asarray(everyone.take(some)) == np.asarray(everyone)[:, some]).all()
    assert everyone[0][3, 2] == 700 / 1_000_000
