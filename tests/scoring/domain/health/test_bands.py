"""Bands: entered at one score, left at another, and steady under repetition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.contracts.account_signal import Band
from banso_scoring.domain.health.bands import step
from banso_scoring.domain.standing import BAND_CODES, BANDS
from banso_scoring.domain.success_model import Bands

RULES = Bands(healthy_from=70, healthy_until=60, critical_below=30, critical_until=40, coverage_min=0.5)


def after(previous: Band, score: float) -> Band:
    codes = step(RULES, np.array([BAND_CODES[previous]], np.int8), np.array([score]))
    return BANDS[int(codes[0])]


@pytest.mark.parametrize(
    ("previous", "score", "band"),
    [
        (Band.UNKNOWN, 70, Band.HEALTHY),
        (Band.UNKNOWN, 69.9, Band.WATCH),
        (Band.UNKNOWN, 29.9, Band.CRITICAL),
        (Band.HEALTHY, 60, Band.HEALTHY),
        (Band.HEALTHY, 59.9, Band.WATCH),
        (Band.HEALTHY, 10, Band.CRITICAL),
        (Band.CRITICAL, 39.9, Band.CRITICAL),
        (Band.CRITICAL, 40, Band.WATCH),
        (Band.CRITICAL, 90, Band.HEALTHY),
        (Band.WATCH, 69.9, Band.WATCH),
        (Band.WATCH, 30, Band.WATCH),
        (Band.HEALTHY, np.nan, Band.UNKNOWN),
    ],
)
def test_a_band_is_left_at_another_score_than_it_was_entered_at(previous: Band, score: float, band: Band) -> None:
    assert after(previous, score) is band


@given(st.sampled_from(BANDS), st.one_of(st.just(np.nan), st.floats(0, 100)))
def test_the_same_score_again_changes_nothing(previous: Band, score: float) -> None:
    assert after(after(previous, score), score) is after(previous, score)


@given(st.sampled_from(BANDS), st.floats(0, 100), st.floats(0, 100))
def test_a_better_score_is_never_a_worse_band(previous: Band, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert BAND_CODES[after(previous, low)] <= BAND_CODES[after(previous, high)]
