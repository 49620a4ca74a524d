"""Statements on feeds: how each is heard, a row a lane and source, and what was said of it, a row a source.

Every function takes an open transaction; none commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import tables as t
from banso_scoring.domain.feeds.quiet import DAYS_KEPT
from banso_scoring.domain.feeds.rhythm import DAY_HOURS, HOUR_MS, HOURS_KEPT, Pause, Rhythm

DAYS_BYTES = -(-DAYS_KEPT // 8)
ByLane = dict[int, dict[str, Rhythm]]


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a feed: the number of its newest episode of staleness, and since when that is open."""

    episode: int = 0
    since_at: int | None = None
    retired_at: int | None = None
    """When somebody said that it no longer counts."""


async def rhythms(tx: AsyncConnection) -> ByLane:
    """How each feed was heard in each lane."""
    found: ByLane = {}
    for row in await tx.execute(select(t.feed)):
        hours = int.from_bytes(row.hours, "little")
        found.setdefault(row.lane, {})[row.source] = Rhythm(
            first_at=row.first_at,
            heard_at=row.heard_at,
            newest_at=row.newest_at,
            hours=hours,
            beats=tuple(msgspec.msgpack.decode(row.beats)),
            tells=row.tells,
            contacts=row.contacts,
            pause=None if row.pause is None else Pause(*msgspec.msgpack.decode(row.pause)),
            days=_days_of(hours, row.heard_at) if row.days is None else int.from_bytes(row.days, "little"),
        )
    return found


async def put(tx: AsyncConnection, lane: int, heard: Mapping[str, Rhythm]) -> None:
    """Store how these feeds were heard in `lane`."""
    known = list(heard.values())
    rows: Columns = {
        "lane": [lane] * len(heard),
        "source": list(heard),
        "first_at": [one.first_at for one in known],
        "heard_at": [one.heard_at for one in known],
        "newest_at": [one.newest_at for one in known],
        "hours": [one.hours.to_bytes(HOURS_KEPT // 8, "little") for one in known],
        "beats": [msgspec.msgpack.encode(one.beats) for one in known],
        "tells": [one.tells for one in known],
        "contacts": [one.contacts for one in known],
        "days": [one.days.to_bytes(DAYS_BYTES, "little") for one in known],
        "pause": [None if one.pause is None else _pause(one.pause) for one in known],
    }
    await upsert(tx, t.feed, rows)


async def told(tx: AsyncConnection) -> dict[str, Told]:
    """What was said of each feed of which anything was."""
    rows = await tx.execute(select(t.feed_told))
    return {row.source: Told(row.episode, row.since_at, row.retired_at) for row in rows}


async def put_told(tx: AsyncConnection, said: Iterable[tuple[str, Told]]) -> None:
    """Store what was said of these feeds; whether they are retired is left alone."""
    some = list(said)
    rows: Columns = {
        "source": [source for source, _ in some],
        "episode": [one.episode for _, one in some],
        "since_at": [one.since_at for _, one in some],
    }
    await upsert(tx, t.feed_told, rows)


async def put_retired(tx: AsyncConnection, source: str, retired_at: int | None) -> None:
    """Store whether `source` counts; the episodes of it are left alone."""
    await upsert(tx, t.feed_told, {"source": [source], "episode": [0], "retired_at": [None]}, replace=False)
    await upsert(tx, t.feed_told, {"source": [source], "retired_at": [retired_at]})


async def accounts_by_source(tx: AsyncConnection) -> dict[str, int]:
    """Of each source how many accounts have events that came through it."""
    lines = t.account.c.feeds
    query = select(lines, func.count()).where(lines != "").group_by(lines)
    found: dict[str, int] = {}
    for sources, count in await tx.execute(query):
        for source in sources.split("\n"):
            found[source] = found.get(source, 0) + int(count)
    return found


def _pause(pause: Pause) -> bytes:
    return msgspec.msgpack.encode((pause.held_at, pause.resumed_at, pause.late_at))


def _days_of(hours: int, heard_at: int) -> int:
    """The days of `hours` that end with that of `heard_at`, as the bits of `Rhythm.days`: all that was kept once."""
    last = heard_at // HOUR_MS
    return sum({1 << last // DAY_HOURS - (last - i) // DAY_HOURS for i in range(HOURS_KEPT) if hours >> i & 1})
