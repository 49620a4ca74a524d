"""What ten accounts do for seven weeks, told to a room through a feed that may die, with what was said of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity
from banso_common.contracts.account_signal import (
    AccountSignal,
    signal_decoder,
)
from banso_common.contracts.codec import identity_of
from banso_scoring import tables as t
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
