"""The team hears once of a wording that is proposed for a play that fades, with what to write to use it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.proof.fading import PlayFade
from banso_alerts.domain.proof.measurement import Measurement
from banso_alerts.domain.proof.rotation import Proposal, Why
from banso_alerts.domain.proof.wear_out import Freshness, WearOut
from banso_alerts.measuring import tell_proposals
from banso_alerts.store.proof import findings
from banso_common.clock import DAY_MS, ManualClock
from banso_common.db.transaction import transaction
from tests.alerts.made import directory
from tests.alerts.room import Room

PLAY = "call-the-silent"
CURVE = WearOut(Freshness.FADING, 0.28, 61.0, 48.0, 82.0, 0.4, [])


async def proposed(room: Room, proposal: Proposal | None, play: str = PLAY) -> None:
    """The last measurement proposes this."""
    fade = PlayFade(play, None, 0, CURVE, CURVE, [], [], proposal)
    async with transaction(room.engine) as tx:
        await findings.keep(tx, Measurement([], [fade]), room.clock.now())


def team_room(engine: AsyncEngine, clock: ManualClock, **changes: Any) -> Room:
    return Room(engine, clock, directory=directory(team={ChannelName.SLACK: "C0TEAM"}), **changes)


async def test_each_wording_is_told_once_with_what_to_write(engine: AsyncEngine, noon: ManualClock) -> None:
    room = team_room(engine, noon)
    for variant in ("short", "short", "", "short"):
        await proposed(room, Proposal(variant, Why.BEST))
        await tell_proposals(engine, room.policy, noon.now())
        await room.deliver()
        room.later(7 * DAY_MS)
    first, second = (letter.message for letter in room.box.sent)
    assert first.title == "The play call-the-silent is wearing out: the wording short is proposed"
    said = " ".join(line for section in first.sections for line in section.lines)
    assert "40 % of its first effect is left (half-life 61 days)" in said
    assert "This wording is the best so far" in said and "write `wording: short` in the play" in said
    assert "`wording: own`" in " ".join(line for section in second.sections for line in section.lines)
    assert {row.account for row in await room.rows()} == {
        f"banso:rule/{PLAY}/wording/{variant}" for variant in ("short", "own")
    }


@pytest.mark.parametrize(
    ("proposal", "play"), [(None, PLAY), (Proposal("short", Why.TRIED_LEAST), "a play that is no more")]
)
async def test_nothing_is_told_of_what_is_not_proposed_or_not_in_force(
    engine: AsyncEngine, noon: ManualClock, proposal: Proposal | None, play: str
) -> None:
    room = team_room(engine, noon)
    await proposed(room, proposal, play)
    await tell_proposals(engine, room.policy, noon.now())
    assert await room.rows() == []


async def test_while_the_past_is_replayed_nothing_of_it_leads_outside(engine: AsyncEngine, noon: ManualClock) -> None:
    room = team_room(engine, noon)
    await proposed(room, Proposal("short", Why.TRIED_LEAST))
    await tell_proposals(engine, room.policy, noon.now(), is_replay=True)
    assert await room.rows() == []
    await tell_proposals(engine, room.policy, noon.now())
    assert [row.state for row in await room.rows()] == ["planned"]
