"""Rooms in which a rule was wrong, again and again."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.proof.precision import Floor
from banso_alerts.proving import judge_rules
from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_signal import SignalState
from tests.alerts.made import rules, signal
from tests.alerts.room import Room

FLOOR = Floor(share=0.3, verdicts_min=12)
OPEN_RULES = rules(cap_per_day=0)
NAME = "call-the-silent"


async def false_alarms(room: Room, accounts: range) -> None:
    """Signals that close by themselves two days later."""
    names = [f"a{number:02}" for number in accounts]
    said_at = room.clock.now()
    await room.hear(*(signal(name, said_at=said_at) for name in names))
    await room.deliver()
    room.later(2 * DAY_MS)
    closing = [signal(name, state=SignalState.CLOSED, said_at=room.clock.now()) for name in names]
    await room.hear(*closing)


async def judged(room: Room) -> None:
    await judge_rules(room.engine, room.policy, FLOOR, room.clock.now())


async def demoted_room(engine: AsyncEngine, clock: ManualClock) -> Room:
    """A room in which the rule has been wrong twelve times."""
    room = Room(engine, clock, rules=OPEN_RULES)
    room.policy = replace(room.policy, directory=replace(room.policy.directory, team={room.box.name: "C0TEAM"}))
    room.desk.policy = room.policy
    await false_alarms(room, range(12))
    await judged(room)
    return room
