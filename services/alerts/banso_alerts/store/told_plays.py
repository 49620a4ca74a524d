"""The plays that scoring told of, by version; those whose `since_at` is newest are in force."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_common.contracts.plays_told import PlaysTold
from banso_common.db.rows import Columns, upsert

p = t.plays.c


async def keep(tx: AsyncConnection, told: Sequence[PlaysTold]) -> None:
    """Keep what was told. Told again changes nothing; told since later lets it count again."""
    for each in sorted(told, key=lambda one: (one.version, one.since_at)):
        row: Columns = {"version": [each.version], "since_at": [each.since_at], "text": [each.text.encode()]}
        await upsert(tx, t.plays, row, replace=False)
        later = update(t.plays).where(p.version == each.version, p.since_at < each.since_at)
        await tx.execute(later.values(since_at=each.since_at))


async def text_of(tx: AsyncConnection, version: str) -> str | None:
    """What is written in that version; None when it was never told."""
    raw = (await tx.execute(select(p.text).where(p.version == version))).scalar_one_or_none()
    return None if raw is None else bytes(raw).decode()


async def newest(tx: AsyncConnection, most: int) -> list[tuple[str, int]]:
    """Versions and since when they count, those in force first."""
    rows = await tx.execute(select(p.version, p.since_at).order_by(p.since_at.desc(), p.version).limit(most))
    return [(row.version, row.since_at) for row in rows]
