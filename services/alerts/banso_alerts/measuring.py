"""Measures what plays change and how it fades, from every exposure there is, and keeps what was found."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.plays import Play
from banso_alerts.domain.proof.exposed import Measured, columns, firsts
from banso_alerts.domain.proof.findings import PlayFound, find
from banso_alerts.domain.proof.sequences import Level
from banso_alerts.store.proof import findings, measured
from banso_common.db.transaction import reading, transaction

UPLIFT = "uplift"
uplift_decoder = msgspec.json.Decoder(list[PlayFound])


async def measure(engine: AsyncEngine, plays: Sequence[Play], now: int) -> dict[str, float]:
    """Measure and keep; gives how much each play is believed to help, for choosing among them."""
    async with reading(engine) as tx:
        seen = await measured.exposures(tx)
    found = await asyncio.to_thread(uplifts, plays, seen, now)
    async with transaction(engine) as tx:
        await findings.keep(tx, UPLIFT, found, now)
    return {each.play: each.believed for each in found if each.told and each.left_alone}


def uplifts(plays: Sequence[Play], seen: Sequence[Measured], now: int) -> list[PlayFound]:
    """What each play changes, in the order of the plays."""
    by_play: defaultdict[str, list[Measured]] = defaultdict(list)
    for each in seen:
        by_play[each.play].append(each)
    level = Level()
    return [find(play.name, play.uplift_prior, columns(firsts(by_play[play.name]), now), level) for play in plays]
