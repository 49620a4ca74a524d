"""Of the winners among many plays at most the agreed share is false, whenever one looks."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest

from banso_alerts.domain.proof.findings import Exposures, find
from banso_alerts.domain.proof.many import named, with_verdicts
from banso_alerts.domain.proof.outcomes import Outcome
from banso_alerts.domain.proof.sequences import Level, half_width, log_evidence
from banso_alerts.domain.proof.uplift import State


def test_zero_is_outside_of_the_interval_exactly_where_the_evidence_passes_the_level() -> None:
    dice = np.random.default_rng(1)
    count = dice.integers(40, 5_000, 2_000)
    variance = dice.uniform(0.01, 3.0, 2_000)
    effect = dice.normal(0, 4, 2_000) * np.sqrt(variance / count)
    for level in (Level(), Level(alpha=0.01), Level(size_aimed=2_000)):
        evidence = log_evidence(effect, np.sqrt(variance / count), count, level)
        outside = np.abs(effect) > half_width(count.astype(np.float64), variance, level)
        assert 0.05 < outside.mean() < 0.95
        assert np.array_equal(outside, evidence > log(1 / level.alpha))


def test_without_spread_there_is_no_evidence() -> None:
    assert log_evidence(np.array([0.3]), np.array([0.0]), np.array([50]), Level())[0] < 0


@pytest.mark.parametrize(
    ("es", "chosen"),
    [
        ([399.0, 1, 1, 1], [False, False, False, False]),
        ([401.0, 1, 1, 1], [True, False, False, False]),
        ([201.0, 201, 1, 1], [True, True, False, False]),
        ([401.0, 150, 134, 1], [True, True, True, False]),
        ([401.0, 150, 133, 1], [True, False, False, False]),
        ([1.0, 134, 150, 401], [False, True, True, True]),
    ],
)
def test_the_first_k_are_named_for_the_largest_k_whose_evidence_is_enough(es: list[float], chosen: list[bool]) -> None:
    assert named([log(each) for each in es], family=20) == chosen
    assert named([*(log(each) for each in es), None], family=20) == [*chosen, False]


def test_nothing_known_names_nobody() -> None:
    assert named([], 20) == [] and named([None, -inf], 20) == [False, False]


def exposures(seed: int, told_rate: float, left_rate: float, count: int) -> Exposures:
    dice = np.random.default_rng(seed)
    told = dice.random(count) < 0.5
    came = (dice.random(count) < np.where(told, told_rate, left_rate)).astype(np.float64)
    names = [""] * count
    return Exposures(
        told=told,
        share=np.full(count, 0.5),
        acv=np.full(count, 100.0),
        currency=["JPY"] * count,
        strata=names,
        dimensions=dict.fromkeys(("touch", "phase", "cell"), names),
        values={each: came if each is Outcome.RECOVERED else np.full(count, np.nan) for each in Outcome},
    )


def test_a_small_effect_is_a_winner_by_itself_and_not_among_forty_and_a_clear_one_is_both() -> None:
    small, clear = exposures(9, 0.52, 0.4, 1_000), exposures(2, 0.7, 0.4, 1_000)
    found = [find("small", 0.1, small, Level()), find("clear", 0.1, clear, Level())]
    empty = exposures(0, 0.5, 0.5, 0)
    many = with_verdicts([*found, *(find(f"other-{number}", 0.1, empty, Level()) for number in range(38))])
    few = with_verdicts(found)
    assert [(each.state, each.verdict) for each in few] == [(State.HELPS, State.HELPS)] * 2
    assert [(each.state, each.verdict) for each in many[:2]] == [
        (State.HELPS, State.CANNOT_SAY),
        (State.HELPS, State.HELPS),
    ]
    assert {each.verdict for each in many[2:]} == {State.CANNOT_SAY}
    clear_amount = many[1].outcomes[0].by_amount[0]
    assert (clear_amount.currency, clear_amount.verdict) == ("JPY", State.HELPS)
