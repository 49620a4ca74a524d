"""A feed that is no longer heard is told to whoever runs it, once and at any hour; nobody else is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.outreach import ChannelName, OutreachState
from banso_alerts.domain.plays import Audience
from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import SignalState
from tests.alerts.made import directory, of_feed, rules
from tests.alerts.room import Room

TEAM = {ChannelName.SLACK: "C0TEAM"}


def room_of(engine: AsyncEngine, clock: ManualClock, operator: str | None = "C0OPS", **changes: Any) -> Room:
    desks = {} if operator is None else {Audience.OPERATOR: {ChannelName.SLACK: operator}}
    return Room(engine, clock, directory=replace(directory(team=TEAM), desks=desks), **changes)


@pytest.mark.parametrize(("operator", "hears"), [("C0OPS", "C0OPS"), (None, "C0TEAM")])
async def test_the_operator_hears_it_once_though_it_is_said_again_lasts_for_days_and_ends(
    engine: AsyncEngine, noon: ManualClock, operator: str | None, hears: str
) -> None:
    room = room_of(engine, noon, operator)
    await room.hear(of_feed())
    await room.deliver()
    await room.hear(of_feed())
    for _ in range(5):
        noon.move_to(noon.now() + DAY_MS)
        await room.deliver()
    await room.hear(of_feed(SignalState.CLOSED))
    await room.deliver()
    assert [(letter.address, letter.message.title) for letter in room.box.sent] == [
        (hears, "The feed “app” has been quiet for 27 hours: 412 accounts are unknown")
    ]
    assert room.box.sent[0].message.link == "https://banso.example/feeds"


async def test_it_is_told_at_night_and_is_never_in_the_control_group(engine: AsyncEngine, noon: ManualClock) -> None:
    noon.move_to(noon.now() + 11 * HOUR_MS)
    room = room_of(engine, noon, rules=rules(holdout_share=0.999999))
    await room.hear(of_feed())
    assert [(row.play, row.state, row.reason) for row in await room.rows()] == [
        ("tell-the-operator", OutreachState.PLANNED, None)
    ]
