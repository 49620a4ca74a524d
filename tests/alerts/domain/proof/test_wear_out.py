"""A planted fading is found again, one that is not there is not, and too small a world says so."""

from __future__ import annotations

import numpy as np
import pytest

from banso_alerts.domain.proof.rotation import EXPLORE, WEEK_MS, Tried, Why, propose
from banso_alerts.domain.proof.wear_out import Freshness, Shown, wear_out

DAYS = 240
HALF_LIFE = 60.0
LARGE = 16_000
SMALL = 1_000


def shown(seed: int, exposures: int, half_life: float = HALF_LIFE, first: float = 0.3) -> Shown:
    """Exposures over 240 days, half of them left alone, of whom three of ten recover; telling adds `first` at first."""
    dice = np.random.default_rng(seed)
    x = np.sort(dice.uniform(0, DAYS, exposures))
    told = dice.random(exposures) < 0.5
    chance = 0.3 + np.where(told, first * np.exp2(-x / half_life), 0.0)
    return Shown(x, told, (dice.random(exposures) < chance).astype(float))


def test_a_planted_half_life_of_sixty_days_is_found_to_within_a_quarter() -> None:
    """16,000 exposures: in at least 17 of 20 worlds, and the interval holds the truth in at least 17."""
    found = [wear_out(shown(seed, LARGE)) for seed in range(20)]
    near = [abs((each.half_life or np.inf) / HALF_LIFE - 1) <= 0.25 for each in found]
    inside = [(each.half_life_lower or 0) <= HALF_LIFE <= (each.half_life_upper or np.inf) for each in found]
    assert sum(near) >= 17
    assert sum(inside) >= 17
    assert {each.freshness for each in found} == {Freshness.WORN}


def test_a_small_world_does_not_find_it_and_its_interval_says_so() -> None:
    found = [wear_out(shown(seed, SMALL)) for seed in range(20)]
    known = [each for each in found if each.half_life_lower is not None]
    near = [abs((each.half_life or np.inf) / HALF_LIFE - 1) <= 0.25 for each in known]
    assert sum(near) < 14
    inside = [(each.half_life_lower or 0) <= HALF_LIFE <= (each.half_life_upper or np.inf) for each in known]
    assert sum(inside) >= 0.85 * len(known)


def test_what_does_not_fade_is_fresh() -> None:
    found = [wear_out(shown(seed, 8_000, half_life=np.inf)) for seed in range(20)]
    assert sum(each.freshness is Freshness.FRESH for each in found) >= 18
    assert all(each.half_life_upper is None for each in found if each.freshness is Freshness.FRESH)


def test_what_fades_slowly_is_fading_and_not_worn() -> None:
    found = [wear_out(shown(seed, 32_000, half_life=200.0)) for seed in range(10)]
    assert sum(each.freshness is Freshness.FADING for each in found) >= 8


@pytest.mark.parametrize("first", [0.0, -0.1])
def test_where_nothing_helps_nothing_can_fade(first: float) -> None:
    found = [wear_out(shown(seed, 4_000, first=first)).freshness for seed in range(40)]
    assert sum(each is not Freshness.CANNOT_SAY for each in found) <= 4


def test_too_few_exposures_say_nothing() -> None:
    assert wear_out(shown(1, 100)).freshness is Freshness.CANNOT_SAY
    nothing = wear_out(Shown(np.empty(0), np.empty(0, dtype=bool), np.empty(0)))
    assert (nothing.freshness, nothing.bins) == (Freshness.CANNOT_SAY, [])


def test_by_exposures_each_number_is_a_bin() -> None:
    """The third time works half as well as the first: a half-life of two exposures."""
    dice = np.random.default_rng(5)
    x = np.floor(dice.uniform(0, 6, 24_000))
    told = dice.random(len(x)) < 0.5
    chance = 0.2 + np.where(told, 0.4 * np.exp2(-x / 2), 0.0)
    found = wear_out(Shown(x, told, (dice.random(len(x)) < chance).astype(float)), by_value=True)
    assert [each.x for each in found.bins] == [0, 1, 2, 3, 4, 5]
    assert found.half_life == pytest.approx(2.0, rel=0.25)


def test_the_order_of_exposures_does_not_matter() -> None:
    one = shown(3, 4_000)
    shuffled = np.random.default_rng(1).permutation(4_000)
    other = Shown(one.x[shuffled], one.told[shuffled], one.outcome[shuffled])
    found, again = wear_out(one), wear_out(other)
    assert (again.half_life, again.freshness) == (found.half_life, found.freshness)
    assert again.first_effect == pytest.approx(found.first_effect)


TRIED = {"": Tried(900, 0.02), "short": Tried(300, 0.09), "warm": Tried(40, 0.05)}


def test_the_best_wording_is_proposed_and_in_a_fifth_of_weeks_the_one_tried_least() -> None:
    weeks = [propose("help", TRIED, week * WEEK_MS) for week in range(1_000)]
    least = [each for each in weeks if each is not None and each.why is Why.TRIED_LEAST]
    assert {each.variant for each in least} == {"warm"}
    assert {each.variant for each in weeks if each is not None and each.why is Why.BEST} == {"short"}
    assert len(least) / 1_000 == pytest.approx(EXPLORE, abs=0.04)


def test_within_a_week_the_same_is_proposed_and_one_wording_needs_no_choice() -> None:
    assert propose("help", TRIED, 5 * WEEK_MS) == propose("help", TRIED, 6 * WEEK_MS - 1)
    assert propose("help", {"": Tried(9, 0.1)}, 0) is None
