"""The oracle: it knows how the world is made, so what it says is what can be known."""

from __future__ import annotations

import numpy as np
import pytest

from banso_standalone.world.days import World
from banso_standalone.world.spec import State, WorldSpec
from banso_standalone.world.truth import CALM_FROM_DAY
from prove.oracle import EVIDENCE_MAX, Floats, knows

WORLDS = [World(WorldSpec(seed=seed, accounts=250, weeks=20)) for seed in (5, 6, 7, 8)]
WORLD = WORLDS[0]


@pytest.fixture(scope="module")
def all_known() -> list[Floats]:
    return [knows(world) for world in WORLDS]


@pytest.fixture(scope="module")
def known(all_known: list[Floats]) -> Floats:
    return all_known[0]


def test_while_no_trouble_can_have_begun_it_suspects_nobody(known: Floats) -> None:
    assert (known[: CALM_FROM_DAY - 1] < -20).all()


def test_who_cannot_be_in_trouble_is_never_suspected(known: Floats) -> None:
    never = [number for number, nature in enumerate(WORLD.truth.nature) if nature is not State.FINE]
    assert (known[:, never] == -EVIDENCE_MAX).all()


def test_what_it_says_is_true_as_often_as_it_says(all_known: list[Floats]) -> None:
    days = range(CALM_FROM_DAY + 20, WORLD.days)
    states = np.stack([world.truth.states(day) for day in days for world in WORLDS])
    odds = np.stack([known[day] for day in days for known in all_known])
    there = states != State.GONE
    silent, said = (states == State.SILENT)[there], 1.0 / (1.0 + np.exp(-odds[there]))
    for low, high in ((0.0, 0.2), (0.2, 0.6), (0.6, 1.01)):
        some = (said >= low) & (said < high)
        assert silent[some].mean() == pytest.approx(said[some].mean(), abs=0.15)
