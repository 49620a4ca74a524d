"""A signal is decided under the plays that it names, what waited under those in force; a decision names its plays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.decide import Desk
from banso_alerts.domain.outreach import Reason
from banso_alerts.editions import Editions
from banso_alerts.handler import AlertsHandler
from banso_alerts.settings import AlertsSettings
from banso_alerts.store.proof import rules
from banso_common.clock import ManualClock
from banso_common.contracts import plays_told
from banso_common.contracts.account_signal import AccountSignal
from banso_common.contracts.codec import encode
from banso_common.contracts.plays_told import PlaysTold
from banso_common.contracts.topics import Topic
from banso_common.db.transaction import reading
from banso_common.log.port import Batch
from tests.alerts.made import at, signal
from tests.alerts.room import Room


def play(name: str, **keys: Any) -> dict[str, Any]:
    words = {"title": f"{name}: {{account_name}}", "what": ["w"], "do": ["d"]}
    return {
        "name": name,
        "when": {"kind": "silent-struggling"},
        "audience": "owner",
        "channels": ["slack"],
        "text": {"ja": words, "en": words},
        "cooldown_hours": 0,
        "expiry_hours": 240,
        **keys,
    }


def told(*plays: dict[str, Any], since_at: int = 1, **beside: Any) -> PlaysTold:
    text = plays_told.written({"plays": list(plays), **beside})
    version = plays_told.version_of(text)
    return PlaysTold(v=1, kind="plays", version=version, since_at=since_at, text=text)


OLD, NEW = told(play("old")), told(play("new"), since_at=2)


class SwitchedRoom(Room):
    """A room whose plays are told on its partition."""

    def __init__(self, engine: AsyncEngine, clock: ManualClock, **settings: Any) -> None:
        super().__init__(engine, clock)
        self.editions = Editions(AlertsSettings(csm_hours_per_week=168, **settings))
        self.desk = Desk(self.policy, "https://banso.example", editions=self.editions)
        self.handler = AlertsHandler(engine, self.desk, clock, lambda: None)
        self._offset = 0

    async def read(self, *records: PlaysTold | AccountSignal, at_offset: int | None = None) -> None:
        """These records come by partition 0, in one batch."""
        if not self.handler.lanes:
            self._offset = max((await self.handler.assigned([0]))[0], 0)
        first = self._offset if at_offset is None else at_offset
        self._offset = first + len(records)
        offsets = list(range(first, self._offset))
        values = [encode(each) for each in records]
        batch = Batch(Topic.ACCOUNT_SIGNALS, 0, [b"k"] * len(values), values, offsets, self._offset, self._offset)
        await self.handler.commit(self.handler.prepare([batch]))

    async def records(self) -> list[tuple[str, int]]:
        """Each rule's definition and since when it has it."""
        async with reading(self.engine) as tx:
            return [(row.definition, row.since_at) for row in await rules.every(tx)]

    async def decided(self) -> dict[str, tuple[str, str]]:
        """By account: the play and the version of plays of its outreach."""
        return {row.account: (row.play, row.plays_version) for row in await self.rows()}


@pytest.fixture
async def room(engine: AsyncEngine, noon: ManualClock) -> SwitchedRoom:
    return SwitchedRoom(engine, noon)


def under(plays: PlaysTold, account: str) -> AccountSignal:
    return signal(account, plays_version=plays.version)


async def test_signals_of_two_versions_that_cross_are_each_decided_under_their_own(room: SwitchedRoom) -> None:
    await room.read(OLD, under(OLD, "a"), NEW, under(NEW, "b"), under(OLD, "c"), under(NEW, "d"))
    await room.read(under(OLD, "e"))
    ours, theirs = ("old", OLD.version), ("new", NEW.version)
    assert await room.decided() == {"a": ours, "b": theirs, "c": ours, "d": theirs, "e": ours}


async def test_before_anything_is_told_the_plays_of_the_settings_count_also_for_a_signal_that_names_others(
    room: SwitchedRoom,
) -> None:
    await room.read(signal("a"), under(NEW, "b"))
    given = room.editions.given
    assert await room.decided() == dict.fromkeys(("a", "b"), ("call-the-silent", given.version))


