"""Promise 3, fencing: whoever took a lane last may write for it, and nobody else, whatever they were about to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from banso_common.clock import DAY_MS, ManualClock
from banso_common.errors import BansoError, Fenced
from banso_common.log.port import BEGINNING
from banso_scoring import tables as t
from tests.conftest import START_AT
from tests.scoring.promises.room import LANES, Room, member_of
from tests.scoring.promises.streams import Fold, event
from tests.scoring.promises.test_crashes import state


@pytest.fixture
async def other(room: Room, database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """Another member, which has no lanes yet, on the same store and log."""
    async with member_of(database_url, clock) as made:
        made.log = room.log
        yield made


STREAM = [event(n, ("acme", "zeta")[n % 2], "act", START_AT - n * DAY_MS // 9, user=f"u{n}") for n in range(40)]


async def test_a_zombies_batch_is_refused_and_leaves_nothing(room: Room, other: Room) -> None:
    await room.take(*STREAM[:10])
    room.write(STREAM[10:20])
    late = room.prepared()
    await other.reload()
    before = await state(room)
    with pytest.raises(Fenced):
        await room.handler.commit(late)
    assert await state(room) == before
    await other.drain()
    assert await other.facts() == Fold().take(STREAM[:20]).facts


async def test_a_zombies_sweep_is_refused_and_leaves_nothing(room: Room, other: Room, clock: ManualClock) -> None:
    await room.take(*STREAM)
    await other.reload()
    clock.move_to(START_AT + 3 * DAY_MS)
    before = await state(room)
    with pytest.raises(Fenced):
        await room.sweep(clock.now())
    assert await state(room) == before


async def test_a_zombie_stays_one_and_says_so_until_it_takes_its_lanes_anew(room: Room, other: Room) -> None:
    faults: list[BansoError] = []
    room.member.failed = faults.append
    await other.reload()
    for _ in range(2):
        room.write(STREAM[:1])
        with pytest.raises(Fenced):
            await room.drain()
    assert [type(fault) for fault in faults] == [Fenced]
    await room.reload()
    await room.drain()
    with pytest.raises(Fenced):
        await other.sweep(START_AT)


async def test_one_lane_lost_fences_every_write(room: Room, other: Room) -> None:
    await room.take(*STREAM)
    await other.handler.assigned([0])
    room.write([event(99, "x", "act", START_AT)], lane=1)
    with pytest.raises(Fenced):
        await room.drain()


async def test_a_lane_that_was_never_taken_cannot_be_written(room: Room, other: Room) -> None:
    room.write([event(7, "x", "act", START_AT)], lane=1)
    work = room.prepared()
    await other.handler.assigned([0])
    with pytest.raises(Fenced):
        await other.handler.commit(work)


async def test_each_taking_raises_the_epoch_and_goes_on_where_the_store_is(room: Room, other: Room) -> None:
    assert await room.handler.assigned(range(LANES)) == dict.fromkeys(range(LANES), BEGINNING)
    await room.take(*STREAM)
    ends = {lane: len(records) for lane, records in room.log.items()}
    assert await other.handler.assigned(range(LANES)) == ends
    assert {row.epoch for row in await room.rows(t.checkpoint)} == {3}


async def test_lanes_that_are_given_up_are_forgotten_and_the_others_go_on(room: Room, other: Room) -> None:
    await room.take(*STREAM)
    await room.handler.revoked([0])
    assert room.member.lanes() == [1]
    await other.handler.assigned([0])
    more = [event(100 + n, name, "act", START_AT) for n, name in enumerate(("acme", "zeta", "株式会社", "Ächzen GmbH"))]
    room.write(more)
    await room.drain()
    await other.drain()
    assert await other.facts() == Fold().take([*STREAM, *more]).facts
    for row in await room.rows(t.lane):
        assert row.received == len(room.log[row.lane])


async def test_offsets_with_holes_are_followed(room: Room) -> None:
    room.write(STREAM[:3], lane=0)
    (batch,) = room.batches()
    holes = replace(batch, offsets=[4, 7, 9], next_offset=12, end_offset=12)
    assert await room.handler.commit(room.handler.prepare([holes])) == {0: 12}
    assert (await room.handler.assigned([0]))[0] == 12
