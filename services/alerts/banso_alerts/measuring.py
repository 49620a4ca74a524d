"""Measures what plays change and how it fades, keeps what was found, and tells the team once of each wording that it
proposes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.plays import Play
from banso_alerts.domain.proof.measurement import believed_uplifts, measured_plays
from banso_alerts.domain.proof.notices import Notice, wording_notice
from banso_alerts.render.message import Message
from banso_alerts.render.notice import compose_wording
from banso_alerts.store.proof import findings, measured, notices
from banso_common.db.transaction import reading, transaction


async def measure(engine: AsyncEngine, plays: Sequence[Play], now: int) -> dict[str, float]:
    """Read every exposure, measure in a thread of its own, keep what was found; gives `believed` of it."""
    async with reading(engine) as tx:
        seen = await measured.exposures(tx)
    found = await asyncio.to_thread(measured_plays, plays, seen, now)
    async with transaction(engine) as tx:
        await findings.keep(tx, found, now)
    return believed_uplifts(found)


async def tell_proposals(engine: AsyncEngine, policy: Policy, now: int, *, is_replay: bool = False) -> None:
    """Tell the team of the wordings that the last measurement proposes for these plays; asked again, nothing is new."""
    async with transaction(engine) as tx:
        found = await findings.latest(tx)
        told: list[tuple[Notice, Message]] = []
        for fade in found[1].wear_out if found is not None else ():
            play = policy.play(fade.play)
            if play is None or fade.proposal is None:
                continue
            notice = wording_notice(play, fade.proposal, policy.directory)
            if notice is not None and not (is_replay and notice.channel is not ChannelName.CONSOLE):
                told.append((notice, compose_wording(notice, fade.by_time, fade.proposal, policy.directory.locale)))
        await notices.plan(tx, told, policy, now)
