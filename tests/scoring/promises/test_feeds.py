"""A feed that dies tells nothing of anybody: time stands still for its accounts, one message goes to the operator, and
once the backlog is read the same has been said as if the feed had never died."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_signal import (
    Band,
    feed_subject,
)
from banso_common.db.transaction import transaction
from banso_scoring import feed_store
from banso_scoring import tables as t
from banso_scoring.domain.feeds.rhythm import FAR, heard, patience_ms
from banso_scoring.domain.struggle.usual import ContactState
from banso_scoring.feeds import Feeds, FeedState
from tests.scoring.promises.feed_story import (
    DEAD_UNTIL,
    STALE,
    at,
    begin,
    catch_up,
    dead,
    end,
    go_on,
    undisturbed,
    watched,
)
from tests.scoring.promises.room import room_of
from tests.scoring.promises.streams import event


@pytest.mark.parametrize("seed", range(4))
async def test_after_the_backlog_is_read_the_same_was_said_as_if_the_feed_had_never_died(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    wanted = await undisturbed(tmp_path, seed)
    async with watched(database_url) as (room, clock):
        telling = await begin(room, clock, seed)
        before = await end(room)
        await dead(telling, restarts=seed % 2 == 1)
        during = await end(room)
        assert during.customers == before.customers
        assert during.feeds == [f"{feed_subject('app')}/{STALE}/1/opened"]
        assert {shown[0] for shown in during.shown.values()} == {Band.UNKNOWN}
        assert {a: shown[1] for a, shown in during.shown.items()} == {a: shown[1] for a, shown in before.shown.items()}
        await catch_up(telling)
        assert (await end(room)).customers == before.customers
        found = await go_on(telling, DEAD_UNTIL)
    assert found.customers == wanted.customers
    assert len(wanted.customers) > len(before.customers)
    assert found.shown == wanted.shown
    assert found.feeds == [*during.feeds, f"{feed_subject('app')}/{STALE}/1/closed"]


async def test_without_the_watch_a_dead_feed_raises_alarms_of_customers(tmp_path: Path) -> None:
    alarmed = 0
    for seed in range(4):
        async with watched(f"sqlite+aiosqlite:///{tmp_path / f'{seed}.db'}", feeds_watched=False) as (room, clock):
            telling = await begin(room, clock, seed)
            before = await end(room)
            await dead(telling)
            alarmed += len((await end(room)).customers) - len(before.customers)
    assert alarmed > 0


async def test_a_feed_that_dies_is_missed_on_a_virtual_clock_as_on_a_real_one(tmp_path: Path) -> None:
    class Virtual(ManualClock):
        is_virtual = True

    clock = Virtual(at(0, 9))
    async with room_of(f"sqlite+aiosqlite:///{tmp_path / 'told.db'}", clock, feeds_watched=True) as room:
        await room.take(*(event(n, "acme", "act", at(-9 + n, 8)) for n in range(9)))
        opened = f"{feed_subject('app')}/{STALE}/1/opened"
        for day, said in ((3, []), (4, [opened]), (8, [opened])):
            clock.move_to(at(day, 9))
            await room.sweep(clock.now())
            assert (await end(room)).feeds == said
        await room.take(event(9, "acme", "act", at(8, 9)))
        clock.is_virtual = False  # from now on time is real
        clock.move_to(at(8, 9.5))
        await room.sweep(clock.now())
        assert (await end(room)).feeds == [opened, opened.replace("opened", "closed")]


async def test_nobody_is_told_that_an_upload_of_the_past_has_ended_and_only_who_has_no_other_feed_waits(
    tmp_path: Path,
) -> None:
    clock = ManualClock(at(0, 9))
    async with room_of(f"sqlite+aiosqlite:///{tmp_path / 'once.db'}", clock, feeds_watched=True) as room:
        past = [event(100 * n + day, name, "act", at(-day, 8)) for n, name in enumerate("ab") for day in range(60)]
        uploaded = [msgspec.structs.replace(one, source="file", received_at=at(0, 9)) for one in past]
        await room.take(*uploaded)
        for day in range(20):
            await room.take(event(500 + day, "b", "act", at(day, 9.5)))
            clock.move_to(at(day, 10))
            await room.sweep(clock.now())
        assert (await end(room)).feeds == []
        shown = {row.account: (row.band, row.last_day) for row in await room.rows(t.health)}
        columns, found = room.member.portfolio.columns, room.member.portfolio.find
        closed = {name: int(columns.closed_day[found(name)]) for name in "ab"}
        today = at(19) // DAY_MS
        assert (closed["a"], closed["b"]) == (today - 19, today - 1)
        assert Band.UNKNOWN not in {band for band, _ in shown.values()}


def test_of_a_feed_that_is_heard_too_rarely_nothing_is_said_and_it_holds_nobody_s_time() -> None:
    seldom, often = (np.array([at(-day, 9) for day in range(0, 140, step)], np.int64) for step in (20, 1))
    feeds = Feeds(watched=True)
    heard_of = {"seldom": heard(seldom, seldom), "often": heard(often, often)}
    feeds.take(0, {name: one.of(tells=True, contacts=True) for name, one in heard_of.items()}, at(0, 10))
    states = [(feeds.state_of("seldom", at(day, 12)), feeds.state_of("often", at(day, 12))) for day in (0, 9, 100)]
    assert states == [
        (FeedState.UNJUDGED, FeedState.FRESH),
        (FeedState.UNJUDGED, FeedState.LATE),
        (FeedState.GONE, FeedState.GONE),
    ]
    limits = feeds.limits(at(9, 12))
    assert [limits[feeds.number_of(name)] == FAR for name in ("seldom", "often")] == [True, False]
    feeds.known.pop("often")
    assert feeds.contact_state(at(9, 12)) is ContactState.HEARD
    patient = Feeds([("sel*", 3 * DAY_MS)], watched=True)
    patient.take(0, {"seldom": heard(seldom, seldom).of(tells=True, contacts=False)}, at(0, 10))
    assert patient.state_of("seldom", at(9, 12)) is FeedState.LATE, "what somebody says of it stands before"


async def test_a_rhythm_that_was_stored_without_its_days_is_read_with_those_of_its_hours(tmp_path: Path) -> None:
    async with watched(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}") as (room, clock):
        clock.move_to(at(0, 9))
        await room.take(*(event(n, "acme", "act", at(-40 + n, 8)) for n in range(40)))
        async with transaction(room.member.engine) as tx:
            now = await feed_store.rhythms(tx)
            await tx.execute(t.feed.update().values(days=None))
            before = await feed_store.rhythms(tx)
    for lane, found in now.items():
        for source, rhythm in found.items():
            assert rhythm.days.bit_count() == 40
            assert before[lane][source] == replace(rhythm, days=(1 << 28) - 1)
            assert patience_ms(before[lane][source]) == patience_ms(rhythm)
