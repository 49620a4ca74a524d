"""The estimate of when an account passes: slope, interval, and the reasons for saying nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.journey.estimate import (
    POINTS,
    REASONS,
    SAID,
    Estimates,
    Unsaid,
    back_days,
    estimate,
    theil_sen,
)
from tests.scoring.domain.builders import small_model

MODEL = small_model()
START, _, RUN, RENEW = MODEL.journey
WEEKS = -np.array(back_days()) / 7.0


def line(now: float, per_week: float) -> Floats:
    return now + per_week * WEEKS


def of(phase: object = START, *values: Floats, held: float = 0.0) -> Estimates:
    columns = np.stack(values)[:, :, None] if values else np.zeros((0, POINTS, 1))
    return estimate(phase, MODEL.metrics, columns, np.array([held]))  # type: ignore[arg-type]


def reason(found: Estimates) -> Unsaid | None:
    return None if found.reason[0] == SAID else REASONS[found.reason[0]]


def test_a_straight_line_reaches_its_target_where_it_does() -> None:
    found = of(START, line(3, 0.5))
    assert reason(found) is None
    assert found.days == [28 + START.dwell_days - 1]
    assert found.days_low == found.days_high == found.days


def test_one_wild_value_does_not_move_the_slope() -> None:
    values = line(3, 0.5)
    wild = values.copy()
    wild[4] = 400
    assert of(START, wild).slopes[0].slope == pytest.approx(of(START, values).slopes[0].slope)


def test_a_goal_that_holds_needs_only_the_rest_of_its_days() -> None:
    assert of(START, line(9, 0), held=1).days == [2]
    assert of(START, line(9, 0), held=3).days == [0]


def test_of_several_conditions_the_slowest_counts_and_is_named() -> None:
    found = of(RUN, line(18, 1), line(0.2, -0.01))
    assert found.days == [70]
    assert found.condition == [1]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (line(3, -0.5), Unsaid.MOVING_AWAY),
        (line(3, 0), Unsaid.NOT_MOVING),
        (3 + np.array([0, 1, 0, 1, 0, 1, 0, 1, 0.0]), Unsaid.NOT_MOVING),
        (line(3, 0.001), Unsaid.TOO_FAR),
        (np.where(WEEKS < -3, np.nan, line(3, 0.5)), Unsaid.TOO_LITTLE_DATA),
        (np.where(WEEKS == 0, np.nan, line(3, 0.5)), Unsaid.NO_EVIDENCE),
    ],
)
def test_what_cannot_be_said_has_its_reason(values: Floats, said: Unsaid) -> None:
    found = of(START, values)
    assert reason(found) is said
    assert np.isnan(found.days[0]) and np.isnan(found.days_high[0])


def test_a_phase_without_a_goal_and_a_barred_account_are_told_apart() -> None:
    assert reason(of(replace(START, goal=()))) is Unsaid.NO_GOAL
    assert reason(of(START, line(9, 0), held=np.nan)) is Unsaid.BARRED


def test_a_clock_is_exact() -> None:
    found = theil_sen((100 - 7 * WEEKS)[:, None] * -1, 1)
    assert found.slope == found.low == found.high == [1.0]


def test_windows_that_overlap_widen_the_interval() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(POINTS, 500)) + WEEKS[:, None]
    apart, over = theil_sen(values, 1), theil_sen(values, 28)
    assert (over.high - over.low >= apart.high - apart.low).all()
    assert np.median(over.high - over.low) > 1.3 * np.median(apart.high - apart.low)


@pytest.mark.parametrize("overlap", [1, 28])
def test_the_interval_holds_the_true_slope_as_often_as_it_says(overlap: int) -> None:
    """Sums over `overlap` days of independent noise about a line: the truth lies within in about 8 of 10."""
    rng = np.random.default_rng(7)
    n, days = 4_000, POINTS * 7 + overlap
    noise = rng.normal(size=(days, n))
    sums = np.cumsum(np.vstack([np.zeros((1, n)), noise]), axis=0)
    window = sums[overlap:] - sums[:-overlap]
    taken = window[[len(window) - 1 - back for back in back_days()]] / np.sqrt(overlap)
    found = theil_sen(taken + 0.3 * WEEKS[:, None], overlap)
    covered = ((found.low <= 0.3 / 7) & (found.high >= 0.3 / 7)).mean()
    assert 0.76 <= covered <= 0.93


@pytest.mark.parametrize("a_week", [0.5, 1.0, 3.0])
def test_of_running_totals_too_the_interval_holds_the_truth_about_as_often_as_it_says(a_week: float) -> None:
    """A window longer than the weeks that are looked at: what comes in adds up, and nothing leaves."""
    came = np.random.default_rng(1).poisson(a_week / 7, size=(57, 4_000)).astype(np.float64)
    totals = np.cumsum(came, axis=0)[[56 - back for back in back_days()]]
    found = theil_sen(totals, 126)
    covered = ((found.low <= a_week / 7) & (found.high >= a_week / 7)).mean()
    assert 0.76 <= covered <= 0.95


def test_columns_are_worked_out_each_for_itself() -> None:
    rng = np.random.default_rng(11)
    values = rng.normal(3, 1, size=(1, POINTS, 40)).cumsum(axis=1) / 3
    values[0, :3, ::4] = np.nan
    together = estimate(START, MODEL.metrics, values, np.zeros(40))
    for i in range(40):
        alone = estimate(START, MODEL.metrics, values[:, :, i : i + 1], np.zeros(1))
        assert np.array_equal(alone.days[0], together.days[i], equal_nan=True)
        assert alone.reason[0] == together.reason[i]
