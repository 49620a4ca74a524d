"""What was last measured, as a row."""

from __future__ import annotations

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.proof.measurement import Measurement
from banso_common.contracts.codec import decode, encode
from banso_common.db.rows import upsert

PLAYS = "plays"
_decoder = msgspec.json.Decoder(Measurement)


async def keep(tx: AsyncConnection, found: Measurement, now: int) -> None:
    """Keep a measurement in place of the one before."""
    await upsert(tx, t.finding, {"name": [PLAYS], "computed_at": [now], "value": [encode(found)]})


async def latest(tx: AsyncConnection) -> tuple[int, Measurement] | None:
    """The last measurement and when it was made; None before the first."""
    row = (await tx.execute(select(t.finding).where(t.finding.c.name == PLAYS))).one_or_none()
    return None if row is None else (row.computed_at, decode(_decoder, bytes(row.value)))
