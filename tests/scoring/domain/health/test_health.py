"""Health: a worked example, its bounds, and what absence may and may not do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.health.health import score
from tests.scoring.domain.builders import small_model

MODEL = small_model()
INDEX = MODEL.metric_index
numbers = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6))
columns = arrays(np.float64, (len(MODEL.metrics), 4), elements=numbers)
WORST = {"since": 1e9, "acts": 0.0, "error_rate": 1e9, "rating": 0.0, "breadth": 0.0, "trouble": 1e9}


def account(**values: float) -> Floats:
    column = np.full((len(MODEL.metrics), 1), np.nan)
    for name, value in values.items():
        column[INDEX[name], 0] = value
    return column


def test_a_written_out_account() -> None:
    # use: (since 7 -> .75, acts 5 -> .5) = .625 of weight 3; smooth: error_rate .1 -> .8, two thirds of weight 1
    found = score(MODEL, account(since=7, acts=5, error_rate=0.1))
    assert found.coverage == pytest.approx((3 + 2 / 3) / 5)
    assert found.score == pytest.approx(100 * (3 * 0.625 + 2 / 3 * 0.8) / (3 + 2 / 3))
    assert found.dimensions[:2, 0] == pytest.approx([62.5, 80])
    assert np.isnan(found.dimensions[2, 0])


def test_with_too_little_evidence_the_score_is_not_known() -> None:
    found = score(MODEL, account(rating=10))
    assert np.isnan(found.score[0])
    assert found.coverage == pytest.approx(0.2)


@given(columns)
def test_scores_and_coverages_keep_their_bounds(metrics: Floats) -> None:
    found = score(MODEL, metrics)
    known = ~np.isnan(found.score)
    assert ((found.score[known] >= 0) & (found.score[known] <= 100)).all()
    assert ((found.coverage >= 0) & (found.coverage <= 1)).all()
    assert (found.coverage[known] >= MODEL.bands.coverage_min).all()


@given(columns, st.sampled_from(sorted(WORST)))
def test_an_absent_metric_lowers_coverage_and_is_never_worse_than_its_worst_value(metrics: Floats, name: str) -> None:
    absent, worst = metrics.copy(), metrics.copy()
    absent[INDEX[name]], worst[INDEX[name]] = np.nan, WORST[name]
    without, with_worst = score(MODEL, absent), score(MODEL, worst)
    assert (without.coverage <= with_worst.coverage + 1e-12).all()
    both = ~np.isnan(without.score) & ~np.isnan(with_worst.score)
    assert (without.score[both] >= with_worst.score[both] - 1e-9).all()


@given(columns, st.permutations(range(4)))
def test_accounts_do_not_see_each_other(metrics: Floats, order: list[int]) -> None:
    assert np.array_equal(score(MODEL, metrics).score[order], score(MODEL, metrics[:, order]).score, equal_nan=True)
