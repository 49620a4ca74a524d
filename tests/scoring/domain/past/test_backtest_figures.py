"""The figures of a backtest, against their definitions written out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_scoring.domain.past.backtest_figures import Bools, Floats, auc, auc_estimates, brier, calibration, lift, top
from banso_scoring.domain.past.backtest_probability import curve_of, rising, rolling

people = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=40)


def columns(some: list[tuple[bool, int]]) -> tuple[Bools, Floats]:
    return np.array([left for left, _ in some]), np.array([risk for _, risk in some], np.float64)


@given(some=people)
def test_auc_is_how_often_one_who_left_was_held_riskier_than_one_who_stayed(some: list[tuple[bool, int]]) -> None:
    leavers, stayers = ([risk for left, risk in some if left is wanted] for wanted in (True, False))
    found = auc(*columns(some))
    if not leavers or not stayers:
        assert np.isnan(found)
        return
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(leavers, stayers)]
    assert found == pytest.approx(sum(wins) / len(wins))


@given(some=people, count=st.integers(0, 50))
def test_the_riskiest_are_as_many_as_asked_and_equal_risks_share_the_border(
    some: list[tuple[bool, int]], count: int
) -> None:
    _, risk = columns(some)
    picked = top(risk, count)
    assert picked.sum() == pytest.approx(min(count, len(risk)))
    for value in np.unique(risk):
        assert len(np.unique(picked[risk == value])) == 1
    assert (np.diff(picked[np.argsort(risk)]) >= 0).all()


def test_the_lift_of_a_perfect_ranking_is_the_largest_there_can_be_and_that_of_none_is_one() -> None:
    left = np.arange(100) < 10
    assert lift(left, left.astype(float)) == pytest.approx(10.0)
    assert lift(left, np.zeros(100)) == pytest.approx(1.0)


def test_an_interval_holds_the_truth_and_is_the_same_each_time() -> None:
    rng = np.random.default_rng(17)
    left = rng.random(3_000) < 0.2
    good, noise = left + rng.normal(0, 1, 3_000), rng.random(3_000)
    found = auc_estimates(left, {"noise": noise, "good": good}, np.arange(3_000))
    again = auc_estimates(left, {"noise": noise, "good": good}, np.arange(3_000))
    assert found == again
    assert found["good"].low < 0.7602 < found["good"].high, "P(N(1,1) > N(0,1))"
    assert found["noise"].low < 0.5 < found["noise"].high
    assert 0.02 < found["good"].high - found["good"].low < 0.06
    assert found["good - noise"].low > 0


def test_rows_of_one_account_are_drawn_together_so_that_repeating_them_narrows_nothing() -> None:
    rng = np.random.default_rng(8)
    left = rng.random(300) < 0.3
    risk = left + rng.normal(0, 1, 300)
    once = auc_estimates(left, {"it": risk}, np.arange(300))["it"]
    tenfold = auc_estimates(np.tile(left, 10), {"it": np.tile(risk, 10)}, np.tile(np.arange(300), 10))["it"]
    assert tenfold.low == pytest.approx(once.low)
    assert tenfold.high == pytest.approx(once.high)


@given(values=st.lists(st.floats(-5, 5), min_size=1, max_size=20))
def test_a_rising_fit_rises_and_keeps_the_mean_and_leaves_what_rises(values: list[float]) -> None:
    some = np.array(values)
    fit = rising(some, np.ones(len(some)))
    assert (np.diff(fit) >= -1e-9).all()
    assert fit.mean() == pytest.approx(some.mean(), abs=1e-9)
    assert rising(np.sort(some), np.ones(len(some))).tolist() == np.sort(some).tolist()


def test_probabilities_fit_what_comes_where_the_past_was_alike() -> None:
    rng = np.random.default_rng(9)
    risk = rng.random(20_000)
    left = rng.random(20_000) < 0.3 * risk
    curve = curve_of(left[:10_000], risk[:10_000])
    said, came = curve.at(risk[10_000:]), left[10_000:]
    for row in calibration(came, said):
        assert row.said == pytest.approx(row.came, abs=0.04)
    assert brier(came, said) < brier(came, np.full(10_000, came.mean()))


def test_a_probability_reads_no_outcome_that_was_not_known_on_its_day() -> None:
    day = np.repeat([0, 30, 60, 90], 50)
    rng = np.random.default_rng(10)
    risk, left = rng.random(200), rng.random(200) < 0.5
    everyone = np.ones(200, np.bool_)
    said = rolling(day, left, risk, (60, everyone))
    assert np.isnan(said[day < 60]).all()
    changed = left.copy()
    changed[day >= 30] = ~changed[day >= 30]
    again = rolling(day, changed, risk, (60, everyone))
    assert again[day == 60].tolist() == said[day == 60].tolist()
    assert again[day == 90].tolist() != said[day == 90].tolist()
