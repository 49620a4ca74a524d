"""Judges what was told and brings every rule to where its record leads it; the team hears once of one that fell silent.

All of it follows from what is stored: doing it again, or by two members at once, changes nothing.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.proof.notices import Notice, demotions_of, notice_of
from banso_alerts.domain.proof.precision import Floor
from banso_alerts.domain.proof.rule_book import RuleName
from banso_alerts.render.message import Message
from banso_alerts.render.notice import compose_notice
from banso_alerts.store import parts
from banso_alerts.store.proof import judgements, notices, rules
from banso_common.db.transaction import transaction

CASES_MAX = 1_000
"""Judged in one transaction."""


async def judge_rules(engine: AsyncEngine, policy: Policy, floor: Floor, now: int, *, is_replay: bool = False) -> int:
    """Judge every case that can still change, then settle the rules that it touches; gives how many rules."""
    touched: set[RuleName] = set()
    place: judgements.Place | None = ("", "")
    while place is not None:
        async with transaction(engine) as tx:
            some, place = await judgements.judge_some(tx, place, now, CASES_MAX)
        touched |= some
    async with transaction(engine) as tx:
        touched |= await parts.judge_cases(tx, now)
    for name in sorted(touched):
        async with transaction(engine) as tx:
            told = await _settle(tx, name, policy, floor, now)
            if told is not None and not (is_replay and told[0].channel is not ChannelName.CONSOLE):
                await notices.plan(tx, [told], policy, now)
    return len(touched)


async def _settle(
    tx: AsyncConnection, name: RuleName, policy: Policy, floor: Floor, now: int
) -> tuple[Notice, Message] | None:
    found = await rules.settle(tx, name, floor)
    if found is None:
        return None
    definition, standing = found
    notice = notice_of(name, definition, standing, policy.directory, now)
    if notice is None:
        return None
    return notice, compose_notice(notice, demotions_of(standing)[-1].track, floor, policy.directory.locale)
