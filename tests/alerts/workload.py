"""Outreaches that are due now, over a dozen people of Slack: what delivering processes are killed over."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.hours import OpenHours
from banso_alerts.domain.outreach import ChannelName
from banso_common.clock import ManualClock, SystemClock
from banso_common.contracts.account_signal import AccountSignal
from tests.alerts.made import directory, rules, signal
from tests.alerts.room import Room

MEMBERS = {f"{number}@vendor.example": f"U{number:03}" for number in range(12)}
ALWAYS = OpenHours(0, 24 * 60, frozenset(range(1, 8)), lambda day: False)


async def planned(engine: AsyncEngine, count: int, through: ChannelName = ChannelName.SLACK) -> Room:
    """`count` outreaches, due now, over all members."""
    now, owners = SystemClock().now(), list(MEMBERS.items())
    reach = directory(through, team={through: "webhook:1"})
    room = Room(engine, ManualClock(now), rules=rules(cap_per_day=0, hours=ALWAYS), directory=reach)
    await room.hear(*signals_of(owners, count, now))
    return room


def signals_of(owners: Sequence[tuple[str, str]], count: int, now: int) -> list[AccountSignal]:
    """A signal for each of `count` accounts, whose owners take turns."""
    return [
        signal(f"account-{i}", said_at=now, opened_at=now, owner_slack=member, owner_email=mail)
        for i, (mail, member) in zip(range(count), cycle(owners), strict=False)
    ]
