"""Hearing signals: decided and stored once, in one transaction with the offset, on both stores."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.domain.outreach import OutreachState, Reason
from banso_alerts.render.message import message_decoder
from banso_common.clock import ManualClock
from banso_common.contracts.account_signal import Severity, SignalKind, SignalState
from banso_common.contracts.codec import decode
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Fenced, Unavailable
from banso_common.pipeline.worker import Halt
from tests.alerts.made import rules, signal
from tests.alerts.room import Room, batch_of

CLOSED = SignalState.CLOSED


async def test_a_signal_becomes_a_planned_outreach_with_its_message(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal())
    row = await room.row()
    assert (row.state, row.reason, row.next_at) == (OutreachState.PLANNED, None, noon.now())
    assert (row.account, row.play, row.channel, row.address) == ("acme", "call-the-silent", "slack", "U0SATO")
    assert decode(message_decoder, bytes(row.message)).title.startswith("Acme：")
    assert await room.outcomes() == []


async def test_a_signal_that_is_held_back_is_stored_with_stage_and_reason_and_said(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon, rules=rules(holdout_share=0.999999))
    await room.hear(signal())
    row = await room.row()
    assert (row.state, row.stage, row.reason) == (OutreachState.HELD, "holdout", Reason.HOLDOUT)
    (said,) = await room.outcomes()
    assert (said.outcome, said.reason, said.outreach, said.account) == (OutcomeKind.HELD, "holdout", row.id, "acme")


async def test_a_signal_without_a_play_is_kept_and_leads_to_nothing(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal(kind=SignalKind.HEALTH_CRITICAL, severity=Severity.INFO))
    assert await room.rows() == []
    async with reading(engine) as tx:
        assert await tx.scalar(select(func.count()).select_from(t.signal)) == 1


async def test_a_signal_heard_twice_in_a_batch_or_in_two_is_one(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal(), signal())
    await room.hear(signal())
    assert len(await room.rows()) == 1


async def test_a_replay_of_the_whole_topic_sends_nothing_twice(engine: AsyncEngine, noon: ManualClock) -> None:
    signals = [signal(f"account-{i}", owner_email=f"{i}@vendor.example") for i in range(20)]
    room = Room(engine, noon)
    await room.hear(*signals)
    while await room.deliver():
        pass
    assert len(room.box.sent) == 20
    async with transaction(engine) as tx:
        await tx.execute(t.checkpoint.update().values(next_offset=0))
    again = Room(engine, noon, room.box)
    await again.hear(*signals, at_offset=0)
    while await again.deliver():
        pass
    assert len(room.box.sent) == 20


async def test_without_the_memory_of_signals_a_replay_would_change_nothing_sent_either(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    """Two guards: the key of the signal, and the id of the outreach. Each is enough."""
    room = Room(engine, noon)
    await room.hear(signal())
    await room.deliver()
    async with transaction(engine) as tx:
        await tx.execute(t.signal.delete())
    await room.hear(signal())
    await room.deliver()
    assert len(room.box.sent) == 1
    assert (await room.row()).state == OutreachState.SENT


async def test_a_closed_signal_expires_what_waits_and_leaves_what_was_sent(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon)
    await room.hear(signal("sent", owner_email="a@vendor.example"))
    await room.deliver()
    await room.hear(signal("waits", owner_email="b@vendor.example"), signal("other", owner_email="c@vendor.example"))
    await room.hear(signal("sent", state=CLOSED), signal("waits", state=CLOSED), signal("other", 2, state=CLOSED))
    states = {row.account: (row.state, row.reason) for row in await room.rows()}
    assert states == {
        "sent": (OutreachState.SENT, None),
        "waits": (OutreachState.EXPIRED, Reason.CLOSED),
        "other": (OutreachState.PLANNED, None),
    }
    assert [(said.account, said.outcome) for said in await room.outcomes()] == [
        ("sent", OutcomeKind.SENT),
        ("waits", OutcomeKind.EXPIRED),
    ]


async def test_an_episode_that_ends_in_the_batch_that_opens_it_is_not_told(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon)
    await room.hear(signal(), signal(state=CLOSED))
    row = await room.row()
    assert (row.state, row.reason) == (OutreachState.EXPIRED, Reason.CLOSED)


async def test_signals_outreaches_offset_and_outcomes_are_stored_together_or_not_at_all(
    engine: AsyncEngine, noon: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(engine, noon, rules=rules(holdout_share=0.999999))
    await room.hear(signal("first"))

    def away(name: str) -> None:
        raise Unavailable(name)

    monkeypatch.setattr("banso_alerts.handler.failpoint", away)
    with pytest.raises(Unavailable):
        await room.hear(signal("second"))
    monkeypatch.undo()
    assert [row.account for row in await room.rows()] == ["first"]
    assert len(await room.outcomes()) == 1
    await room.hear(signal("second"))
    assert [row.account for row in await room.rows()] == ["first", "second"]
    async with reading(engine) as tx:
        assert await tx.scalar(select(t.checkpoint.c.next_offset)) == 2


async def test_a_member_that_lost_the_partition_cannot_write(engine: AsyncEngine, noon: ManualClock) -> None:
    zombie, heir = Room(engine, noon), Room(engine, noon)
    await zombie.hear(signal("a"))
    await heir.hear(signal("b"))
    with pytest.raises(Fenced):
        await zombie.hear(signal("c"))
    assert [row.account for row in await heir.rows()] == ["a", "b"]


async def test_a_partition_that_was_taken_away_is_fenced(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal("a"))
    work = room.handler.prepare([batch_of([signal("b")], 1)])
    await room.handler.revoked([0])
    with pytest.raises(Fenced):
        await room.handler.commit(work)


async def test_an_unreadable_signal_stops_its_partition_with_offset_and_reason(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon)
    batch = replace(batch_of([signal(), signal("b")], 7), values=[b"{}", b"\xff"])
    with pytest.raises(Halt, match="offset 7 cannot be read") as halted:
        room.handler.prepare([batch])
    assert (halted.value.partition, halted.value.retry_after_ms) == (0, 60_000)


async def test_a_batch_as_large_as_the_worker_reads_is_stored_and_closed_at_once(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    count = 2_500
    room = Room(engine, noon, rules=rules(cap_per_day=0))
    await room.hear(*(signal(f"account-{i}", owner_email=f"{i}@vendor.example") for i in range(count)))
    await room.hear(*(signal(f"account-{i}", state=CLOSED) for i in range(count)))
    assert {(row.state, row.reason) for row in await room.rows()} == {("expired", Reason.CLOSED)}
    assert len(await room.outcomes()) == count


async def test_names_with_a_nul_are_stored_on_both_stores(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal("a\x00b", account_name="x\x00y", owner_name="o\x00"))
    assert (await room.row()).account == "a\ufffdb"


async def test_the_migrations_make_the_tables_that_the_code_knows(engine: AsyncEngine) -> None:
    async with reading(engine) as tx:
        found = await tx.run_sync(
            lambda c: {
                (table, column["name"], column["nullable"])
                for table in inspect(c).get_table_names()
                for column in inspect(c).get_columns(table)
            }
        )
    wanted = {(table.name, column.name, column.nullable) for table in t.metadata.sorted_tables for column in table.c}
    assert {each for each in found if not each[0].endswith("_version")} == wanted
