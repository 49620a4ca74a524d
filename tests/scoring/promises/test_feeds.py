"""A feed that dies tells nothing of anybody: time stands still for its accounts, one message goes to the operator, and
once the backlog is read the same has been said as if the feed had never died."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity
from banso_common.contracts.account_signal import (
    AccountSignal,
    Band,
    feed_subject,
    signal_decoder,
)
from banso_common.contracts.codec import identity_of
from banso_common.db.transaction import transaction
from banso_scoring import feed_store
from banso_scoring import tables as t
from banso_scoring.domain.feeds.rhythm import FAR, heard, patience_ms
from banso_scoring.domain.struggle.usual import ContactState
from banso_scoring.feeds import Feeds, FeedState
from tests.conftest import START_AT
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.room import Room, room_of
from tests.scoring.promises.streams import event, told

MIDNIGHT_AT = START_AT - START_AT % DAY_MS
PAST_DAYS, DEAD_FROM, DEAD_UNTIL, DAYS = 35, 3, 8, 11
"""Days before the first; the day on whose forenoon the feed dies; the one on whose evening all is read; the last."""
ACCOUNTS = 10
WORK = range(8, 20)
STALE = "feed-stale"
ZONES = ("Asia/Tokyo", "UTC", "America/Los_Angeles")
LOOKS = (5.5, 11.5, 17.5, 23.8)
"""At these hours of a day it is looked at."""


def at(day: int, hour: float = 0.0) -> int:
    return MIDNIGHT_AT + day * DAY_MS + round(hour * HOUR_MS)


def story(seed: int) -> list[AccountActivity]:
    """What ten accounts do on all days, in the order in which it happens: they work, meet trouble, write, fall quiet;
    somebody does something in every hour of work."""
    draw = np.random.default_rng(seed)
    made: list[AccountActivity] = []
    for number in range(ACCOUNTS):
        account = f"account-{number}"
        pace, quiet_from = draw.integers(1, 9), int(draw.integers(-20, 40))
        troubled = {int(day) for day in draw.integers(-20, DAYS, 2)} if number % 2 else set()
        first = -PAST_DAYS if number else -PAST_DAYS - 1
        if number >= ACCOUNTS - 2:  # they come while the feed is dead
            first = DEAD_FROM + number - ACCOUNTS + 3
        for day in range(first, DAYS + 1):
            done = ["act"] * int(draw.poisson(pace if day < quiet_from else 0.2))
            done += ["error"] * int(draw.poisson(12 if any(0 <= day - one < 3 for one in troubled) else 0.2))
            done += ["contact"] * int(draw.poisson(0.1 * (number % 3)))
            hours = draw.choice(np.array(WORK), len(done)) + draw.random(len(done)) * 0.9
            if number == 0:
                done, hours = [*done, *["act"] * len(WORK)], np.concatenate([hours, np.array(WORK) + 0.5])
            for n, (name, hour) in enumerate(zip(done, hours.tolist(), strict=True)):
                one = identity_of(account, str(day), str(n)) % 10**12
                made.append(event(one, account, name, at(day, hour), user=f"u{n % 3}"))
    zones = [
        told(number, f"account-{number}", at(-PAST_DAYS, 1), {"time_zone": ZONES[number % 3]}) for number in range(8)
    ]
    return sorted([*made, *(zones if seed % 2 else [])], key=lambda one: one.occurred_at)


@dataclass
class Told:
    """What a run said: of customers, and of feeds; and how everybody stands at its end."""

    customers: list[str]
    feeds: list[str]
    shown: dict[str, Any]


async def signals(room: Room) -> list[AccountSignal]:
    return [signal_decoder.decode(bytes(row.value)) for row in await room.rows(t.outbox)]


async def end(room: Room) -> Told:
    keys = [one.key for one in await signals(room)]
    rows = await room.rows(t.health)
    shown = {
        row.account: (
            row.band,
            None if row.score is None else round(row.score),
            row.phase,
            row.signals,
            row.last_day,
            row.feed,
        )
        for row in rows
    }
    return Told(sorted(k for k in keys if STALE not in k), [k for k in keys if STALE in k], shown)


class Telling:
    """Tells a story to a room, as a feed would: what happened until an instant, received then or when it happened."""

    def __init__(self, room: Room, clock: ManualClock, seed: int) -> None:
        self.room, self.clock = room, clock
        self.left = story(seed)

    async def until(self, now: int, *, belated: bool = False) -> None:
        self.clock.move_to(now)
        count = sum(one.occurred_at <= now for one in self.left)
        some, self.left = self.left[:count], self.left[count:]
        if belated:  # any order
            some = [msgspec.structs.replace(one, received_at=now) for one in some]
            some = [some[place] for place in np.random.default_rng(count).permutation(count)]
        self.room.write(some)

    async def sweep(self) -> None:
        await self.room.sweep(self.clock.now())

    async def looks(self, day: int) -> None:
        """What happens on a day, looked at again and again."""
        for hour in LOOKS:
            if at(day, hour) > self.clock.now():
                await self.until(at(day, hour))
                await self.room.drain()
                await self.sweep()


async def begin(room: Room, clock: ManualClock, seed: int) -> Telling:
    """Five weeks, and the days until the feed dies."""
    telling = Telling(room, clock, seed)
    await telling.until(at(0, 9))
    await room.drain()
    await telling.sweep()
    for day in range(DEAD_FROM):
        await telling.looks(day)
    await telling.until(at(DEAD_FROM, 10.6))
    await room.drain()
    await telling.sweep()
    return telling


async def go_on(telling: Telling, first: int) -> Told:
    for day in range(first, DAYS):
        await telling.looks(day)
    return await end(telling.room)


async def dead(telling: Telling, *, restarts: bool = False) -> None:
    """Every hour is looked at while the feed is dead."""
    now = at(DEAD_FROM, 11)
    while now < at(DEAD_UNTIL, 23):
        telling.clock.move_to(now)
        if restarts and now % (7 * HOUR_MS) == 0:
            await telling.room.reload()
        await telling.sweep()
        now += HOUR_MS


async def catch_up(telling: Telling, most: int = 40) -> None:
    """The backlog comes in any order, and is looked at while it is read."""
    await telling.until(at(DEAD_UNTIL, 23.5), belated=True)
    room = telling.room
    while batches := room.batches(most):
        await room.handler.commit(room.handler.prepare(batches))
        await telling.sweep()


@asynccontextmanager
async def watched(url: str, *, feeds_watched: bool = True) -> AsyncIterator[tuple[Room, ManualClock]]:
    clock = ManualClock(at(0, 9))
    async with room_of(url, clock, model=small_model(), feeds_watched=feeds_watched) as made:
        yield made, clock


async def undisturbed(tmp_path: Path, seed: int) -> Told:
    async with watched(f"sqlite+aiosqlite:///{tmp_path / 'alive.db'}") as (room, clock):
        return await go_on(await begin(room, clock, seed), DEAD_FROM)


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


def test_a_day_that_stood_still_is_closed_with_what_is_known_of_its_contacts_however_late_they_are_now() -> None:
    feeds, hours = Feeds(watched=True), np.array([at(day, hour) for day in range(-28, 1) for hour in WORK], np.int64)
    feeds.take(0, {"desk": heard(hours, hours).of(tells=False, contacts=True)}, at(0, 20))
    today = at(0) // DAY_MS
    assert feeds.contact_state(at(1, 23)) is ContactState.HELD
    assert feeds.contact_state(at(1, 23), today) is ContactState.HELD, "somewhere that day ends only when it is late"
    assert feeds.contact_state(at(1, 23), today - 1) is ContactState.HEARD


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
