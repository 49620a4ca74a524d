"""Findings as rows: what was last computed, as it is shown."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_common.contracts.codec import decode, encode
from banso_common.db.rows import upsert

T = TypeVar("T")


async def keep(tx: AsyncConnection, name: str, value: object, now: int) -> None:
    """Keep a finding in place of the one before."""
    await upsert(tx, t.finding, {"name": [name], "computed_at": [now], "value": [encode(value)]})


async def latest(tx: AsyncConnection, name: str, decoder: msgspec.json.Decoder[T]) -> tuple[int, T] | None:
    """When it was computed, and the finding; None before the first."""
    row = (await tx.execute(select(t.finding).where(t.finding.c.name == name))).one_or_none()
    return None if row is None else (row.computed_at, decode(decoder, bytes(row.value)))
