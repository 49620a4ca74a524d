"""A tiny world goes from events to a table: invented, and out of files as somebody else's would."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from banso_common.errors import SettingsError
from banso_scoring.domain.past.past import Past
from banso_scoring.model.load import default_model
from banso_standalone.cli_world import write_events
from banso_standalone.world import truth_file
from banso_standalone.world.days import World
from banso_standalone.world.spec import WorldSpec
from prove import boosting, files
from prove.__main__ import main
from prove.cases import Asked, Case, boosted, made, placebo
from prove.figures import Figures
from prove.report import Row, Worlds, bars, worlds
from prove.rules import Rule
from prove.shown import show_bars, show_worlds
from prove.told import of_files, of_world, variant

SMALL = WorldSpec(accounts=24, weeks=12, prevalence=0.2, use=0.3)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Two small worlds with their placebos."""
    return [case for seed in (1, 2) for case in made(Asked(f"seed {seed}", world=replace(SMALL, seed=seed)))]


def test_a_file_tells_the_same_facts_as_the_world_it_was_written_from(tmp_path: Path) -> None:
    model, world = default_model(), World(replace(SMALL, accounts=6, weeks=3))
    write_events(tmp_path / "events.jsonl", world)
    truth_file.write(tmp_path / "truth.jsonl", truth_file.spells(world))
    filed, told, _ = of_files(tmp_path / "events.jsonl", tmp_path / "truth.jsonl", model)
    direct, known = of_world(world.spec, model)
    assert counts(filed) == counts(direct)
    assert told == known


def counts(past: Past) -> Counter[tuple[int, int, int, str]]:
    """How many events of each name by account, day and the day on which they were known."""
    facts, found = past.history.facts, Counter[tuple[int, int, int, str]]()
    rows = zip(facts.account.tolist(), facts.day.tolist(), facts.known_day.tolist(), facts.name.tolist(), strict=True)
    for (account, day, known_day, name), count in zip(rows, facts.count.tolist(), strict=True):
        found[account, day, known_day, facts.event_names[name]] += count
    return found


def test_a_placebo_moves_contacts_and_nothing_else(cases: list[Case]) -> None:
    model = default_model()
    past, _ = of_world(replace(SMALL, accounts=40, weeks=6), model)
    facts, moved = past.history.facts, placebo(past, model).history.facts
    contact = facts.event_names.index("ticket.opened")
    same = facts.account == moved.account
    assert same[facts.name != contact].all()
    assert not same[facts.name == contact].all()
    assert facts.count[~same].sum() == moved.count[~same].sum() > 0
    base, shuffled = cases[0].watched, cases[1].watched
    assert np.array_equal(base.scores[Rule.ZSCORE], shuffled.scores[Rule.ZSCORE], equal_nan=True)
    assert not np.array_equal(base.scores[Rule.BANSO], shuffled.scores[Rule.BANSO], equal_nan=True)


def test_a_world_is_watched_after_the_warm_up_and_every_rule_has_its_row(cases: list[Case]) -> None:
    found = worlds(cases, SMALL, [])
    assert list(cases[0].watched.days) == list(range(20_458 + 70, 20_458 + 84))
    assert [row.rule for row in found.budget] == [rule for rule in Rule if rule is not Rule.BOOSTING]
    assert all(row.pooled.picks == 0 for row in found.budget), "two per cent of 24 accounts is nobody"
    assert {row.rule for row in found.alarms} == set(Rule) - {Rule.BOOSTING, Rule.TROUBLE}
    weekly, daily = cases[0].weekly(Rule.BANSO, budget=0.1), cases[0].daily(Rule.BANSO, news=0.0, budget=0.1)
    assert sum(weekly.picks.values()) == sum(daily.picks.values()) == 2 * 2


def test_boosting_learns_from_the_other_worlds_only(cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    assert boosting.missing() is None, "scikit-learn is not installed: run `make setup-dev`"
    monkeypatch.setattr(boosting, "ROUNDS", 5)
    base = [case for case in cases if case.kind == "base"]
    upside_down = replace(base[0], states=np.zeros_like(base[0].states))
    usual, blind = boosted(base), boosted([upside_down, base[1]])
    own = usual[0].watched.scores[Rule.BOOSTING]
    assert np.array_equal(own, blind[0].watched.scores[Rule.BOOSTING], equal_nan=True)
    with pytest.raises(ValueError, match="there is one"):
        boosted(base[:1])


def test_what_is_found_is_shown_with_its_bars(cases: list[Case]) -> None:
    console = Console(file=StringIO(), width=140)
    found = worlds(cases, SMALL, ["a note"])
    show_worlds(console, found)
    show_bars(console, bars(found))
    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert "failures and no contact" in shown
    assert "seed 2" in shown
    assert "Note: a note" in shown
    assert "bars met" in shown


def test_bars_are_met_or_missed_by_what_was_found() -> None:
    def row(rule: Rule, precision: float) -> Row:
        return Row(rule, Figures(precision, 0.7, 15.0, 20.0, 0.3, 0.1, 100, 10), {})

    found = Worlds(
        cases=["one"],
        prevalence=0.045,
        daily=[row(Rule.BANSO, 0.6), row(Rule.ORACLE, 0.9)],
        news=[row(Rule.BANSO, 0.75)],
        budget=[row(Rule.BANSO, 0.7), row(Rule.TROUBLE, 0.5)],
        alarms=[],
        placebo=[row(Rule.BANSO, 0.6), row(Rule.TROUBLE, 0.5)],
        thin=[],
        weeks=[],
        enough_data={},
        notes=[],
    )
    held = bars(found)
    assert [bar.met for bar in held] == [False, True, False, True, True, False, True, True, False, True, False]
    assert [bar.best for bar in held[:4]] == [0.9, 0.7, 15.0, None]


def test_a_past_that_is_too_short_to_judge_is_refused() -> None:
    with pytest.raises(SettingsError, match="too few are left"):
        made(Asked("short", world=replace(SMALL, accounts=2, weeks=2)))


def test_variants_differ_in_one_thing() -> None:
    assert variant(SMALL, "even").incident_week is None
    assert variant(SMALL, "thin").use == SMALL.use / 4
    assert variant(SMALL, "base") == SMALL


def test_files_from_elsewhere_are_judged_by_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events, truth = tmp_path / "e.jsonl", tmp_path / "t.jsonl"
    world = World(replace(SMALL, accounts=8, weeks=11))
    write_events(events, world)
    truth_file.write(truth, truth_file.spells(world))
    assert main(["--events", str(events), "--truth", str(truth), "--json"]) == 0
    proof = json.loads(capsys.readouterr().out)
    assert proof["students"] is None
    assert proof["worlds"]["cases"] == ["e"]
    assert "no boosting" in proof["worlds"]["notes"][0]
    assert main(["--events", str(tmp_path / "gone"), "--truth", str(truth)]) == 1


def test_the_file_of_a_world_whose_feed_was_dead_says_when_its_backlog_came(tmp_path: Path) -> None:
    file = tmp_path / "e.jsonl"
    count = write_events(file, World(replace(SMALL, accounts=3, weeks=2, dead_feed=(5, 9))))
    assert file.read_bytes().count(b'{"received_at":') > 5
    assert count == len(file.read_bytes().splitlines())
    assert sum(len(column.values) for _, columns in files.read(file).moments() for column in columns) == count
