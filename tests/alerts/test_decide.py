"""Deciding with what was done before: cooldowns, caps, waits and silences, within a batch and over several."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.domain.ledger import Ledger
from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_alerts.store.plans import ledger
from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import SignalState
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db.transaction import transaction
from tests.alerts.made import at, directory, hours, rules, signal
from tests.alerts.room import Room

CLOSED = SignalState.CLOSED


async def test_the_second_episode_of_an_account_is_under_cooldown_until_it_ends(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon)
    await room.hear(signal(episode=1))
    await room.hear(signal(episode=2, said_at=noon.now()))
    room.later(14 * DAY_MS)
    await room.hear(signal(episode=3, said_at=noon.now()))
    assert [(row.state, row.reason) for row in await room.rows()] == [
        (OutreachState.PLANNED, None),
        (OutreachState.HELD, Reason.COOLDOWN),
        (OutreachState.PLANNED, None),
    ]


async def test_the_cap_holds_within_one_batch_and_over_several(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)  # a cap of two
    await room.hear(signal("a"), signal("b"), signal("c"))
    await room.hear(signal("d"))
    rows = await room.rows()
    assert [row.state for row in rows] == ["planned", "planned", "held", "held"]
    assert {(row.reason, row.stage) for row in rows[2:]} == {(Reason.CAP, "arbitration")}


async def test_two_members_cannot_both_fill_the_last_place_of_a_day(
    engine: AsyncEngine, noon: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both would read that there is room before either has stored: the recipient's row lets one go first."""
    rooms = [Room(engine, noon, rules=rules(cap_per_day=1), partition=partition) for partition in (0, 1)]
    async with transaction(engine) as tx:
        await tx.execute(t.recipient.insert().values(key="owner:sato@vendor.example"))
    both_have_read = asyncio.Barrier(2)

    async def ledger_then_wait(*arguments: Any) -> Ledger:
        found = await ledger(*arguments)
        with suppress(TimeoutError, asyncio.BrokenBarrierError):
            await asyncio.wait_for(both_have_read.wait(), 0.3)
        return found

    monkeypatch.setattr("banso_alerts.store.plans.ledger", ledger_then_wait)
    await asyncio.gather(rooms[0].hear(signal("a")), rooms[1].hear(signal("b")))
    assert sorted(row.state for row in await rooms[0].rows()) == ["held", "planned"]


async def test_one_signal_through_two_channels_is_one_for_the_cap_and_no_cooldown_for_itself(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    both = directory(ChannelName.SLACK, ChannelName.EMAIL)
    room = Room(engine, noon, directory=both, rules=rules(cap_per_day=1))
    await room.hear(signal("a"))
    assert [(row.channel, row.state) for row in await room.rows()] == [("email", "planned"), ("slack", "planned")]


async def test_what_waits_for_the_morning_is_decided_again_then(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, rules=rules(cap_per_day=1))
    evening = ManualClock(at("2026-03-02T20:00"))
    night = Room(engine, evening, rules=rules(cap_per_day=1))
    await night.hear(signal("a", said_at=evening.now()), signal("b", said_at=evening.now()))
    assert {(row.state, row.reason) for row in await room.rows()} == {("waiting", Reason.QUIET_HOURS)}
    assert await night.tend() == 0
    evening.move_to(at("2026-03-03T09:00"))
    assert await night.tend() == 2
    first, second = await room.rows()
    assert (first.state, first.planned_on) == ("planned", "2026-03-03")
    assert (second.state, second.reason) == ("held", Reason.CAP)


async def test_what_waits_in_vain_expires_and_is_said(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, rules=rules(hours=hours(date(2026, 3, 2))))
    await room.hear(signal("a"), signal("b"))
    room.later(8 * DAY_MS)
    await room.tend()
    rows = await room.rows()
    assert {(row.state, row.reason) for row in rows} == {("expired", Reason.EXPIRED)}
    assert [said.outcome for said in await room.outcomes()] == [OutcomeKind.EXPIRED] * 2


async def test_a_play_that_is_gone_when_its_outreach_wakes_is_said(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, rules=rules(hours=hours(date(2026, 3, 2))))
    await room.hear(signal("a"))
    room.desk.policy = replace(room.policy, plays=())
    room.later(DAY_MS)
    await room.tend()
    assert [(row.state, row.reason) for row in await room.rows()] == [("held", Reason.NO_PLAY)]


async def test_a_silence_holds_until_its_end_and_then_lets_go(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    async with transaction(engine) as tx:
        await tx.execute(
            t.silence.insert().values(
                id="s", account="acme", author="sato", comment="", created_at=0, expires_at=noon.now() + HOUR_MS
            )
        )
    await room.hear(signal(), signal("other", owner_email="b@vendor.example"))
    held, other = await room.rows()
    assert (held.state, held.reason, held.next_at) == ("waiting", Reason.SILENCED, noon.now() + HOUR_MS)
    assert other.state == "planned"
    room.later(HOUR_MS)
    await room.tend()
    assert (await room.rows())[0].state == "planned"
