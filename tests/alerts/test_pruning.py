"""What ended long ago is forgotten in small steps; what is still counted, or still open, stays."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.settings import AlertsSettings
from banso_alerts.store import pruning
from banso_alerts.store.plans import COOLDOWN_DAYS_MAX
from banso_alerts.store.pruning import prune_some
from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_signal import SignalKind, SignalState
from banso_common.db.transaction import reading, transaction
from tests.alerts.made import rules, signal
from tests.alerts.room import Room

KEPT_MS = 400 * DAY_MS


@pytest.fixture
async def room(engine: AsyncEngine, noon: ManualClock) -> Room:
    return Room(engine, noon, rules=rules(cap_per_day=0))


async def counts(room: Room) -> dict[str, int]:
    tables = (t.outreach, t.signal, t.act, t.verdict, t.revision, t.judgement, t.exposure)
    async with reading(room.engine) as tx:
        return {each.name: await tx.scalar(select(func.count()).select_from(each)) or 0 for each in tables}


async def pruned(room: Room, most: int = 1_000) -> list[int]:
    """What each step forgot, until there is nothing more to forget."""
    steps: list[int] = []
    while not steps or steps[-1]:
        async with transaction(room.engine) as tx:
            steps.append(await prune_some(tx, room.clock.now() - KEPT_MS, most))
    return steps


def closing(account: str, room: Room) -> Any:
    return signal(account, state=SignalState.CLOSED, said_at=room.clock.now())


async def people_act(room: Room) -> None:
    """Every outreach gets an act, a verdict and a revision."""
    said = {"who": "sato", "at": 1, "source": "api"}
    async with transaction(room.engine) as tx:
        for row in await room.rows():
            about = {"outreach_id": row.id, "signal_key": row.signal_key}
            await tx.execute(t.act.insert().values(key=row.id, what="acknowledge", **about, **said))
            await tx.execute(t.verdict.insert().values(play=row.play, verdict="real", **about, **said))
            await tx.execute(t.revision.insert().values(outreach_id=row.id, wanted=1, shown=1, attempts=0))


async def told_and_over(room: Room, *accounts: str) -> None:
    await room.hear(*(signal(each) for each in accounts))
    await room.deliver()
    await people_act(room)
    room.later(1_000)
    await room.hear(*(closing(each, room) for each in accounts))
    async with transaction(room.engine) as tx:
        await tx.execute(t.outreach.update().values(remind_at=None))


async def test_what_ended_long_ago_goes_with_all_that_people_did_and_not_a_day_earlier(room: Room) -> None:
    await told_and_over(room, "a", "b", "c")
    before = await counts(room)
    assert before == {
        "outreach": 3, "signal": 6, "act": 3, "verdict": 3, "revision": 3, "judgement": 0, "exposure": 0,
    }  # fmt: skip
    room.later(KEPT_MS - 2_000)
    assert await pruned(room) == [0]
    assert await counts(room) == before
    room.later(DAY_MS)
    assert sum(await pruned(room)) == 9
    assert set((await counts(room)).values()) == {0}


async def test_a_step_is_bounded_and_several_come_to_the_same_end(room: Room) -> None:
    await told_and_over(room, "a", "b", "c", "d", "e")
    room.later(KEPT_MS + DAY_MS)
    steps = await pruned(room, most=2)
    assert max(steps) <= 4 and sum(steps) == 15 and len(steps) > 4
    assert (await counts(room))["signal"] == 0


async def test_what_is_still_open_stays_and_so_does_what_waits(room: Room) -> None:
    await room.hear(signal("open"))
    await room.deliver()
    async with transaction(room.engine) as tx:
        await tx.execute(t.outreach.update().values(remind_at=None))
    await room.hear(signal("waits"))
    room.later(KEPT_MS + DAY_MS)
    await pruned(room)
    assert (await counts(room))["signal"] == 2, "it can still inhibit, and end"
    assert [row.account for row in await room.rows()] == ["waits"], "planned, and not delivered yet"


async def test_signals_of_an_account_with_an_exposure_stay_for_outcomes_are_read_from_them(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon, rules=rules(cap_per_day=0, holdout_share=0.01))
    await told_and_over(room, "a")
    await room.hear(signal("a", kind=SignalKind.CONTRACT_ENDED, said_at=room.clock.now()))
    await room.deliver()
    room.later(KEPT_MS + DAY_MS)
    await pruned(room)
    left = await counts(room)
    assert (left["exposure"], left["signal"], left["outreach"]) == (1, 3, 0)


def test_what_is_kept_reaches_beyond_the_longest_cooldown() -> None:
    assert AlertsSettings().alerts_keep_days > COOLDOWN_DAYS_MAX
    with pytest.raises(ValueError, match="greater than"):
        AlertsSettings(alerts_keep_days=COOLDOWN_DAYS_MAX)


def test_every_table_of_what_people_did_is_forgotten_with_the_outreach() -> None:
    about = {table.name for table in t.metadata.sorted_tables if "outreach_id" in table.c}
    assert {table.name for table in pruning.OF_OUTREACH} == about
