"""How long a feed may be quiet follows from how it was heard, whatever the order and the batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS
from banso_scoring.domain.feeds.rhythm import (
    FAR,
    GONE_MS,
    HOURS_KEPT,
    PATIENCE_MIN_MS,
    SETTLE_MAX_MS,
    SETTLE_MS,
    UNJUDGED_MS,
    YOUNG_PATIENCE_MS,
    Heard,
    Rhythm,
    beaten,
    gap_hours,
    heard,
    is_gone,
    known_until,
    merged,
    patience_ms,
    pause_of,
    until,
)
from banso_scoring.domain.feeds.widening import between

MONDAY_AT = 4 * DAY_MS + 2_800 * 7 * DAY_MS


def at(day: int, hour: float) -> int:
    return MONDAY_AT + day * DAY_MS + round(hour * HOUR_MS)


def of(instants: Iterable[int]) -> Rhythm:
    received = np.array(sorted(instants), np.int64)
    return heard(received, received).rhythm


def working_hours(days: Iterable[int], hours: Iterable[int] = range(8, 18)) -> list[int]:
    return [at(day, hour + 0.25) for day in days for hour in hours]


WEEKDAYS = [day for day in range(28) if day % 7 < 5]
OFFICE = of(working_hours(WEEKDAYS))
"""Heard from Monday to Friday, 8 to 18, for four weeks; last on a Friday at 17:15."""


def test_an_office_s_feed_may_be_quiet_over_the_weekend_and_is_missed_within_the_first_hours_of_monday() -> None:
    assert gap_hours(OFFICE) == 63
    assert patience_ms(OFFICE) == 8 * DAY_MS - 17.25 * HOUR_MS, "who rests every week may rest for a whole one"
    assert until(OFFICE) == at(28, 9)
    assert known_until(OFFICE, at(28, 9)) == FAR
    assert known_until(OFFICE, at(28, 12)) == at(28, 9)


def test_one_that_dies_at_noon_of_a_working_day_is_believed_to_the_end_of_the_next_hour() -> None:
    assert until(of([*working_hours(WEEKDAYS), *working_hours([28], range(8, 12))])) == at(28, 13)


def test_one_that_is_heard_day_and_night_may_be_quiet_for_six_hours() -> None:
    steady = of(at(0, hour) for hour in range(24 * 10))
    assert patience_ms(steady) == PATIENCE_MIN_MS
    assert until(steady) == at(9, 23) + 2 * HOUR_MS


def test_until_it_is_known_for_a_week_a_feed_may_be_quiet_for_three_days() -> None:
    assert patience_ms(of(working_hours(range(6)))) == YOUNG_PATIENCE_MS
    assert patience_ms(of([at(0, 9)])) == YOUNG_PATIENCE_MS


def test_in_its_first_week_it_is_missed_in_the_hours_in_which_it_was_heard_the_days_before() -> None:
    assert until(of([at(0, 9)])) == at(1, 10)
    assert until(of(working_hours(range(3)))) == at(3, 9)


def test_a_feed_that_is_heard_once_a_week_is_not_missed_in_between() -> None:
    some, many = (of(at(7 * week, 3) for week in range(count)) for count in (5, 13))
    assert some.is_rare
    assert patience_ms(some) > UNJUDGED_MS
    assert until(many) == at(7 * 13 + 4, 0)


def test_one_outage_does_not_become_what_is_usual() -> None:
    days = [day for day in range(-7, 28) if not 10 <= day < 16]
    assert gap_hours(of(working_hours(days))) == 15
    assert gap_hours(of(working_hours(day for day in days if day >= 5))) == 7 * 24 - 9


def test_what_somebody_says_stands_before_what_the_rhythm_says() -> None:
    assert patience_ms(OFFICE, MINUTE_MS) == MINUTE_MS
    assert until(OFFICE, MINUTE_MS) == at(25, 17.25) + MINUTE_MS


def test_heartbeats_shorten_the_wait_and_when_they_end_while_events_come_they_count_for_nothing() -> None:
    beats = beaten([at(28, 9) + n * MINUTE_MS for n in range(60)]).rhythm
    both = merged(OFFICE, beats)
    assert (len(both.beats), both.beats_ms) == (16, MINUTE_MS)
    assert patience_ms(both) == 3 * MINUTE_MS
    assert until(both) == at(28, 10) + 2 * MINUTE_MS
    assert patience_ms(merged(both, of([at(28, 10.03)]))) == 3 * MINUTE_MS
    assert merged(both, of([at(28, 11)])).beats_ms is None
    assert beaten([1, 2]).rhythm.beats_ms is None


def test_the_shortest_wait_for_a_heartbeat_is_two_minutes() -> None:
    assert patience_ms(beaten([1_000 * n for n in range(9)]).rhythm) == 2 * MINUTE_MS


def test_what_lies_in_the_future_proves_nothing() -> None:
    received = np.array([at(0, 9)])
    assert heard(received + DAY_MS, received).rhythm.newest_at == at(0, 9)


def test_after_four_weeks_a_feed_is_gone() -> None:
    assert not is_gone(OFFICE, OFFICE.alive_at + GONE_MS)
    assert is_gone(OFFICE, OFFICE.alive_at + GONE_MS + 1)


instants = st.lists(st.integers(at(0, 0), at(60, 0)), min_size=1, max_size=30)


@given(instants, st.data())
def test_order_and_batches_do_not_matter(received: list[int], data: st.DataObject) -> None:
    order = data.draw(st.permutations(received))
    cuts = sorted(data.draw(st.lists(st.integers(1, len(received)), max_size=4)))
    parts = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True) if a < b]
    assert reduce(merged, [of(part) for part in parts]) == of(received)


@given(instants)
def test_the_hours_are_those_in_which_it_was_heard(received: list[int]) -> None:
    found, top = of(received), max(received) // HOUR_MS
    hours = {top - one // HOUR_MS for one in received if top - one // HOUR_MS < HOURS_KEPT}
    assert {place for place in range(HOURS_KEPT) if found.hours >> place & 1} == hours


@given(instants)
def test_a_quiet_that_is_believed_never_outlasts_the_patience(received: list[int]) -> None:
    found = of(received)
    assert found.alive_at < until(found) <= found.alive_at + patience_ms(found)


def resumed(before: Rhythm, now: int, *, belated: bool = False) -> Rhythm:
    new = heard(np.array([now - (DAY_MS if belated else 0)]), np.array([now]))
    return replace(merged(before, new.rhythm), pause=pause_of(new, before, now))


def test_one_that_was_missed_is_believed_again_ten_minutes_after_it_spoke() -> None:
    again = resumed(OFFICE, at(28, 12))
    assert known_until(again, at(28, 12) + SETTLE_MS - 1) == at(28, 9)
    assert known_until(again, at(28, 12) + SETTLE_MS) == FAR


def test_and_as_long_as_belated_events_come_but_not_for_ever() -> None:
    now = at(28, 12)
    again = resumed(OFFICE, now)
    while now + 5 * MINUTE_MS + SETTLE_MS < at(28, 12) + SETTLE_MAX_MS:
        now += 5 * MINUTE_MS
        again = resumed(again, now, belated=True)
        assert known_until(again, now + SETTLE_MS - 1) == at(28, 9)
    assert known_until(again, at(28, 12) + SETTLE_MAX_MS) == FAR


def test_one_that_was_not_missed_or_was_gone_needs_no_pause() -> None:
    assert resumed(OFFICE, at(28, 8.5)).pause is None
    assert resumed(OFFICE, OFFICE.alive_at + GONE_MS + HOUR_MS).pause is None


def test_a_heartbeat_alone_ends_no_pause_before_what_was_left_unsent_is_read() -> None:
    now = at(28, 12)
    beat = Heard(beaten([now]).rhythm)
    assert pause_of(beat, OFFICE, now) is not None


def test_a_heartbeat_that_was_made_a_minute_after_the_last_belated_event_ends_a_pause() -> None:
    now = at(28, 12)
    again = resumed(OFFICE, now, belated=True)
    soon, later = (merged(again, beaten([now + ms]).rhythm) for ms in (MINUTE_MS - 1, MINUTE_MS))
    assert known_until(soon, now + 2 * MINUTE_MS) == at(28, 9)
    assert known_until(later, now + 2 * MINUTE_MS) == FAR
    lied = resumed(later, now + 3 * MINUTE_MS, belated=True)
    assert known_until(lied, now + 3 * MINUTE_MS) == at(28, 9), "what came later yet is waited for again"


def test_what_told_of_its_past_alone_is_not_expected_to_go_on() -> None:
    past = np.array([at(day, 9) for day in range(300)])
    uploaded = heard(past, np.full(300, at(300, 9.9)))
    twice = merged(uploaded.rhythm, heard(past + DAY_MS, np.full(300, at(340, 9.9))).rhythm)
    assert not uploaded.rhythm.goes_on
    assert not twice.goes_on, "another upload, after it was gone"
    assert merged(uploaded.rhythm, of([at(300, hour) for hour in (10.5, 11.5, 12.5)])).goes_on
    assert not of([at(300, 9.1), at(300, 9.9)]).goes_on
    assert beaten([at(300, 9) + n for n in range(3)]).rhythm.goes_on
    nightly = [heard(np.array([at(day - 1, 12)]), np.array([at(day, 3)])).rhythm for day in range(4)]
    assert [nightly[0].goes_on, reduce(merged, nightly).goes_on] == [False, True]


@pytest.mark.parametrize(("days", "reach"), [(0.0, 0.0), (1.0, 3.92), (4.0, 7.84)])
def test_a_score_without_a_history_may_move_two_points_a_day(days: float, reach: float) -> None:
    low, high = between(50.0, [], days)
    assert (round(low, 2), round(high, 2)) == (50 - reach, 50 + reach)


def test_the_interval_widens_with_the_days_and_with_how_much_the_account_moved() -> None:
    calm, wild = [(day, 50.0) for day in range(60)], [(day, 50.0 + 20 * (day % 2)) for day in range(60)]
    assert between(50, calm, 4)[1] < between(50, [], 4)[1] < between(50, wild, 1)[1] < between(50, wild, 4)[1]
    assert between(99, wild, 9) == pytest.approx((between(99, wild, 9)[0], 100.0))
    assert between(1, wild, 9)[0] == 0.0
