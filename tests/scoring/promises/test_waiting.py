"""Accounts whose feed is missed wait, the others go on; what is closed stays closed when the lanes are loaded anew."""

from __future__ import annotations

from pathlib import Path

import msgspec

from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import AccountActivity
from banso_scoring import tables as t
from tests.scoring.promises.feed_story import DAYS, DEAD_FROM, DEAD_UNTIL, LOOKS, Told, at, end, story, watched
from tests.scoring.promises.room import Room

SEED = 0


def feed_of(one: AccountActivity) -> str:
    """Half of the accounts, in each lane some, have a feed of their own; who wrote is known of all."""
    if one.name == "contact":
        return "desk"
    return "own" if int(one.account.split("-")[1]) % 4 in (1, 2) else one.source


async def closed_through(room: Room) -> set[int]:
    """The days through which accounts are closed."""
    return set(room.member.portfolio.columns.closed_day[: len(room.member.portfolio)].tolist())


async def half_dead(path: Path, *, restarts: bool) -> tuple[Told, list[tuple[object, ...]], int]:
    """The story while one of two feeds is dead: what was said, the history, and how many days were waited for."""
    left = [msgspec.structs.replace(one, source=feed_of(one)) for one in story(SEED)]
    waited = 0
    async with watched(f"sqlite+aiosqlite:///{path}") as (room, clock):
        for now in [at(0, 9), *(at(day, hour) for day in range(DAYS) for hour in LOOKS[1:])]:
            clock.move_to(now)
            is_dead = at(DEAD_FROM, 11) < now < at(DEAD_UNTIL, 11)
            due = [one for one in left if one.occurred_at <= now and not (is_dead and one.source == "own")]
            left = [one for one in left if one not in due]
            late = [msgspec.structs.replace(one, received_at=now) for one in due if one.occurred_at <= now - DAY_MS]
            room.write([*(one for one in due if one.occurred_at > now - DAY_MS), *late])
            await room.drain()
            for _ in range(1 + restarts):
                await room.sweep(now)
                days = await closed_through(room)
                waited = max(waited, max(days) - min(days))
                if restarts:
                    await room.reload()
                    assert await closed_through(room) == days
        return await end(room), [tuple(row) for row in await room.rows(t.history)], waited


async def test_who_waits_and_who_does_not_is_known_again_after_a_restart_and_no_day_is_closed_twice(
    tmp_path: Path,
) -> None:
    found, history, waited = await half_dead(tmp_path / "whole.db", restarts=False)
    again, rewritten, _ = await half_dead(tmp_path / "restarted.db", restarts=True)
    assert waited >= 3
    assert again.customers == found.customers
    assert again.shown == found.shown
    assert rewritten == history
