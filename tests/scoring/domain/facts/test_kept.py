"""What is kept of the days is what the days say, whatever came in between."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.live import WIDTH, LiveWindow
from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.facts.windows import Newest, last, readings, weigh
from tests.scoring.domain.facts.test_fact_columns import Event, facts_of
from tests.scoring.domain.facts.test_live import ACT, MODEL, POSITIONS, TODAY, panel_at, recent, window_of

ROLE = MODEL.roles.attempt
steps = st.lists(st.tuples(recent, st.integers(TODAY - 80, TODAY + 80)), max_size=5)


def said_by(panel: Panel) -> list[bytes]:
    windows = weigh(MODEL, panel)
    found = [windows.of(series, reading) for series, some in readings(MODEL).items() for reading in some]
    return [column.tobytes() for column in (*found, panel.users, panel.users_total)]


@given(steps=steps)
@settings(deadline=None)
def test_reading_in_between_changes_nothing_that_is_read_later(steps: list[tuple[list[Event], int]]) -> None:
    window = LiveWindow(MODEL, TODAY)
    for number, (some, day) in enumerate(steps):
        window.make_room(3, day)
        window.add(facts_of(some), POSITIONS)
        fresh = LiveWindow(MODEL, TODAY)
        for earlier, passed in steps[: number + 1]:
            fresh.make_room(3, passed)
            fresh.add(facts_of(earlier), POSITIONS)
        assert said_by(panel_at(window, day)) == said_by(panel_at(fresh, day))
        assert said_by(panel_at(window, day)) == said_by(panel_at(fresh, day)), "once more, now that it is kept"


def test_two_panels_of_different_days_stand_side_by_side() -> None:
    window = window_of([(0, TODAY, TODAY, 0, 0, 7), (0, TODAY - 1, TODAY, 0, 0, 8)])
    today, yesterday = panel_at(window, TODAY), panel_at(window, TODAY - 1)
    assert weigh(MODEL, today).of(ROLE, last(DAYS))[0] == 2
    assert weigh(MODEL, yesterday).of(ROLE, last(DAYS))[0] == 1
    assert today.users_total[0] == 2


def test_a_few_accounts_in_any_order_are_read_as_all_are() -> None:
    window = window_of([(account, TODAY - account, TODAY, 0, 0, 0) for account in (0, 1, 1, 2)])
    whole = panel_at(window, TODAY)
    for some in ([2, 0], [1, 2], [1], []):
        picked = np.array(some, np.int64)
        part = window.panel(picked, TODAY, np.full(len(some), 5.0), np.full(len(some), TODAY - 400))
        for panel in (part, whole.take(picked)):
            for reading in (last(DAYS), Newest()):
                found = weigh(MODEL, panel).of(ACT, reading)
                assert found.tolist() == weigh(MODEL, whole).of(ACT, reading)[picked].tolist()


def test_what_is_read_again_is_not_worked_out_again_until_a_fact_of_the_account_comes() -> None:
    window = window_of([(account, TODAY, TODAY, 0, 0, 0) for account in range(3)])
    kept = window.kept
    panel_at(window, TODAY)
    assert kept.missing(POSITIONS, TODAY).tolist() == []
    window.add(facts_of([(1, TODAY, TODAY, 0, 0, 0)]), POSITIONS)
    assert kept.missing(POSITIONS, TODAY).tolist() == [1]
    assert kept.missing(POSITIONS, TODAY + 1).tolist() == [0, 1, 2]


def test_of_a_day_that_the_window_does_not_show_whole_nothing_is_kept() -> None:
    window = window_of([(0, TODAY, TODAY, 0, 0, 0)])
    for day in (window.origin + DAYS - 2, window.origin + WIDTH):
        panel_at(window, day)
        assert window.kept.missing(POSITIONS, day).tolist() == [0, 1, 2]
