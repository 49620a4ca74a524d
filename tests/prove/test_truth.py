"""What was true on a day follows from the spells: episodes before natures, and who left is gone."""

from __future__ import annotations

from datetime import date, timedelta

from banso_standalone.world.days import World
from banso_standalone.world.spec import State, WorldSpec
from banso_standalone.world.truth_file import Spell, spells
from prove.truth import EPOCH, STATES, Truth

FIRST = date(2026, 1, 5)
DAY = (FIRST - EPOCH).days


def test_episodes_go_before_natures_and_leaving_before_all() -> None:
    told = [
        Spell("b", State.SILENT, FIRST + timedelta(3), FIRST + timedelta(6), True),
        Spell("b", State.QUIET, FIRST),
        Spell("unknown", State.LAZY, FIRST),
    ]
    truth = Truth.of(told, ["a", "b"])
    said = [[STATES[code] for code in truth.on(DAY + day).tolist()] for day in (0, 3, 5, 6)]
    fine, quiet, silent, gone = State.FINE, State.QUIET, State.SILENT, State.GONE
    assert said == [[fine, quiet], [fine, silent], [fine, silent], [fine, gone]]


def test_a_truth_file_says_what_the_world_knows() -> None:
    world = World(WorldSpec(accounts=80, weeks=20, prevalence=0.2))
    names = [f"account-{number:05d}" for number in range(80)]
    truth = Truth.of(spells(world), names)
    for day in range(0, world.days, 9):
        assert [STATES[code] for code in truth.on(DAY + day).tolist()] == world.truth.states(day).tolist()
