"""An incident is told once to the product side and once more when it is over; what it explains is not told again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.domain.recipients import Directory
from banso_alerts.domain.stages.stage import Room as Voices
from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_signal import SignalKind, SignalState
from tests.alerts.made import directory, of_incident, rules, signal
from tests.alerts.room import Room

TEAM = {ChannelName.SLACK: "C0TEAM"}
SUBJECT = of_incident().account


def with_a_desk(product: str | None) -> Directory:
    desks = {} if product is None else {Audience.PRODUCT: {ChannelName.SLACK: product}}
    return replace(directory(team=TEAM), desks=desks)


@pytest.mark.parametrize(("product", "hears"), [("C0PRODUCT", "C0PRODUCT"), (None, "C0TEAM")])
async def test_the_product_side_hears_that_it_began_and_that_it_is_over(
    engine: AsyncEngine, noon: ManualClock, product: str | None, hears: str
) -> None:
    told_rarely = rules(room=Voices(voice_house_ms=30 * DAY_MS))
    room = Room(engine, noon, directory=with_a_desk(product), rules=told_rarely)
    await room.hear(of_incident())
    await room.deliver()
    await room.hear(of_incident(SignalState.CLOSED))
    await room.deliver()
    assert [(letter.address, letter.message.title) for letter in room.box.sent] == [
        (hears, "import.failed in 3 accounts: csv, version 2.3.1; 2 said nothing"),
        (hears, "import.failed (csv), version 2.3.1, is over; 2 never complained"),
    ]
    last = room.box.sent[-1].message
    told = [line for section in last.sections for line in section.lines]
    assert "Firm 1 · sato@vendor.example" in told
    assert "Firm 3 · sato@vendor.example" not in told
    assert last.link == "https://banso.example/incidents/0b47709ac98d4c67"


async def test_one_that_began_and_ended_at_once_is_told_when_it_is_over(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, directory=with_a_desk("C0PRODUCT"))
    await room.hear(of_incident(), of_incident(SignalState.CLOSED))
    assert [(row.play, row.state, row.reason) for row in await room.rows()] == [
        ("tell-the-product-side", OutreachState.EXPIRED, Reason.CLOSED),
        ("write-to-those-who-said-nothing", OutreachState.PLANNED, None),
    ]


@pytest.mark.parametrize("kind", [SignalKind.SILENT_STRUGGLING, SignalKind.STRUGGLING, SignalKind.HEALTH_CRITICAL])
async def test_an_account_whose_trouble_is_the_incident_is_not_told_of_by_itself(
    engine: AsyncEngine, noon: ManualClock, kind: SignalKind
) -> None:
    room = Room(engine, noon)
    await room.hear(signal("hit", kind=kind, part_of=SUBJECT), signal("other", kind=kind))
    assert {(row.account, row.state, row.reason, row.stage) for row in await room.rows()} == {
        ("hit", OutreachState.HELD, Reason.PART_OF_INCIDENT, "incident"),
        ("other", OutreachState.PLANNED, None, None),
    }


async def test_no_incident_is_in_the_control_group(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, directory=with_a_desk(None), rules=rules(holdout_share=0.999999))
    await room.hear(of_incident(), signal("acme"))
    assert {row.account: row.reason for row in await room.rows()} == {SUBJECT: None, "acme": Reason.HOLDOUT}
