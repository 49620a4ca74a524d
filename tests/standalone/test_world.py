"""An invented world: the same seed gives the same bytes, its truth is in no event, and it goes the real way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from banso_common.clock import DAY_MS, SECOND_MS, ManualClock
from banso_common.errors import SettingsError
from banso_common.http.keys import KeyRing
from banso_common.settings import load
from banso_ingest.domain.limits import FUTURE_MS_MAX
from banso_scoring import tables as scoring
from banso_standalone.beginning import begin_world, first_monday
from banso_standalone.cli import app
from banso_standalone.cli_world import dead_days, spec_of, write_events
from banso_standalone.home import Home
from banso_standalone.models import model_of
from banso_standalone.replay import Almanac, Progress, Replay
from banso_standalone.settings import StandaloneSettings
from banso_standalone.standalone import build
from banso_standalone.switchable_clock import SwitchableClock
from banso_standalone.world import truth_file
from banso_standalone.world.days import World
from banso_standalone.world.records import TOLD, WorldStory
from banso_standalone.world.spec import State, WorldSpec
from tests.standalone.house import House
from tests.standalone.test_replay import rows

SMALL = WorldSpec(accounts=8, weeks=3, use=0.3)


def told_at(world: World, day: int) -> int:
    return int(datetime.combine(world.date_of(day), TOLD, UTC).timestamp()) * SECOND_MS


def milliseconds(written: str) -> float:
    return datetime.fromisoformat(written).timestamp() * 1e3


def values(spec: WorldSpec, days: int | None = None) -> list[list[bytes]]:
    """The records of each day."""
    world = World(spec)
    story = WorldStory(world)
    return [
        [value for column in story.columns(day, told_at(world, day), 2) for value in column.values]
        for day in range(days or story.days)
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert values(SMALL) == values(SMALL)
    assert values(SMALL) != values(WorldSpec(seed=2, accounts=8, weeks=3, use=0.3))


def test_a_day_is_the_same_whether_or_not_the_days_before_were_asked_for() -> None:
    world = World(SMALL)
    alone = [v for column in WorldStory(world).columns(9, told_at(world, 9), 2) for v in column.values]
    assert alone == values(SMALL)[9]


def test_as_many_accounts_are_in_trouble_as_the_spec_says() -> None:
    shares = []
    for seed in range(1, 6):
        truth = World(WorldSpec(seed=seed, accounts=1_000, weeks=30)).truth
        for day in range(105, 210, 7):
            states = truth.states(day)
            there = states[states != State.GONE]
            shares.append([(there == State.SILENT).mean(), (there == State.VOCAL).mean()])
    silent, vocal = np.mean(shares, axis=0)
    assert silent == pytest.approx(0.045, abs=0.004)
    assert vocal == pytest.approx(0.045, abs=0.004)


def test_no_event_tells_the_truth() -> None:
    spec = WorldSpec(accounts=60, weeks=12, prevalence=0.3)
    assert any(one.state is State.SILENT for one in World(spec).truth.episodes)
    said = b"\n".join(value for day in values(spec) for value in day).lower()
    assert [state for state in State if f'"{state}"'.encode() in said] == []


def test_every_event_has_happened_when_it_is_sent_and_on_that_day_in_its_zone() -> None:
    world = World(WorldSpec(accounts=30, weeks=30))
    for day in (0, 60, 150):
        for column in WorldStory(world).columns(day, told_at(world, day), 2):
            for value in column.values:
                event = json.loads(value)
                at = (
                    event.get("at") or event.get("timestamp") or datetime.fromisoformat(event["time"]).timestamp() * 1e3
                )
                assert told_at(world, day) - DAY_MS / 2 - 3 * 3_600_000 <= at <= told_at(world, day) + FUTURE_MS_MAX
                assert datetime.fromtimestamp(at / 1e3, UTC).date() == world.date_of(day)


def test_ids_are_never_used_twice() -> None:
    found = [json.loads(value) for day in values(SMALL) for value in day]
    keys = [(e.get("source", "segment"), e.get("id") or e.get("messageId")) for e in found]
    assert len(set(keys)) == len(keys) > 100


def test_what_a_dead_feed_held_back_comes_in_one_backlog_and_nothing_is_lost() -> None:
    dead = values(WorldSpec(accounts=8, weeks=3, use=0.3, dead_feed=(7, 10)))
    alive = values(SMALL)
    assert sorted(value for day in dead for value in day) == sorted(value for day in alive for value in day)
    assert [b'"source":"product"' in b"".join(dead[day]) for day in (6, 7, 8, 9)] == [True, False, False, False]
    assert len(dead[10]) > 3 * len(alive[10]) / 2


def test_a_dead_help_desk_holds_back_contacts_alone() -> None:
    spec = WorldSpec(accounts=30, weeks=2)
    dead, alive = values(replace(spec, dead_contacts=(7, 10))), values(spec)
    assert sorted(value for day in dead for value in day) == sorted(value for day in alive for value in day)
    for day in range(14):
        product = [[value for value in told[day] if b"helpdesk" not in value] for told in (dead, alive)]
        assert product[0] == product[1]
    came = [sum(b"helpdesk" in value for value in dead[day]) for day in range(7, 11)]
    assert came == [0, 0, 0, sum(b"helpdesk" in value for day in alive[7:11] for value in day)]
    assert came[3] > 0


def test_truth_that_was_written_is_read_again_and_a_wrong_line_is_named(tmp_path: Path) -> None:
    told = list(truth_file.spells(World(WorldSpec(accounts=60, weeks=20))))
    truth_file.write(tmp_path / "truth.jsonl", told)
    assert truth_file.read(tmp_path / "truth.jsonl") == told
    assert {spell.state for spell in told} >= {State.FINE, State.SILENT}
    (tmp_path / "wrong.jsonl").write_text('{"account":"a","state":"fine","begin":"2026-01-05"}\n{"account":"b"}\n')
    with pytest.raises(SettingsError, match="line 2"):
        truth_file.read(tmp_path / "wrong.jsonl")


def test_a_world_and_its_truth_are_written_into_files(tmp_path: Path) -> None:
    events, truth = tmp_path / "e.jsonl", tmp_path / "t.jsonl"
    small = ["--set", "accounts=8", "--set", "weeks=3", "--set", "use=0.3"]
    result = CliRunner().invoke(app, ["world-file", str(events), str(truth), *small])
    assert result.exit_code == 0, result.output
    assert events.read_bytes().splitlines() == [value for day in values(SMALL) for value in day]
    assert len(truth_file.read(truth)) >= 8
    assert write_events(events, World(spec_of(["dead_feed=[2,3]", "weeks=1", "accounts=3"]))) > 0
    with pytest.raises(SettingsError, match="a world has no `colour`"):
        spec_of(["colour=1"])
    with pytest.raises(SettingsError, match="as JSON"):
        spec_of(["weeks=many"])


async def test_a_small_world_goes_the_real_way(data_dir: Path) -> None:
    """Through a real standalone on a virtual clock: everything is applied, nothing late, the end of time is real."""
    home, settings = Home(data_dir), load(StandaloneSettings)
    home.enter()
    begun = begin_world(settings, SMALL)
    now_at = told_at(World(SMALL), SMALL.days)
    clock = SwitchableClock(ManualClock(now_at), begun.journal.clock_at)
    standalone = build(settings, model_of(begun.model_file), clock)
    told: list[Progress] = []
    try:
        await standalone.start()
        replay = Replay(standalone, clock, Almanac(begun.journal, begun.zone, TOLD), begun.file)
        await replay.run(WorldStory(World(SMALL)), told.append)
        counted = await rows(House(standalone, clock, begun.file, begun.journal, ""), scoring.lane)
        accounts = await rows(House(standalone, clock, begun.file, begun.journal, ""), scoring.account)
    finally:
        await standalone.stop()
        home.leave()
    assert KeyRing(settings.keys_path).principals() == []
    assert [after.day - before.day for before, after in pairwise(told)] == [1] * (SMALL.days - 1) + [0]
    assert told[-1].is_real
    sent = sum(map(len, values(SMALL)))
    assert told[-1].events == sum(row["applied"] for row in counted) == sent
    assert sum(row["late"] for row in counted) == 0
    assert [row["account"] for row in accounts] == [f"account-{number:05d}" for number in range(8)]
    again = begin_world(settings, replace(SMALL, first_monday=(2026, 6, 1)))
    assert again.goes_on
    assert again.journal.world == SMALL, "it keeps the Monday with which it was begun"
    with pytest.raises(SettingsError, match="holds something else"):
        begin_world(settings, WorldSpec(seed=2))


def test_the_days_of_a_dead_feed_are_two_days_of_the_world() -> None:
    assert dead_days("100-110", 182) == (100, 110)
    for written in ("110-100", "100", "0-5", "100-182", "a-b", "-3-5"):
        with pytest.raises(SettingsError, match="two days of the world's 182"):
            dead_days(written, 182)


def test_the_last_week_of_a_world_that_is_run_is_this_one() -> None:
    for today in (date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 8)):
        assert first_monday(2, today) == (2026, 2, 23)


def test_a_renewal_lies_ahead_of_whoever_has_a_contract() -> None:
    world = World(WorldSpec(accounts=40, weeks=10))
    for day in (0, 30):
        for column in WorldStory(world).columns(day, told_at(world, day), 1):
            for value in column.values:
                event = json.loads(value)
                if event.get("type") == "group":
                    renewal = datetime.fromisoformat(event["traits"]["renewal_at"]).date()
                    assert world.date_of(day) < renewal <= world.date_of(day) + timedelta(366)
