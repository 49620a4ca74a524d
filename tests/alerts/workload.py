"""Outreaches that are due now, over a dozen people of Slack: what delivering processes are killed over."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.hours import OpenHours
from banso_common.clock import ManualClock, SystemClock
from tests.alerts.made import rules, signal
from tests.alerts.room import Room

MEMBERS = {f"{number}@vendor.example": f"U{number:03}" for number in range(12)}
ALWAYS = OpenHours(0, 24 * 60, frozenset(range(1, 8)), lambda day: False)


async def planned(engine: AsyncEngine, count: int) -> Room:
    """`count` outreaches, due now, over all members."""
    now, owners = SystemClock().now(), list(MEMBERS.values())
    room = Room(engine, ManualClock(now), rules=rules(cap_per_day=0, hours=ALWAYS))
    of = [
        signal(f"account-{i}", said_at=now, opened_at=now, owner_slack=owners[i % len(owners)], owner_email=None)
        for i in range(count)
    ]
    await room.hear(*of)
    return room
