"""Two members look after one feed at once: it is told of once, by the owner of the lowest lane in which it spoke."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import feed_subject, signal_decoder
from banso_common.errors import Fenced
from banso_scoring import tables as t
from tests.conftest import START_AT
from tests.scoring.promises.room import LANES, Room, lane_of, member_of
from tests.scoring.promises.streams import event

NAMES = ("acme", "boon", "coda", "dune")
OPENED = f"{feed_subject('app')}/feed-stale/1/opened"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_AT)


@pytest.fixture
async def pair(database_url: str, clock: ManualClock) -> AsyncIterator[tuple[Room, Room]]:
    """Two members over one store and one log, without lanes yet."""
    async with (
        member_of(database_url, clock, feeds_watched=True) as one,
        member_of(database_url, clock, feeds_watched=True) as other,
    ):
        other.log = one.log
        yield one, other


async def live(clock: ManualClock, *rooms: Room) -> None:
    """Ten days on which the feed is heard in every lane, and four on which it is not."""
    assert {lane_of(name) for name in NAMES} == set(range(LANES))
    for hour in range(240):
        for number, name in enumerate(NAMES):
            rooms[0].write([event(4 * hour + number, name, "act", START_AT + hour * HOUR_MS)])
    clock.move_to(START_AT + 10 * DAY_MS)
    for room in rooms:
        await room.drain()
    clock.move_to(START_AT + 14 * DAY_MS)


async def said(room: Room) -> list[str]:
    return [signal_decoder.decode(bytes(row.value)).key for row in await room.rows(t.outbox) if "feed" in row.key]


async def test_of_two_that_share_the_lanes_one_speaks(pair: tuple[Room, Room], clock: ManualClock) -> None:
    one, other = pair
    await one.handler.assigned([0])
    await other.handler.assigned([1])
    await live(clock, one, other)
    await other.sweep(clock.now())
    assert await said(one) == [], "it speaks for the feed who owns the lowest lane"
    await asyncio.gather(other.sweep(clock.now()), one.sweep(clock.now()))
    assert await said(one) == [OPENED]
    await one.handler.revoked([0])
    await other.handler.assigned([0])  # the one is gone; who takes its lane knows what was said
    clock.move_to(clock.now() + HOUR_MS)
    await other.sweep(clock.now())
    assert await said(one) == [OPENED]


async def test_of_two_that_both_think_the_lanes_theirs_one_speaks(pair: tuple[Room, Room], clock: ManualClock) -> None:
    one, other = pair
    await one.handler.assigned(range(LANES))
    await live(clock, one)
    await other.handler.assigned(range(LANES))
    clock.move_to(clock.now() + HOUR_MS)
    ended = await asyncio.gather(one.sweep(clock.now()), other.sweep(clock.now()), return_exceptions=True)
    assert isinstance(ended[0], Fenced)
    assert ended[1] is None
    assert await said(one) == [OPENED]