async def test_a_signal_that_names_no_plays_is_decided_under_those_in_force(room: SwitchedRoom) -> None:
    await room.read(NEW, OLD, signal("a"))
    assert await room.decided() == {"a": ("new", NEW.version)}


async def test_what_waited_is_decided_again_under_the_plays_in_force_then(room: SwitchedRoom) -> None:
    room.clock.move_to(at("2026-03-02T23:00"))
    same = told(play("old", cost={"hours": 2}), since_at=2)
    await room.read(OLD, signal("a", said_at=room.clock.now(), plays_version=OLD.version))
    assert (await room.row()).plays_version == OLD.version
    await room.read(same)
    room.clock.move_to(at("2026-03-03T12:00"))
    await room.tend()
    row = await room.row()
    assert (row.state, row.plays_version, row.cost_hours) == ("planned", same.version, 2.0)


async def test_a_play_that_was_taken_out_while_something_waited_is_not_told(room: SwitchedRoom) -> None:
    room.clock.move_to(at("2026-03-02T23:00"))
    await room.read(OLD, signal("a", said_at=room.clock.now(), plays_version=OLD.version), NEW)
    room.clock.move_to(at("2026-03-03T12:00"))
    await room.tend()
    row = await room.row()
    assert (row.state, row.reason, row.plays_version) == ("held", Reason.NO_PLAY, NEW.version)


async def test_going_back_lets_the_former_plays_count_again_and_being_told_again_changes_nothing(
    room: SwitchedRoom,
) -> None:
    await room.read(OLD, NEW, OLD, NEW)
    await room.read(signal("a"))
    await room.read(told(play("old"), since_at=3), OLD, signal("b"))
    assert await room.decided() == {"a": ("new", NEW.version), "b": ("old", OLD.version)}


async def test_another_process_that_begins_on_the_same_store_reads_what_was_told(
    room: SwitchedRoom, engine: AsyncEngine, noon: ManualClock
) -> None:
    await room.read(OLD, NEW, under(OLD, "a"))
    after = SwitchedRoom(engine, noon)
    await after.read(under(OLD, "b"), signal("c"))
    assert await after.decided() == {
        "a": ("old", OLD.version),
        "b": ("old", OLD.version),
        "c": ("new", NEW.version),
    }


async def test_plays_that_cannot_be_read_leave_those_before_them_in_force(room: SwitchedRoom) -> None:
    wrong = told(play("wrong", audience="nobody"), since_at=9)
    broken = PlaysTold(v=1, kind="plays", version="0", since_at=10, text="[")
    await room.read(NEW, wrong, broken, under(wrong, "a"), signal("b", plays_version="0"))
    assert await room.decided() == dict.fromkeys(("a", "b"), ("new", NEW.version))


async def test_a_model_without_plays_leaves_the_shipped_ones_with_its_capacity(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = SwitchedRoom(engine, noon)
    text = plays_told.written({"capacity": {"cost_per_hour": {"JPY": 9}}})
    bare = PlaysTold(v=1, kind="plays", version=plays_told.version_of(text), since_at=5, text=text)
    await room.read(bare, signal("a"))
    assert await room.decided() == {"a": ("call-the-silent", bare.version)}
    async with reading(engine) as tx:
        assert (await room.desk.in_force(tx)).rules.room.cost_per_hour == {"JPY": 9.0}


async def test_a_file_of_its_own_stands_before_all_that_is_told(
    engine: AsyncEngine, noon: ManualClock, tmp_path: Path
) -> None:
    file = tmp_path / "plays.yaml"
    file.write_text(json.dumps({"version": 1, "plays": [play("mine")]}))
    room = SwitchedRoom(engine, noon, plays_file=file)
    await room.read(NEW, under(NEW, "a"))
    assert await room.decided() == {"a": ("mine", room.editions.given.version)}


async def test_a_late_signal_of_former_plays_leaves_the_record_of_a_changed_rule_alone(room: SwitchedRoom) -> None:
    changed = told(play("old", when={"kind": "silent-struggling", "touch": "high"}, shadow=True), since_at=2)
    await room.read(OLD, changed, under(changed, "a"))
    since = await room.records()
    room.later(1_000)
    await room.read(under(OLD, "b"))
    assert await room.records() == since
