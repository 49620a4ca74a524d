"""The journey: dwell in days, optional phases, falling back, stall, progress."""

from __future__ import annotations

import numpy as np
import pytest

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.journey.journey import Journey, step
from banso_scoring.domain.standing import NO_DAY, Standing
from tests.scoring.domain.builders import small_model

MODEL = small_model()
START, TRIAL, RUN, RENEW = range(4)


def metrics(**values: float) -> Floats:
    columns = np.full((len(MODEL.metrics), 1), np.nan)
    for name, value in values.items():
        columns[MODEL.metric_index[name]] = value
    return columns


def standing(phase: int = START, entered: int = 100, goal_since: int = NO_DAY, lapse_since: int = NO_DAY) -> Standing:
    found = Standing.new(1)
    found.phase[:], found.entered_day[:] = phase, entered
    found.goal_since[:], found.lapse_since[:] = goal_since, lapse_since
    return found


def walk(previous: Standing, today: int, **values: float) -> Journey:
    day = np.array([today], np.int32)
    return step(MODEL, previous, metrics(**values), day, day - 10)


def closed(journey: Journey) -> Standing:
    found = Standing.new(len(journey.phase))
    for name in ("phase", "entered_day", "goal_since", "lapse_since"):
        getattr(found, name)[:] = getattr(journey, name)
    return found


def test_a_new_account_entered_its_first_phase_on_the_day_of_its_first_fact() -> None:
    assert walk(Standing.new(1), 200).entered_day == [190]


def test_a_goal_passes_on_only_after_its_dwell_and_by_one_phase_a_day() -> None:
    at, phases = standing(), []
    for day in (200, 201, 202, 203):
        journey = walk(at, day, acts=50, error_rate=0)
        phases.append(int(journey.phase[0]))
        at = closed(journey)
    assert phases == [START, START, RUN, RENEW]


def test_evaluating_a_day_again_counts_no_further_day() -> None:
    yesterday = closed(walk(standing(), 200, acts=9))
    again = [walk(yesterday, 201, acts=9) for _ in range(5)]
    assert not any(journey.passed[0] for journey in again)
    assert {int(journey.goal_since[0]) for journey in again} == {200}


def test_a_day_below_the_goal_begins_the_dwell_anew() -> None:
    yesterday = closed(walk(standing(goal_since=199), 200, acts=1))
    assert yesterday.goal_since == [NO_DAY]
    assert not walk(yesterday, 201, acts=9).passed[0]


def test_days_without_an_evaluation_count_as_long_as_the_goal_still_holds() -> None:
    assert walk(standing(goal_since=200), 202, acts=9).passed[0]


def test_an_optional_phase_is_entered_only_when_its_conditions_hold() -> None:
    due = standing(goal_since=190)
    assert walk(due, 200, acts=9).phase == [RUN]
    assert walk(due, 200, acts=9, users=99).phase == [RUN]
    assert walk(due, 200, acts=9, users=100).phase == [TRIAL]


def test_the_last_phase_leads_where_it_says() -> None:
    assert walk(standing(RENEW), 200, renewal=300).phase == [RUN]


def test_falling_back_takes_its_days_too_and_a_goal_reached_comes_first() -> None:
    first = walk(standing(RUN), 200, since=25)
    assert not first.fell_back[0]
    second = walk(closed(first), 201, since=25)
    assert second.fell_back[0]
    assert second.phase == [START]
    assert second.entered_day == [201]
    assert walk(closed(first), 201, since=25, acts=50, error_rate=0).phase == [RENEW]


def test_an_account_stalls_when_it_stays_too_long_and_its_goal_is_not_met() -> None:
    assert not walk(standing(entered=100), 130, acts=1).stalled[0]
    assert walk(standing(entered=100), 131, acts=1).stalled[0]
    assert not walk(standing(entered=100), 131, acts=9).stalled[0]
    assert not walk(standing(RUN, entered=100), 900, acts=1).stalled[0]


def test_progress_says_how_near_each_condition_is_and_what_blocks() -> None:
    journey = walk(standing(RUN), 200, acts=5, error_rate=0.4)
    assert journey.progress[:, 0] == pytest.approx([0.25, 0.25])
    assert not journey.met.any()
    half = walk(standing(RUN), 200, acts=40)
    assert half.progress[0, 0] == 1
    assert np.isnan(half.progress[1, 0])
    assert half.met[:, 0].tolist() == [True, False]
    assert np.isnan(walk(standing(START), 200, acts=1).progress[1, 0])


def test_nobody_enters_a_phase_that_would_be_fallen_back_from_at_once() -> None:
    due = standing(goal_since=190)
    barred = walk(due, 200, acts=9, since=25)
    assert barred.phase == [START] and barred.barred[0] and barred.met[0, 0]
    assert barred.goal_since == [NO_DAY], "the days of dwell begin when the way is open"
    assert walk(standing(entered=100), 131, acts=9, since=25).stalled[0]
    opened = walk(closed(barred), 201, acts=9, since=0)
    assert opened.goal_since == [201] and not opened.barred[0]


def test_a_journey_says_where_the_account_came_from_and_since_when_it_was_there() -> None:
    passed = walk(standing(goal_since=190, entered=150), 200, acts=9)
    assert (passed.came_from[0], passed.since_day[0], passed.phase[0]) == (START, 150, RUN)
    stayed = walk(standing(entered=150), 200, acts=1)
    assert (stayed.came_from[0], stayed.since_day[0], stayed.phase[0]) == (START, 150, START)
