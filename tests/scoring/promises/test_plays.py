"""The plays of the model that counts are named by every signal, and told on the log ahead of the first that does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_signal import signal_decoder
from banso_common.contracts.plays_told import are_plays, plays_decoder, version_of
from banso_common.contracts.topics import KEEP_DAYS, Topic
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Unavailable
from banso_common.log.embedded import EmbeddedLog
from banso_common.pipeline.relay import Relay
from banso_scoring import plays_store, switch_store
from banso_scoring import tables as t
from banso_scoring.model.load import load_model
from banso_scoring.plays_foreword import PlaysForeword
from banso_scoring.plays_store import said_by
from tests.scoring.domain.builders import SMALL
from tests.scoring.promises.failing import armed
from tests.scoring.promises.room import LANES, Room, member_of, room_of
from tests.scoring.promises.streams import event
from tests.scoring.promises.switched import NEW, OLD, settle, told_signals, want

PARTITIONS = 4
"""More than lanes: nobody's own lane is the partition of every signal."""
WITH_PLAYS = load_model(SMALL + "plays: [call-the-silent]\n", "plays.yaml")
OTHER = load_model(NEW.text + "plays: [rescue]\n", "other.yaml")


@pytest.fixture
async def room(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    async with room_of(database_url, clock, model=OLD) as made:
        await made.member.configure()
        yield made


@pytest.fixture
async def log(tmp_path: Path, clock: ManualClock) -> AsyncIterator[EmbeddedLog]:
    made = EmbeddedLog(tmp_path / "log", clock)
    await made.start()
    await made.create_topics(PARTITIONS, KEEP_DAYS)
    yield made
    await made.stop()


def relay_of(room: Room, log: EmbeddedLog) -> Relay:
    """A new process's relay."""
    relay = Relay(log, room.engine, t.outbox, lambda: range(LANES), room.member.clock)
    relay.foreword = PlaysForeword(room.member.clock)
    return relay


async def relayed(room: Room, log: EmbeddedLog) -> None:
    relay = relay_of(room, log)
    while await relay.once():
        pass
    await relay.close()


async def ends(room: Room, *accounts: str) -> None:
    """Contracts end: each is a moment, and said at once."""
    ended, now = "left" if room.member.model.version == OTHER.version else "ended", room.member.clock.now()
    await room.take(*(event(ord(name), name, ended, now) for name in accounts))
    await room.sweep(now)


async def heard(log: EmbeddedLog) -> tuple[list[str], int]:
    """The plays that signals name which were not told before them in their partition, and how often plays were told."""
    missing, count = [], 0
    for partition in range(PARTITIONS):
        known: set[str] = set()
        for value in (await log.scan(Topic.ACCOUNT_SIGNALS, partition, 0, 1_000)).values:
            if are_plays(value):
                told = plays_decoder.decode(value)
                assert told.version == version_of(told.text)
                known.add(told.version)
                count += 1
            elif (said := signal_decoder.decode(value)).plays_version not in known:
                missing.append(said.key)
    return missing, count


async def test_every_signal_names_the_plays_that_count_and_they_are_told_ahead_of_it_in_its_partition(
    room: Room, log: EmbeddedLog
) -> None:
    await ends(room, "a", "b", "c", "d", "e", "f", "g")
    assert {one.plays_version for one in await told_signals(room)} == {said_by(OLD.text).version}
    await relayed(room, log)
    missing, count = await heard(log)
    assert missing == [] and count == PARTITIONS


async def test_only_the_plays_are_others_and_they_count_at_once_without_judging_anybody_anew(room: Room) -> None:
    assert WITH_PLAYS.version == OLD.version
    await ends(room, "a")
    await want(room, WITH_PLAYS)
    async with reading(room.engine) as tx:
        switch = await switch_store.read(tx)
        assert switch is not None and switch.wanted is None
        assert await switch_store.text_of(tx, OLD.version) == WITH_PLAYS.text
    await ends(room, "b")
    first, last = (one.plays_version for one in await told_signals(room))
    assert (first, last) == (said_by(OLD.text).version, said_by(WITH_PLAYS.text).version)


async def test_the_plays_of_another_model_count_from_the_moment_on_in_which_it_does(
    room: Room, log: EmbeddedLog
) -> None:
    await ends(room, "a", "b", "c")
    await want(room, OTHER)
    await ends(room, "d", "e", "f")
    assert {one.plays_version for one in await told_signals(room)} == {said_by(OLD.text).version}
    await settle(room)
    assert room.member.model.version == OTHER.version
    await ends(room, "g", "h", "i", "j", "k")
    said = {one.key: (one.model_version, one.plays_version) for one in await told_signals(room)}
    assert set(said.values()) == {
        (OLD.version, said_by(OLD.text).version),
        (OTHER.version, said_by(OTHER.text).version),
    }
    await relayed(room, log)
    assert (await heard(log))[0] == []


async def test_a_process_that_dies_after_telling_the_plays_tells_them_again_before_the_signals(
    room: Room, log: EmbeddedLog
) -> None:
    await ends(room, "a", "b", "c", "d", "e", "f", "g")
    with armed("relay-foreword:fail"), pytest.raises(Unavailable):
        await relayed(room, log)
    assert (await heard(log)) == ([], PARTITIONS)
    await want(room, WITH_PLAYS)
    await relayed(room, log)
    missing, _ = await heard(log)
    assert missing == [], "also of plays that count no more, whose signals had not been sent"


async def test_nothing_is_said_and_yet_every_lane_hears_of_other_plays_once_and_again_after_a_day(
    room: Room, log: EmbeddedLog, clock: ManualClock
) -> None:
    relay = relay_of(room, log)
    counts = []
    for change in (None, None, WITH_PLAYS, None, DAY_MS, None):
        if isinstance(change, int):
            clock.move_to(clock.now() + change)
        elif change is not None:
            await want(room, change)
        await relay.once()
        counts.append((await heard(log))[1])
    await relay.close()
    assert counts == [LANES, LANES, 2 * LANES, 2 * LANES, 3 * LANES, 3 * LANES]


async def test_going_back_to_former_plays_lets_them_count_since_then(room: Room, clock: ManualClock) -> None:
    since = []
    for model in (WITH_PLAYS, OLD, WITH_PLAYS, WITH_PLAYS):
        await want(room, model)
        async with reading(room.engine) as tx:
            found = await plays_store.in_force(tx)
        assert found is not None and found.version == said_by(model.text).version
        since.append(found.since_at)
    assert since[0] < since[1] < since[2] == since[3], "in the same millisecond, too"


async def test_a_start_with_changed_plays_in_the_same_file_lets_them_count_and_a_mere_start_does_not(
    room: Room, database_url: str, clock: ManualClock
) -> None:
    async def in_force_after_start_with(text: str) -> str:
        async with member_of(database_url, clock, model=load_model(text, "file.yaml")) as other:
            await other.member.configure()
            async with reading(other.engine) as tx:
                return await plays_store.in_force_version(tx)

    await want(room, WITH_PLAYS)
    assert await in_force_after_start_with(OLD.text) == said_by(WITH_PLAYS.text).version, "somebody switched to it"
    third = SMALL + "plays: [rescue]\n"
    assert await in_force_after_start_with(third) == said_by(third).version
    assert await in_force_after_start_with(third) == said_by(third).version


async def test_a_store_of_before_plays_were_told_begins_with_those_of_the_model_that_counts(
    room: Room, database_url: str, clock: ManualClock
) -> None:
    await want(room, OTHER)
    await settle(room)
    async with transaction(room.engine) as tx:
        await tx.execute(t.plays.delete())
        await tx.execute(t.model_switch.update().values(configured_plays=None))
    async with member_of(database_url, clock, model=OLD) as other:
        await other.member.configure()
        async with reading(other.engine) as tx:
            assert await plays_store.in_force_version(tx) == said_by(OTHER.text).version
