"""The long proof of outreach's measure runs in small, and counts what it says it counts."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from rich.console import Console

from prove import outreach
from prove.outreach import World, fading, history, many, prove, show, watched
from prove.outreach_many import Plays, many_plays


def test_a_strong_effect_is_named_and_its_truth_is_inside() -> None:
    named, covered, peeked, half = watched(World(1_500, 0.5, 0.2, 0.4), 1)
    assert (named, covered, peeked) == (True, True, True)
    assert 0 < half < 0.1


def test_looking_daily_with_an_interval_for_one_look_finds_what_is_not_there() -> None:
    found = many(World(600, 0.5, 0.4, 0.0), 40)
    assert found.named <= 0.05 < found.peeked


def test_a_half_life_is_found_in_a_world_that_is_large() -> None:
    assert fading(32_000, 0.5, 1) == (True, True)


def test_among_many_plays_each_by_itself_somebody_wins_by_luck_and_among_all_nobody_does() -> None:
    found = many_plays(Plays(20, 0), 8, history)
    assert found.among_all.false_win == 0.0 < found.alone.false_win


def test_all_of_it_is_printed_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    small: dict[str, Any] = {
        "NOTHING": [World(60, 0.5, 0.3, 0.0)],
        "SOMETHING": [World(60, 0.5, 0.3, 0.2, 1.0)],
        "SIZES": (200,),
        "KINDS": (Plays(3, 1),),
    }
    with patch.multiple(outreach, **small):
        assert outreach.main(["--worlds", "2", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        proof = prove(2, quiet=True)
    assert (len(said["nothing"]), len(said["something"]), len(said["fading"])) == (1, 1, 2)
    assert said["many"][0]["among_all"]["found"] <= said["many"][0]["alone"]["found"] and said["seconds"] > 0
    paper = StringIO()
    show(Console(file=paper, width=130), proof)
    assert "winner named" in paper.getvalue() and "among all" in paper.getvalue()
