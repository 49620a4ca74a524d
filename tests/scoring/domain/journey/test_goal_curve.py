"""What a goal would have done: who passes when, the landmark, and the curve over thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring.domain.journey.goal_curve import (
    NEVER,
    Followed,
    Question,
    Reading,
    curve,
    judge,
    pass_days,
    reach,
    thresholds,
)

ASK = Question(dwell_days=2, landmark_days=10, follow_days=10)


def followed(ended: list[int], seen: int = 100) -> Followed:
    n = len(ended)
    return Followed(np.full(n, seen), np.array(ended, np.int64), np.full(n, NEVER), np.full(n, np.nan))


def test_a_goal_passes_on_the_last_of_its_days_in_a_row() -> None:
    held = np.array([[0, 1, 0, 1, 1, 1], [1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 1, 0]], np.bool_)
    assert pass_days(held, 2).tolist() == [4, 1, NEVER]
    assert pass_days(held, 7).tolist() == [NEVER] * 3


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=12, max_size=12), min_size=1, max_size=5),
    st.booleans(),
)
def test_reach_says_of_every_threshold_who_passes_it_by_the_landmark(
    rows: list[list[int | None]], at_least: bool
) -> None:
    values = np.array([[np.nan if v is None else v for v in row] for row in rows], np.float64)
    others = np.ones(values.shape, np.bool_)
    reached = reach(values, others, at_least, ASK)
    for threshold in range(6):
        held = values >= threshold if at_least else values <= threshold
        passes = pass_days(held, ASK.dwell_days) <= ASK.landmark_days
        within = reached >= threshold if at_least else reached <= threshold
        assert np.array_equal(passes, within)


def test_who_left_before_the_landmark_is_in_neither_group() -> None:
    """No immortal time: the early leavers never could pass, and would make passing look good."""
    early, late, stays = 5, 15, NEVER
    passed_on = np.array([NEVER] * 30 + [NEVER] * 10 + [3] * 10)
    ended = [early] * 30 + [late] * 5 + [stays] * 5 + [late] * 5 + [stays] * 5
    point = judge(passed_on, followed(ended), ASK)
    assert (point.kept.churned.count, point.kept.churned.of) == (5, 10)
    assert (point.passed.churned.count, point.passed.churned.of) == (5, 10)
    assert point.less_churn.value == 0
    assert (point.passing.count, point.passing.of) == (10, 50), "but they count as not having passed"


def test_who_passes_after_the_landmark_counts_as_kept() -> None:
    point = judge(np.array([10, 11]), followed([NEVER, NEVER]), ASK)
    assert (point.passed.churned.of, point.kept.churned.of) == (1, 1)
    assert point.days == (10, 10, 10)


def test_who_was_not_seen_long_enough_is_not_counted_whatever_became_of_them() -> None:
    point = judge(
        np.array([3, 3, 3]),
        Followed(np.array([9, 19, 20]), np.array([9, 15, 15]), np.full(3, NEVER), np.full(3, np.nan)),
        ASK,
    )
    assert point.passing.of == 2
    assert (point.passed.churned.count, point.passed.churned.of) == (1, 1)


def test_what_happens_after_the_days_of_comparison_is_left_out() -> None:
    point = judge(np.array([3, 3, 3]), followed([20, 21, NEVER]), ASK)
    assert point.passed.churned.count == 1


def made(n: int = 600, seed: int = 5) -> tuple[np.ndarray, Followed]:
    """Accounts whose metric rises to a level of their own; below a level of 4 half of them leave, above few do."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(0, 10, n)
    values = np.minimum(level[:, None], 2.0 * np.arange(40)[None, :])
    leaves = rng.random(n) < np.where(level < 4, 0.5, 0.05)
    return values, followed(np.where(leaves, 15, NEVER).tolist())


def test_too_low_and_too_high_are_both_seen_on_one_curve_and_the_truth_lies_between() -> None:
    values, fates = made()
    points, best = curve(values, np.ones(values.shape, np.bool_), True, fates, ASK)
    assert points[0].reading is Reading.TOO_LOW and points[-1].reading in {Reading.TOO_HIGH, Reading.TOO_FEW}
    shares = [point.passing.interval.value for point in points]
    assert shares == sorted(shares, reverse=True)
    assert best is not None and points[best].threshold == pytest.approx(4, abs=0.6)
    assert points[best].less_churn.low > 0.3


def test_a_metric_that_says_nothing_has_no_best_threshold() -> None:
    values, fates = made()
    shuffled = np.random.default_rng(1).permutation(values)
    points, best = curve(shuffled, np.ones(values.shape, np.bool_), True, fates, ASK)
    telling = [point for point in points if point.reading is Reading.TELLS]
    assert len(telling) <= 2
    assert best is None or points[best].less_churn.value < 0.2


def test_at_most_goes_from_the_easiest_down() -> None:
    values, fates = made()
    points, _ = curve(10 - values, np.ones(values.shape, np.bool_), False, fates, ASK)
    assert [point.threshold for point in points] == sorted((point.threshold for point in points), reverse=True)
    assert points[0].passing.interval.value > points[-1].passing.interval.value


def test_thresholds_are_where_accounts_differ_and_no_more_than_people_read() -> None:
    assert thresholds(np.array([3.0, 1.0, np.nan, 3.0]), True) == [1.0, 3.0]
    assert len(thresholds(np.arange(1_000.0), True)) <= 25
    assert thresholds(np.array([np.nan]), True) == []
