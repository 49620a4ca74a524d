"""Who could be told gets an arm once, in both stores, and keeps it; the share holds in every stratum."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.domain.outreach import Reason
from banso_alerts.store.proof.arms import Draw, assigned
from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import Severity, TouchModel
from banso_common.db.transaction import reading, transaction
from tests.alerts.made import at, rules, signal
from tests.alerts.room import Room

FIFTH = rules(cap_per_day=0, holdout_share=0.2)


async def stored(engine: AsyncEngine, table: Any) -> list[Any]:
    async with reading(engine) as tx:
        return list(await tx.execute(select(table)))


async def test_each_stratum_keeps_its_share_and_every_account_its_arm(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, rules=FIFTH)
    phases = ("operation", "adoption")
    await room.hear(*(signal(f"a{n:03}", phase=phases[n % 2]) for n in range(100)))
    held = {row.account for row in await room.rows() if row.reason == Reason.HOLDOUT}
    assert Counter(int(name[1:]) % 2 for name in held) == {0: 10, 1: 10}
    assert {row.account for row in await stored(engine, t.assignment) if row.arm == "left-alone"} == held
    room.later(30 * DAY_MS)
    again = [signal(f"a{n:03}", episode=2, phase="renewal", said_at=noon.now()) for n in range(100)]
    await room.hear(*again)
    assert {row.account for row in await room.rows() if row.reason == Reason.HOLDOUT and row.episode == 2} == held
    assert len(await stored(engine, t.exposure)) == 200


async def test_an_exposure_keeps_the_account_as_it_was_and_is_one_for_several_channels(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon, rules=FIFTH)
    await room.hear(signal(cell="si"))
    (exposure,) = await stored(engine, t.exposure)
    assert (exposure.play, exposure.account, exposure.touch, exposure.phase, exposure.cell) == (
        "call-the-silent",
        "acme",
        "high",
        "operation",
        "si",
    )
    assert (exposure.share, exposure.acv, exposure.currency) == (0.2, 1_200_000 * 1_000_000, "JPY")


async def test_who_could_not_be_told_is_not_part_of_it(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, rules=FIFTH)
    nobody = signal("nobody", owner_slack=None, owner_email=None)
    late = signal("late", said_at=noon.now() - 30 * DAY_MS)
    await room.hear(nobody, late, signal("critical", severity=Severity.CRITICAL))
    assert await stored(engine, t.assignment) == await stored(engine, t.exposure) == []


async def test_without_a_share_nothing_is_drawn_or_kept(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal())
    assert await stored(engine, t.assignment) == await stored(engine, t.exposure) == []


async def test_what_waits_and_is_decided_again_is_one_exposure(engine: AsyncEngine) -> None:
    evening = ManualClock(at("2026-03-02T20:00"))
    room = Room(engine, evening, rules=rules(cap_per_day=0, holdout_share=0.001))
    await room.hear(signal("a", said_at=evening.now()), signal("b", said_at=evening.now()))
    assert {row.state for row in await room.rows()} == {"waiting"}
    room.later(13 * HOUR_MS)
    assert await room.tend() == 2
    assert len(await stored(engine, t.exposure)) == 2


async def test_an_arm_once_drawn_stays_whatever_the_share_becomes(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        first = await assigned(tx, {"a": "s", "b": "s"}, Draw(0.5, "salt"), 1)
    async with transaction(engine) as tx:
        later = await assigned(tx, {"b": "other", "c": "s", "a": "s"}, Draw(0.1, "pepper"), 2)
    assert {name: later[name] for name in first} == first
    assert later["c"].share == 0.1
    assert [row.accounts for row in await stored(engine, t.stratum)] == [3]


async def test_touch_alone_makes_a_stratum(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, rules=FIFTH)
    await room.hear(signal("a"), signal("b", touch=TouchModel.LOW))
    assert {row.name for row in await stored(engine, t.stratum)} == {"high/operation/JPY-7", "low/operation/JPY-7"}
