"""Wilson's interval: the figures of the literature, and what has to hold for every share."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.domain.proof.wilson import Z_95, wilson

SHARES = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_the_interval_is_that_of_the_literature() -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for share, bounds in published.items():
        assert wilson(*share) == pytest.approx(bounds, abs=5e-5)


@given(SHARES)
def test_each_bound_is_where_the_share_seen_is_just_not_surprising(share: tuple[int, int]) -> None:
    """Both bounds solve (p̂ − p)² = z² p (1 − p) / n."""
    hits, trials = share
    for bound in wilson(hits, trials):
        assert abs(hits / trials - bound) == pytest.approx(Z_95 * sqrt(bound * (1 - bound) / trials), abs=1e-7)


@given(SHARES)
def test_it_holds_the_share_and_stays_within_nothing_and_all(share: tuple[int, int]) -> None:
    lower, upper = wilson(*share)
    assert 0 <= lower <= share[0] / share[1] <= upper <= 1


@given(SHARES)
def test_one_more_hit_lifts_both_bounds_and_one_more_miss_lowers_them(share: tuple[int, int]) -> None:
    before, hit, miss = wilson(*share), wilson(share[0] + 1, share[1] + 1), wilson(share[0], share[1] + 1)
    assert hit[0] > before[0] - 1e-12
    assert hit[1] >= before[1] - 1e-12
    assert miss[0] <= before[0] + 1e-12
    assert miss[1] < before[1] + 1e-12


@given(SHARES, st.integers(2, 50))
def test_the_same_share_of_more_is_known_better(share: tuple[int, int], times: int) -> None:
    few, many = wilson(*share), wilson(share[0] * times, share[1] * times)
    assert many[1] - many[0] < few[1] - few[0]


@given(SHARES)
def test_hits_and_misses_mirror_each_other(share: tuple[int, int]) -> None:
    lower, upper = wilson(*share)
    other = wilson(share[1] - share[0], share[1])
    assert (1 - upper, 1 - lower) == pytest.approx(other)


def test_of_nothing_nothing_is_known_and_what_is_no_share_is_refused() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)
