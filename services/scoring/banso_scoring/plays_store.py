"""What success models say for alerts (plays, capacity), by the name of its content, and which of it counts.

The newest `since_at` counts, and it only ever grows. A signal names what counts in the transaction that says it; who
lets other plays count holds the row of `model_switch`, as a switch does, and thereby waits for those who write.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts import plays_told
from banso_common.db.rows import Columns, upsert
from banso_common.document import Document
from banso_common.findings import FileWrong
from banso_scoring import tables as t

p = t.plays.c


@dataclass(frozen=True, slots=True)
class Said:
    """What a model file says for alerts."""

    version: str
    text: str


@dataclass(frozen=True, slots=True)
class InForce:
    """Which plays count, and since when."""

    version: str
    since_at: int


@lru_cache(maxsize=8)
def said_by(model_text: str) -> Said:
    """What the text of a model file says for alerts; nothing when it cannot be read (or there is none)."""
    try:
        values = Document(model_text, "model").values if model_text else {}
    except FileWrong:
        values = {}
    text = plays_told.written(values)
    return Said(plays_told.version_of(text), text)


async def let_count(tx: AsyncConnection, model_text: str, now: int) -> None:
    """What this model file says for alerts counts from now on; what counts already goes on."""
    said, found = said_by(model_text), await in_force(tx)
    if found is not None and found.version == said.version:
        return
    row: Columns = {"version": [said.version], "text": [said.text.encode()], "since_at": [None]}
    await upsert(tx, t.plays, row, replace=False)
    since_at = now if found is None else max(now, found.since_at + 1)
    await tx.execute(update(t.plays).where(p.version == said.version).values(since_at=since_at))


async def in_force(tx: AsyncConnection) -> InForce | None:
    """Which plays count; None in a store that was never started."""
    newest = select(func.max(p.since_at)).scalar_subquery()
    found = (await tx.execute(select(p.version, p.since_at).where(p.since_at == newest))).first()
    return None if found is None else InForce(*found)


async def in_force_version(tx: AsyncConnection) -> str:
    """Their name, as signals say it."""
    found = await in_force(tx)
    return "" if found is None else found.version


async def told(tx: AsyncConnection, versions: Collection[str]) -> list[plays_told.PlaysTold]:
    """What is to be told of these versions."""
    rows = await tx.execute(select(t.plays).where(p.version.in_(sorted(versions)), p.since_at.is_not(None)))
    return [
        plays_told.PlaysTold(
            v=plays_told.VERSION,
            kind="plays",
            version=row.version,
            since_at=row.since_at,
            text=bytes(row.text).decode(),
        )
        for row in rows
    ]
