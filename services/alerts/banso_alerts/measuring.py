"""Measures what plays change and how it fades, and keeps what was found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.plays import Play
from banso_alerts.domain.proof.measurement import believed_uplifts, measured_plays
from banso_alerts.store.proof import findings, measured
from banso_common.db.transaction import reading, transaction


async def measure(engine: AsyncEngine, plays: Sequence[Play], now: int) -> dict[str, float]:
    """Read every exposure, measure in a thread of its own, keep what was found; gives `believed` of it."""
    async with reading(engine) as tx:
        seen = await measured.exposures(tx)
    found = await asyncio.to_thread(measured_plays, plays, seen, now)
    async with transaction(engine) as tx:
        await findings.keep(tx, found, now)
    return believed_uplifts(found)
