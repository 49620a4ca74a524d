"""Erasing an account leaves nothing of it in any table, and what others were told, and the promises made, stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.plays import When
from banso_alerts.domain.stages.stage import Storm
from banso_alerts.plays_file import default_plays
from banso_alerts.store import inbox
from banso_alerts.store.erasing import erase_account
from banso_common.clock import SECOND_MS, ManualClock
from banso_common.contracts.account_signal import SignalKind
from banso_common.db.transaction import reading, transaction
from tests.alerts.made import of_incident, rules, signal
from tests.alerts.room import PostBox, Room

WAIT = 30 * SECOND_MS
STORM = Storm(wait_ms=WAIT, interval_ms=300 * SECOND_MS, group_from=3, repeat_ms=0, repeats=0)
SECRETS = ("firm-1", "Firm 1", "hanako@firm.example", "Hanako")


async def _stored(engine: AsyncEngine) -> str:
    """Every value of every table but the outbox, which is pruned, as text."""
    async with reading(engine) as tx:
        tables = [table for table in t.metadata.sorted_tables if table is not t.outbox]
        rows = [row for table in tables for row in await tx.execute(select(table))]
    return "\n".join(
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for row in rows for value in row
    )


async def _heard(engine: AsyncEngine, clock: ManualClock) -> Room:
    """Three firms told in one group, one of them met by an incident, too; somebody took hers."""
    room = Room(engine, clock, rules=replace(rules(cap_per_day=0), storm=STORM))
    people: dict[str, Any] = {"contact_name": "Hanako", "contact_email": "hanako@firm.example"}
    told: dict[str, Any] = {"said_at": clock.now(), "opened_at": clock.now()}
    await room.hear(
        *(signal(f"firm-{n}", account_name=f"Firm {n}", **told, **(people if n == 1 else {})) for n in (1, 2, 3)),
        of_incident(**told),
    )
    return room


async def _tell(room: Room) -> None:
    room.later(WAIT)
    await room.tend()
    while await room.deliver():
        pass


async def test_nothing_of_an_erased_account_is_left_and_what_others_were_told_stays(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = await _heard(engine, noon)
    await _tell(room)
    row = next(row for row in await room.rows() if row.account == "firm-1")
    async with transaction(engine) as tx:
        await inbox.acknowledge(tx, Act(row.id, Deed.ACKNOWLEDGED, "sato", noon.now(), Source.API))
    stored = await _stored(engine)
    assert [secret for secret in SECRETS if secret not in stored] == []
    before = [(row.id, row.state) for row in await room.rows() if row.account != "firm-1"]
    async with transaction(engine) as tx:
        erased, waits = await erase_account(tx, "firm-1")
    assert waits == 0 and {"signal", "outreach", "act"} <= erased.keys()
    left = await _stored(engine)
    assert [secret for secret in SECRETS if secret in left] == []
    assert "Firm 2" in left and "Firm 3" in left
    assert [(row.id, row.state) for row in await room.rows()] == before
    async with transaction(engine) as tx:
        assert await erase_account(tx, "firm-1") == ({}, 0)


@pytest.mark.parametrize("is_sent", [True, False])
async def test_the_contact_is_taken_out_of_what_an_incident_told_a_customer(
    engine: AsyncEngine, noon: ManualClock, is_sent: bool
) -> None:
    """A play may speak of incidents to customers: then the row is the incident's, and names the contact."""
    offer = next(each for each in default_plays(customers=True) if each.name == "offer-the-customer-help")
    note = replace(offer, when=When(frozenset({SignalKind.SILENT_INCIDENT})), quiet_hours=False)
    room = Room(engine, noon, PostBox(ChannelName.EMAIL), plays=(note,))
    told: dict[str, Any] = {"said_at": noon.now(), "opened_at": noon.now()}
    hers: dict[str, Any] = {"contact_name": "Hanako", "contact_email": "hanako@firm.example"}
    await room.hear(signal("firm-1", account_name="Firm 1", **told, **hers), of_incident(**told, **hers))
    if is_sent:
        await _tell(room)
    assert len(room.box.sent) == is_sent
    assert [secret for secret in SECRETS if secret not in await _stored(engine)] == []
    async with transaction(engine) as tx:
        await erase_account(tx, "firm-1")
    assert [secret for secret in SECRETS if secret in await _stored(engine)] == []
    assert [(row.state, row.address) for row in await room.rows()] == [("sent" if is_sent else "held", None)]
    await _tell(room)
    assert len(room.box.sent) == is_sent, "nobody is written to after it"


async def test_a_contact_of_whom_only_the_lock_is_left_is_forgotten_and_others_stay(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    async with transaction(engine) as tx:
        keys = ["contact:hanako@firm.example", "owner:sato@vendor.example"]
        await tx.execute(t.recipient.insert(), [{"key": key} for key in keys])
        assert (await erase_account(tx, "firm-1"))[0] == {"recipient": 1}
        assert (await tx.scalars(select(t.recipient.c.key))).all() == keys[1:]


async def test_a_message_under_way_keeps_its_words_and_is_counted(engine: AsyncEngine, noon: ManualClock) -> None:
    room = await _heard(engine, noon)
    room.later(WAIT)
    await room.tend()
    async with transaction(engine) as tx:
        _, waits = await erase_account(tx, "firm-1")
    assert waits >= 1
    while await room.deliver():
        pass
    assert any("3" in letter.message.title for letter in room.box.sent), "the others are told"
    async with transaction(engine) as tx:
        assert (await erase_account(tx, "firm-1"))[1] == 0
    left = await _stored(engine)
    assert [secret for secret in SECRETS if secret in left] == []


async def test_who_asked_not_to_be_written_to_is_not_written_to_after_erasing(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    await _heard(engine, noon)
    async with transaction(engine) as tx:
        await tx.execute(t.suppression.insert().values(address="hanako@firm.example", reason="unsubscribed", at=1))
        await erase_account(tx, "firm-1")
        assert (await tx.scalars(select(t.suppression.c.address))).all() == ["hanako@firm.example"]
