"""An invented fortnight of outreach for pictures and for the browser: real decisions, deliveries and answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.domain.outreach import ChannelName, OutreachState
from banso_alerts.domain.silences import Matcher, Silence
from banso_alerts.domain.stages.stage import Room as DayRoom
from banso_alerts.domain.stages.stage import Storm
from banso_alerts.store import inbox, silences
from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS, ManualClock
from banso_common.contracts.account_signal import AccountSignal, Severity, SignalKind, TouchModel
from banso_common.db.transaction import transaction
from tests.alerts.made import MONDAY_NOON, directory, hours, rules, signal
from tests.alerts.room import PostBox, Room

OWNERS = (
    {"owner_name": "佐藤 美咲", "owner_email": "sato@vendor.example", "owner_slack": "U0SATO", "owner_locale": "ja"},
    {"owner_name": "Ana Ruiz", "owner_email": "ana@vendor.example", "owner_slack": "U0ANA", "owner_locale": "en"},
    {"owner_name": "田中 健", "owner_email": "tanaka@vendor.example", "owner_slack": "U0KEN", "owner_locale": "ja"},
)
FIRMS = (
    "青葉精機", "Northwind Cargo", "みなと信用金庫", "三条フーズ", "Kestrel Media", "北都建設", "桜台クリニック",
    "Atlas Freight", "光洋印刷", "山吹製薬", "Orchard & Co", "東雲電機",
    "白鷺物流", "Maple Insurance", "若葉学園", "高砂化学",
)  # fmt: skip
TREND = [72, 71, 71, 70, 68, 66, 66, 63, 60, 58, 55, 53, 50, 47, 45, 44, 41, 39, 38, 36, 35, 34, 34, 33]


def firm(number: int, at: int, **changes: Any) -> AccountSignal:
    """What is said of one of the firms at `at`; every third is of one owner."""
    said: dict[str, Any] = {
        "account_name": FIRMS[number],
        "said_at": at,
        "opened_at": at,
        "acv": (number * 7 % 11 + 1) * 900_000 * 1_000_000,
        "trend": TREND,
        **OWNERS[number % 3],
    }
    account = changes.pop("account", f"crm-{4_100 + 37 * number}")
    return signal(account, **{**said, **changes})


def room_of(engine: AsyncEngine, clock: ManualClock) -> Room:
    """Slack with a team channel, a day of two hours, groups from three on."""
    through = directory(ChannelName.SLACK, team={ChannelName.SLACK: "C0TEAM"})
    day = DayRoom(hours_per_week=10.0, digest_minute=16 * 60, voice_house_ms=DAY_MS, voice_customer_ms=7 * DAY_MS)
    storm = Storm(wait_ms=5_000, interval_ms=300_000, group_from=3, repeat_ms=72 * HOUR_MS, repeats=2)
    made = rules(cap_per_day=20, room=day, storm=storm, hours=hours())
    return Room(engine, clock, PostBox(), directory=replace(through, locale="ja"), rules=made)


async def settle(room: Room, wait_ms: int = 6_000) -> None:
    """Let what gathers go out, and be delivered."""
    room.later(wait_ms)
    await room.tend()
    while await room.deliver():
        pass


async def answer(room: Room, account: str, what: Deed, who: str, until_days: int = 0) -> None:
    """Somebody answers what was told of an account."""
    (row, *_) = [one for one in await room.rows() if one.account == account]
    now = room.clock.now()
    until = now + until_days * DAY_MS if until_days else None
    async with transaction(room.engine) as tx:
        await inbox.do(tx, Act(row.id, what, who, now, Source.BUTTON, until))


async def live_through(room: Room) -> None:
    """Three days: single messages and answers, a storm, a full day, a silence, what comes at night."""
    room.clock.move_to(MONDAY_NOON)
    await room.hear(firm(0, MONDAY_NOON), firm(1, MONDAY_NOON))
    await settle(room)
    await answer(room, firm(0, 0).account, Deed.REAL, "slack:U0SATO")
    await answer(room, firm(0, 0).account, Deed.ACKNOWLEDGED, "slack:U0SATO")
    await answer(room, firm(1, 0).account, Deed.NOT_REAL, "slack:U0ANA")
    room.later(DAY_MS)
    at = room.clock.now()
    storm = [firm(number, at, kind=SignalKind.STALLED, **OWNERS[0]) for number in (3, 6, 9, 12)]
    await room.hear(*storm)
    await settle(room)
    async with transaction(room.engine) as tx:
        matcher = Matcher(kind=(SignalKind.STALLED,), phase=("implementation",))
        comment = "今月は導入がどこも遅れている"
        await silences.add(tx, Silence("0192f0c1d2e3f405", matcher, "console", comment, at, at + 3 * DAY_MS))
    room.later(DAY_MS)
    at = room.clock.now()
    await room.hear(
        firm(2, at, severity=Severity.CRITICAL, kind=SignalKind.HEALTH_CRITICAL),
        firm(5, at),
        firm(8, at),
        firm(11, at),
        firm(14, at),
        firm(4, at, kind=SignalKind.STALLED, phase="implementation"),
        firm(7, at, kind=SignalKind.GOAL_REACHED, severity=Severity.INFO),
        firm(10, at, touch=TouchModel.TECH),
    )
    await settle(room)
    await settle(room, 20 * MINUTE_MS)
    await answer(room, firm(10, 0).account, Deed.SNOOZED, "console", until_days=3)
    room.later(6 * HOUR_MS)
    await room.hear(firm(13, room.clock.now()), firm(15, room.clock.now()))
    o = t.outreach.c
    async with transaction(room.engine) as tx:
        lost = update(t.outreach).where(o.account == firm(7, 0).account, o.state == OutreachState.SENT.value)
        await tx.execute(lost.values(state=OutreachState.PARKED.value, reason="rejected", detail="channel_not_found"))
