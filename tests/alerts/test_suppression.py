"""Whoever is on the list gets nothing: not what comes, not what waits, not what was due this very moment."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.domain.delivery import Rejected, Retry
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.suppression import Suppression, SuppressionReason
from banso_alerts.store import suppressions
from banso_common.clock import HOUR_MS, ManualClock
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db.transaction import transaction
from tests.alerts.made import directory, signal
from tests.alerts.room import PostBox, Room

SATO = "sato@vendor.example"


@pytest.fixture
def room(engine: AsyncEngine, noon: ManualClock) -> Room:
    return Room(engine, noon, PostBox(ChannelName.EMAIL, can_find=False))


async def suppress(room: Room, address: str, reason: SuppressionReason = SuppressionReason.UNSUBSCRIBED) -> Suppression:
    async with transaction(room.engine) as tx:
        return await suppressions.add(tx, Suppression(address, reason, room.clock.now()))


async def test_what_comes_for_an_address_on_the_list_is_held_with_its_own_reason(room: Room) -> None:
    await suppress(room, "  SATO@Vendor.Example ")
    await room.hear(signal(), signal("other", owner_email="b@vendor.example"))
    told = {row.account: (row.state, row.reason, row.stage) for row in await room.rows()}
    assert told == {"acme": ("held", "suppressed", "suppressed"), "other": ("planned", None, None)}


async def test_what_is_planned_or_waits_is_held_as_soon_as_its_address_comes_onto_the_list(room: Room) -> None:
    room.box.answers = [Retry("later")]
    await room.hear(signal("tried", owner_email="Sato@vendor.example"))
    await room.deliver()
    await room.hear(signal(), signal("other", owner_email="b@vendor.example"))
    await suppress(room, SATO)
    states = {row.account: (row.state, row.reason) for row in await room.rows()}
    assert states == {
        "tried": ("held", "suppressed"),
        "acme": ("held", "suppressed"),
        "other": ("planned", None),
    }
    held = [said.account for said in await room.outcomes() if said.outcome is OutcomeKind.HELD]
    assert sorted(held) == ["acme", "tried"]


async def test_an_address_that_came_onto_the_list_unseen_is_caught_before_it_is_written_to(room: Room) -> None:
    """As when another member listed it while this one decided: what was planned is looked up once more."""
    await room.hear(signal())
    async with transaction(room.engine) as tx:
        await tx.execute(insert(t.suppression).values(address=SATO, reason="unsubscribed", at=1))
    await room.deliver()
    assert room.box.sent == []
    assert [said.outcome for said in await room.outcomes()] == [OutcomeKind.HELD]


async def test_other_channels_to_the_same_person_are_not_touched(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, directory=directory(ChannelName.SLACK, ChannelName.EMAIL))
    await suppress(room, SATO)
    await room.hear(signal(owner_slack=None))
    assert {row.channel: row.state for row in await room.rows()} == {"slack": "planned", "email": "held"}


async def test_an_address_that_the_channel_calls_gone_is_listed_with_its_reason_and_the_rest_is_held(
    room: Room,
) -> None:
    room.box.at_once = 1
    room.box.answers = [Rejected("550 5.1.1 no such user", SuppressionReason.BOUNCED)]
    await room.hear(signal(), signal("other"))
    await room.deliver()
    states = sorted((row.state, row.reason) for row in await room.rows())
    assert states == [("held", "suppressed"), ("parked", "rejected")]
    async with transaction(room.engine) as tx:
        (only,) = await suppressions.listed(tx, None, 10)
    assert only == Suppression(SATO, SuppressionReason.BOUNCED, room.clock.now(), "550 5.1.1 no such user")


async def test_the_first_reason_stays_and_who_is_taken_off_is_written_to_again(room: Room) -> None:
    first = await suppress(room, SATO)
    room.later(HOUR_MS)
    assert await suppress(room, SATO, SuppressionReason.BOUNCED) == first
    async with transaction(room.engine) as tx:
        assert await suppressions.remove(tx, SATO.upper())
        assert not await suppressions.remove(tx, SATO)
    await room.hear(signal())
    assert (await room.row()).state == "planned"
