"""Intervals against values that were published or worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from banso_scoring.domain.past.intervals import difference, difference_of_means, ratio, share


def test_wilsons_interval_is_that_of_newcombes_examples() -> None:
    """Newcombe (1998), Statistics in Medicine 17:857, table I, method 3."""
    assert share(81, 263).interval.low == pytest.approx(0.2553, abs=5e-5)
    assert share(81, 263).interval.high == pytest.approx(0.3662, abs=5e-5)
    assert share(0, 20).interval.low == 0.0
    assert share(0, 20).interval.high == pytest.approx(0.1611, abs=5e-5)
    assert share(29, 29).interval.low == pytest.approx(0.8830, abs=5e-5)


def test_the_difference_of_shares_is_that_of_newcombes_examples() -> None:
    """Newcombe (1998), Statistics in Medicine 17:873, table II, method 10."""
    found = difference(share(56, 70), share(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    found = difference(share(9, 10), share(3, 10))
    assert (found.low, found.high) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    found = difference(share(10, 10), share(0, 20))
    assert (found.low, found.high) == pytest.approx((0.6791, 1.0), abs=5e-5)


def test_the_ratio_of_shares_is_katzs() -> None:
    found = ratio(share(20, 100), share(10, 100))
    half = 1.959964 * math.sqrt(1 / 20 - 1 / 100 + 1 / 10 - 1 / 100)
    assert found.low == pytest.approx(2 * math.exp(-half)) and found.high == pytest.approx(2 * math.exp(half))
    assert math.isfinite(ratio(share(0, 10), share(5, 10)).high)


def test_of_nobody_nothing_is_known() -> None:
    assert math.isnan(share(0, 0).interval.low)
    assert math.isnan(difference(share(0, 0), share(1, 2)).value)
    assert math.isnan(difference_of_means(np.array([1.0, np.nan]), np.array([1.0, 2.0])).value)


def test_means_differ_by_what_they_do() -> None:
    found = difference_of_means(np.array([3.0, 5.0, np.nan]), np.array([1.0, 1.0]))
    assert (found.value, found.low) == pytest.approx((3.0, 3.0 - 1.959964))
