"""The live window: a projection of the facts that neither order, splitting nor the passing of time distorts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.live import WIDTH, WORD, LiveWindow
from banso_scoring.domain.facts.panel import DAYS, Panel
from tests.scoring.domain.builders import small_model
from tests.scoring.domain.facts.test_fact_columns import ACCOUNTS, NAMES, Event, facts_of

TODAY = 20_000
MODEL = small_model()
POSITIONS = np.arange(len(ACCOUNTS))
(ACT,) = [index for index, series in enumerate(MODEL.series) if "act" in str(series) and series.of == "count"][:1]

recent = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(TODAY - WIDTH - 40, TODAY),
        st.just(TODAY),
        st.integers(0, 1),
        st.integers(-(2**40), 2**40),
        st.sampled_from([0, 1, 2, 3, 4]),
    ),
    max_size=40,
).map(lambda some: [(a, d, k, n, v, u and 10 * u + a) for a, d, k, n, v, u in some])
"""A user belongs to one account."""


def window_of(*parts: Sequence[Event], today: int = TODAY) -> LiveWindow:
    window = LiveWindow(MODEL, today)
    for some in parts:
        window.make_room(len(ACCOUNTS), today)
        window.add(facts_of(some), POSITIONS)
    return window


def bytes_of(panel: Panel) -> tuple[bytes, ...]:
    return tuple(column.tobytes() for column in (panel.daily, panel.users, panel.users_total, panel.age_days))


def panel_at(window: LiveWindow, day: int) -> Panel:
    return window.panel(POSITIONS, day, np.full(3, 5.0), np.full(3, TODAY - 400))


@given(some=recent, cut=st.integers(0, 40), order=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_neither_order_nor_splitting_matters(some: list[Event], cut: int, order: object) -> None:
    mixed = list(some)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    assert bytes_of(panel_at(window_of(some), TODAY)) == bytes_of(panel_at(window_of(mixed[:cut], mixed[cut:]), TODAY))


@given(some=recent, ago=st.integers(0, 30))
@settings(deadline=None)
def test_a_panel_counts_what_happened_up_to_its_day(some: list[Event], ago: int) -> None:
    day = TODAY - ago
    panel = panel_at(window_of(some), day)
    reach = min(DAYS, day - (TODAY - WIDTH + WORD) + 1)
    for account in range(3):
        for back in range(reach):
            count = sum(1 for a, d, _, n, _, _ in some if (a, d, NAMES[n]) == (account, day - back, "act"))
            assert panel.daily[ACT, account, DAYS - 1 - back] == count
        for row, width in enumerate(MODEL.user_windows):
            users = {u for a, d, _, _, _, u in some if a == account and u and day - width < d <= day}
            assert panel.users[row, account] == len(users)
        users = {u for a, d, _, _, _, u in some if a == account and u and day - reach < d <= day}
        assert panel.users_total[account] == len(users)


@pytest.mark.parametrize("later", [1, WORD - 1, WORD, WORD + 1, DAYS, WIDTH, 3 * WIDTH])
def test_a_window_that_moved_on_shows_what_one_made_later_shows(later: int) -> None:
    some: list[Event] = [
        (a, TODAY - back, TODAY, 0, 5, 100 * a + back + 1) for a in range(3) for back in range(0, 140, 3)
    ]
    moved = window_of(some)
    moved.make_room(3, TODAY + later)
    fresh = window_of(some, today=TODAY + later)
    for day in (TODAY + later, TODAY + later - 1):
        assert bytes_of(panel_at(moved, day)) == bytes_of(panel_at(fresh, day))


def test_room_for_more_accounts_and_users_keeps_what_is_there() -> None:
    window = window_of([(0, TODAY, TODAY, 0, 0, 7)])
    before = bytes_of(panel_at(window, TODAY))
    window.make_room(5_000, TODAY)
    crowd: list[Event] = [(2, TODAY, TODAY, 1, 0, 1_000 + number) for number in range(3_000)]
    window.add(facts_of(crowd), np.array([0, 1, 4_999]))
    assert bytes_of(panel_at(window, TODAY)) == before
    other = window.panel(np.array([4_999]), TODAY, np.full(1, 5.0), np.full(1, TODAY))
    assert other.users_total.tolist() == [3_000.0]


def test_a_day_before_the_window_shows_nothing() -> None:
    window = window_of([(0, TODAY, TODAY, 0, 5, 7)])
    for before in (1, 6, WIDTH, 1_000):
        panel = panel_at(window, window.origin - before)
        assert not panel.daily.any() and not panel.users_total.any()
