"""A notice as an outreach of its own: delivered as every other, once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.domain.hours import local_day
from banso_alerts.domain.outreach import OutreachState
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.plays import Audience
from banso_alerts.domain.proof.notices import FRESH_DAYS, Notice
from banso_alerts.render.message import Message
from banso_alerts.store.plans import insert_outreach
from banso_alerts.store.rows import Values
from banso_common.clock import DAY_MS
from banso_common.contracts.codec import encode

LANE = 0


async def plan(tx: AsyncConnection, notices: Sequence[tuple[Notice, Message]], policy: Policy, now: int) -> None:
    """Keep the notices, to be sent at the team's next open minute; one that is there already is left as it is."""
    await insert_outreach(tx, [_row(notice, message, policy, now) for notice, message in notices])


def _row(notice: Notice, message: Message, policy: Policy, now: int) -> Values:
    play, kind = notice.rule
    zone = policy.zone(policy.directory.time_zone)
    hours = policy.rules.hours
    next_at = now if hours.is_open(now, zone) else hours.next_open_at(now, zone) or now
    return {
        "id": notice.id,
        "lane": LANE,
        "signal_key": f"{notice.subject}/{notice.number}",
        "kind": kind.value,
        "episode": notice.number,
        "severity": message.severity.value,
        "account": notice.subject,
        "account_name": play,
        "play": play,
        "audience": Audience.TEAM.value,
        "recipient_key": f"{Audience.TEAM}:team",
        "address": notice.address,
        "locale": message.locale,
        "time_zone": policy.directory.time_zone,
        "channel": notice.channel.value,
        "message": encode(message),
        "state": OutreachState.PLANNED.value,
        "created_at": now,
        "changed_at": now,
        "expires_at": max(next_at, now) + FRESH_DAYS * DAY_MS,
        "next_at": next_at,
        "planned_at": now,
        "planned_on": local_day(now, zone),
        "attempts": 0,
    }
