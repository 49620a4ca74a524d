"""The measure against worlds of a known truth: no winner out of nothing however often one looks, and the truth inside.

`python -m prove.outreach` does the same with thousands of worlds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.domain.proof import uplift
from banso_alerts.domain.proof.sequences import Level, half_width
from banso_alerts.domain.proof.uplift import ARM_MIN, Sample, State, estimate, looks, state_of
from prove.outreach import World, run

LEVEL = Level()
WORLDS = 100
NOTHING = [World(600, 0.2, 0.3, 0.0), World(600, 0.1, 0.05, 0.0), World(600, 0.2, 0.15, 0.0, spread=1.2)]
SOMETHING = [World(600, 0.2, 0.3, 0.2), World(600, 0.1, 0.1, -0.08), World(600, 0.5, 0.05, 0.1, spread=1.2)]


def ever_named(world: World) -> float:
    """The share of worlds in which zero was outside at any look, one after every account."""
    named = 0
    for seed in range(WORLDS):
        seen = looks(run(world, seed)[0], LEVEL)
        named += bool((np.abs(seen.effect) > seen.half).any())
    return named / WORLDS


@pytest.mark.parametrize("world", NOTHING)
def test_where_nothing_is_to_be_found_a_winner_is_named_in_at_most_one_world_of_twenty(world: World) -> None:
    assert ever_named(world) <= LEVEL.alpha


def test_without_caution_about_rare_things_winners_are_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uplift, "_cautious", lambda *_: np.array(0.0))
    assert ever_named(NOTHING[1]) > 2 * LEVEL.alpha


@pytest.mark.parametrize("world", SOMETHING)
def test_the_truth_is_inside_at_every_look_at_once_in_nineteen_worlds_of_twenty(world: World) -> None:
    inside = 0
    for seed in range(WORLDS):
        sample, truth = run(world, seed)
        seen = looks(sample, LEVEL)
        inside += bool((np.abs(seen.effect - truth) <= seen.half).all())
    assert inside / WORLDS >= 1 - LEVEL.alpha


def test_a_strong_effect_is_found_and_its_sign_is_right() -> None:
    helps = [estimate(run(World(1_000, 0.2, 0.3, 0.25), seed)[0], LEVEL, 0.05).state for seed in range(20)]
    assert set(helps) == {State.HELPS}
    fewer = estimate(run(World(1_000, 0.5, 0.4, -0.3), 1)[0], LEVEL, 0.05)
    assert fewer.state is State.HURTS
    leaves_less = estimate(run(World(1_000, 0.5, 0.4, -0.3), 1)[0], LEVEL, 0.05, more_is_better=False)
    assert leaves_less.state is State.HELPS


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_estimate_is_not_drawn_to_either_side(share: float) -> None:
    """Its mean over 300 worlds is the truth, to within four standard errors of that mean."""
    misses = []
    for seed in range(300):
        sample, truth = run(World(200, share, 0.3, 0.15), seed)
        misses.append(looks(sample, LEVEL).effect[-1] - truth[-1])
    assert abs(np.mean(misses)) < 4 * np.std(misses) / 300**0.5


def test_nothing_is_said_while_an_arm_is_small() -> None:
    sample, _ = run(World(150, 0.1, 0.0, 1.0), 3)
    assert (~sample.told).sum() < ARM_MIN
    said = estimate(sample, LEVEL, 0.05)
    assert (said.state, said.lower, said.upper) == (State.CANNOT_SAY, None, None)
    nobody = estimate(sample.where(sample.told), LEVEL, 0.05)
    assert (nobody.left_alone, nobody.left_mean, nobody.effect) == (0, None, None)
    empty = estimate(sample.where(np.zeros(150, dtype=bool)), LEVEL, 0.05)
    assert (empty.told, empty.told_mean, empty.state) == (0, None, State.CANNOT_SAY)


@pytest.mark.parametrize(
    ("lower", "upper", "state"),
    [
        (0.01, 0.3, State.HELPS),
        (-0.3, -0.01, State.HURTS),
        (-0.05, 0.05, State.NO_DIFFERENCE),
        (-0.06, 0.05, State.CANNOT_SAY),
        (0.0, 0.3, State.CANNOT_SAY),
        (0.01, 0.02, State.HELPS),
    ],
)
def test_an_interval_says_what_it_says(lower: float, upper: float, state: State) -> None:
    assert state_of(lower, upper, 0.05, more_is_better=True) is state
    mirrored = {State.HELPS: State.HURTS, State.HURTS: State.HELPS}.get(state, state)
    assert state_of(lower, upper, 0.05, more_is_better=False) is mirrored


@given(st.floats(0.01, 0.2), st.integers(1, 10_000), st.floats(0.01, 100))
def test_the_interval_narrows_with_accounts_and_widens_with_certainty_and_spread(
    alpha: float, count: int, variance: float
) -> None:
    def width(alpha: float, count: float, variance: float) -> float:
        return float(half_width(np.array([count]), np.array([variance]), Level(alpha))[0])

    here = width(alpha, count, variance)
    assert width(alpha, count * 2, variance) < here
    assert width(alpha / 2, count, variance) > here
    assert width(alpha, count, variance * 4) == pytest.approx(2 * here)
    assert here > 1.96 * (variance / count) ** 0.5 * (alpha <= 0.05)  # looking once would cost less


def test_the_width_is_that_of_the_paper() -> None:
    """At n* = 500 and α = 0.05, ρ² = (5.991 + ln 6.991) / 500, worked by hand."""
    rho_squared = (5.991464547 + 1.944690) / 500
    assert Level().rho_squared == pytest.approx(rho_squared, rel=1e-6)
    grown = 100 * rho_squared + 1
    by_hand = (2 * grown / (100**2 * rho_squared) * np.log(grown**0.5 / 0.05)) ** 0.5
    assert half_width(np.array([100.0]), np.array([1.0]), Level())[0] == pytest.approx(by_hand)


def test_the_mean_of_anything_stays_inside_at_every_look() -> None:
    """500 walks of 1,000 skewed steps, looked at from the 100th step on."""
    dice = np.random.default_rng(11)
    steps = dice.exponential(1.0, (500, 1_000)) - 1
    count = np.arange(1.0, 1_001)
    mean = np.cumsum(steps, axis=1) / count
    variance = np.cumsum(steps**2, axis=1) / count - mean**2
    outside = np.abs(mean) > half_width(count, variance, LEVEL)
    assert outside[:, 99:].any(axis=1).mean() <= LEVEL.alpha
    fixed = np.abs(mean) > 1.96 * np.sqrt(variance / count)
    assert fixed[:, 99:].any(axis=1).mean() > 0.2  # what looking every day costs an interval made for one look


def test_levels_are_shared_among_segments_and_wrong_ones_refused() -> None:
    assert LEVEL.shared(4).alpha == LEVEL.alpha / 4
    wrong: dict[str, Any]
    for wrong in ({"alpha": 0.0}, {"alpha": 1.0}, {"size_aimed": 0}):
        with pytest.raises(ValueError, match="alpha is in"):
            Level(**wrong)


def test_a_sample_of_which_a_part_is_chosen_keeps_its_order() -> None:
    sample, _ = run(World(50, 0.5, 0.3, 0.1), 1)
    chosen = sample.stratum == 3
    part = sample.where(chosen)
    assert isinstance(part, Sample)
    assert part.outcome.tolist() == sample.outcome[chosen].tolist()
