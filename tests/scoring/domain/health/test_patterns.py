"""Success patterns: following any of them is enough, the nearest counts, and an account does not flap between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.health import health
from banso_scoring.domain.health.patterns import Following, step
from banso_scoring.domain.standing import NO_DAY, NO_VALUE, Standing
from banso_scoring.model.load import load_model

MODEL = load_model(
    """
name: park
roles: {attempt: ["*"]}
metrics:
  parades: {kind: count, events: [parade], ramp: [[0, 0], [10, 1]]}
  rides: {kind: count, events: [ride], ramp: [[0, 0], [10, 1]]}
  visits: {kind: count, events: [visit], ramp: [[0, 0], [10, 1]]}
dimensions:
  parade: {weight: 1, metrics: {parades: 1}}
  ride: {weight: 1, metrics: {rides: 1}}
  visit: {weight: 2, metrics: {visits: 1}}
bands: {coverage_min: 0}
journey:
  start: {}
patterns:
  hold_days: 3
  any_of:
    parades: {when: [{metric: parades, at_least: 1}], weights: {parade: 6, ride: 0}}
    rides: {when: [{metric: rides, at_least: 1}], weights: {parade: 0, ride: 6}}
""",
    "park.yaml",
)
PARADES, RIDES = 0, 1
BASE = np.array([dimension.weight for dimension in MODEL.dimensions])[:, None]
numbers = st.one_of(st.just(np.nan), st.floats(0, 20))
columns = arrays(np.float64, (3, 4), elements=numbers)


def account(parades: float, rides: float, visits: float = 10.0) -> Floats:
    return np.array([[parades], [rides], [visits]])


def on(metrics: Floats, previous: Standing | None = None, day: int = 100) -> Following:
    n = metrics.shape[1]
    weights, today = np.repeat(BASE, n, axis=1), np.full(n, day, np.int32)
    return step(MODEL, previous or Standing.new(n), metrics, weights, today)


def closed(found: Following) -> Standing:
    standing = Standing.new(len(found.pattern))
    standing.pattern[:] = found.pattern
    standing.pattern_day[:] = found.pattern_day
    standing.pattern_until[:] = found.pattern_until
    return standing


def lived(days: list[Floats], start: int = 100) -> list[int]:
    """The pattern at the close of each day."""
    standing, found = Standing.new(1), []
    for ago, metrics in enumerate(days):
        made = on(metrics, standing, start + ago)
        assert closed(on(metrics, standing, start + ago)).pattern[0] == made.pattern[0]
        standing = closed(made)
        found.append(int(made.pattern[0]))
    return found


def test_who_comes_for_parades_is_not_judged_by_rides() -> None:
    found = on(account(parades=10, rides=0))
    assert found.pattern.tolist() == [PARADES]
    assert found.health.score.tolist() == [100.0]
    assert found.weights[:, 0].tolist() == [6.0, 0.0, 2.0]


def test_following_no_pattern_the_plain_weights_count() -> None:
    found = on(account(parades=0, rides=0))
    assert found.pattern.tolist() == [NO_VALUE]
    assert found.health.score == pytest.approx([50.0])
    assert found.weights[:, 0].tolist() == BASE[:, 0].tolist()


@given(columns)
def test_following_any_pattern_is_enough(metrics: Floats) -> None:
    """A new account's health is that of the best pattern that it follows, and of no other."""
    found = on(metrics)
    for column in range(metrics.shape[1]):
        followed = [found.scores[row, column] for row in range(2) if found.follows[row, column]]
        known = [score for score in followed if not np.isnan(score)]
        if known:
            assert found.health.score[column] == max(known)
        elif not followed:
            plain = health.score(MODEL, metrics[:, [column]], BASE)
            assert found.health.score[column].tobytes() == plain.score[0].tobytes()


@given(columns, st.sampled_from([PARADES, RIDES]))
def test_what_a_pattern_leaves_out_can_neither_help_nor_harm(metrics: Floats, which: int) -> None:
    mine, other = metrics.copy(), metrics.copy()
    mine[which], mine[1 - which] = 5.0, 0.0
    other[which], other[1 - which] = 5.0, np.nan
    assert on(mine).health.score.tobytes() == on(other).health.score.tobytes()


def test_of_equals_the_first_in_the_file_is_taken() -> None:
    assert on(account(parades=5, rides=5)).pattern.tolist() == [PARADES]


def test_a_nearer_pattern_is_taken_after_the_days_it_has_to_hold() -> None:
    parades, rides = account(8, 2), account(2, 8)
    assert lived([parades, rides, rides, rides]) == [PARADES, PARADES, PARADES, RIDES]
    assert lived([parades, rides, rides, parades, rides, rides]) == [PARADES] * 6


def test_who_follows_none_any_more_keeps_its_pattern_for_as_long() -> None:
    assert lived([account(8, 0), *[account(0, 0)] * 4]) == [PARADES, PARADES, PARADES, NO_VALUE, NO_VALUE]


def test_a_day_on_which_nothing_is_known_changes_nothing() -> None:
    nothing = np.full((3, 1), np.nan)
    assert lived([account(8, 0), account(0, 8), nothing, nothing, account(0, 8)]) == [PARADES] * 4 + [RIDES]


def test_the_day_of_a_pattern_is_the_one_on_which_it_was_taken() -> None:
    first = on(account(8, 0), day=100)
    again = on(account(8, 0), closed(first), 101)
    assert (first.pattern_day[0], again.pattern_day[0], again.pattern_until[0]) == (100, 100, NO_DAY)


@given(columns, columns)
def test_an_account_is_found_alike_alone_and_among_others(metrics: Floats, before: Floats) -> None:
    previous = closed(on(before, day=99))
    whole = on(metrics, previous)
    for column in range(metrics.shape[1]):
        alone = on(metrics[:, [column]], previous.take(np.array([column])))
        for name in ("pattern", "pattern_day", "pattern_until", "weights"):
            assert getattr(alone, name).tobytes() == np.ascontiguousarray(getattr(whole, name)[..., [column]]).tobytes()
        assert alone.health.score.tobytes() == whole.health.score[[column]].tobytes()
