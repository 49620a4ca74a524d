"""Each guard, switched off: what it keeps from happening happens, and the verdict of the fault tests sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import ManualClock
from banso_common.db import checkpoint
from banso_common.db.checkpoint import Claim
from banso_common.db.transaction import transaction
from banso_common.errors import Fenced, Unavailable
from banso_scoring import changes, facts_store, member
from banso_scoring import tables as t
from banso_scoring.domain.facts.identities import SeenIdentities
from banso_scoring.member import Member
from tests.conftest import START_AT
from tests.fault.stream import PARTITIONS, Day, days
from tests.fault.verdict import breaches
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.failing import armed
from tests.scoring.promises.room import Room, member_of, room_of

DAYS = 12


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
async def room(url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """A member with the partitions of the stream."""
    async with room_of(url, clock, model=small_model()) as made:
        await reload(made)
        yield made


async def reload(room: Room) -> None:
    """Take every partition anew."""
    await room.handler.assigned(range(PARTITIONS))


class History:
    """The first days of the stream, brought to a room one by one."""

    def __init__(self, room: Room) -> None:
        self.room, self.written = room, list[Day]()
        self._days = days(3)
        room.log = {partition: [] for partition in range(PARTITIONS)}

    async def next(self, clock: ManualClock) -> None:
        """Another day is written, but not read."""
        now, day = next(self._days)
        clock.move_to(now)
        self.written.append(day)
        for partition, raw in day:
            self.room.log[partition].append(raw)

    async def lived(self, clock: ManualClock, points: Sequence[str] = ("before-commit", "after-commit")) -> None:
        """Some days are read and swept; a write fails now and then, and is done again."""
        for number in range(DAYS):
            await self.next(clock)
            with armed(f"{points[number % len(points)]}:fail:{number + 1}"):
                while True:
                    try:
                        await self.room.drain(20)
                        await self.room.sweep(clock.now())
                        break
                    except Unavailable:
                        await reload(self.room)

    async def judged(self) -> list[str]:
        return await breaches(self.room.engine, None, self.written)


async def test_with_every_guard_nothing_is_wrong(room: Room, clock: ManualClock) -> None:
    history = History(room)
    await history.lived(clock)
    assert await history.judged() == []


async def test_without_knowing_repeats_facts_are_counted_twice(
    room: Room, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SeenIdentities, "take_new", lambda _, identities: np.ones(len(identities), np.bool_))
    history = History(room)
    await history.lived(clock)
    assert any("facts" in breach for breach in await history.judged())


async def test_without_storing_identities_a_restart_counts_repeats_twice(
    room: Room, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = facts_store.append

    async def forgetful(tx: AsyncConnection, entries: Any, stored_at: int) -> None:
        await append(tx, [replace(entry, identities=entry.identities[:0]) for entry in entries], stored_at)

    monkeypatch.setattr(facts_store, "append", forgetful)
    history = History(room)
    await history.lived(clock)
    assert any("facts" in breach for breach in await history.judged())


async def blind(tx: AsyncConnection, table: Any, moves: Mapping[Claim, int]) -> list[Claim]:
    """`advance_all` without asking for the epochs and the offsets."""
    for claim, next_offset in moves.items():
        mine = (table.c.topic == claim.topic) & (table.c.partition == claim.partition)
        await tx.execute(update(table).where(mine).values(next_offset=next_offset))
    return [claim.at(next_offset) for claim, next_offset in moves.items()]


@pytest.mark.parametrize("guarded", [True, False])
async def test_without_fencing_a_zombie_writes_what_another_has_written(
    room: Room, url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    if not guarded:
        monkeypatch.setattr(member, "advance_all", blind)
    history = History(room)
    await history.lived(clock)
    await history.next(clock)
    late = room.prepared()
    async with member_of(url, clock, model=small_model()) as other:
        other.log = room.log
        await reload(other)
        await other.drain()
        try:
            await room.handler.commit(late)
        except Fenced:
            assert guarded
    found = await history.judged()
    assert (found == []) == guarded


async def test_offsets_stored_apart_from_the_state_count_records_twice(
    room: Room, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state first, the offset after it: a crash in between reads the records again."""

    async def apart(self: Member, tx: AsyncConnection, offsets: Mapping[int, int]) -> dict[int, Claim]:
        return {lane: claim.at(offsets.get(lane, claim.next_offset)) for lane, claim in self.claims.items()}

    commit = type(room.handler).commit

    async def then_advance(self: Any, work: Any) -> Mapping[int, int]:
        offsets = await commit(self, work)
        async with transaction(room.engine) as tx:
            claims = room.member.claims
            await blind(tx, t.checkpoint, {claims[lane]: offset for lane, offset in offsets.items()})
        return offsets

    monkeypatch.setattr(Member, "advance", apart)
    monkeypatch.setattr(type(room.handler), "commit", then_advance)
    history = History(room)
    await history.lived(clock, ["after-commit"])
    assert any("received" in breach for breach in await history.judged())


@pytest.mark.parametrize("guarded", [True, False])
async def test_without_keys_of_content_a_replay_says_everything_twice(
    room: Room, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    if not guarded:
        numbers = count()
        monkeypatch.setattr(changes, "signal_key", lambda *_: f"{next(numbers)}")
    history = History(room)
    await history.lived(clock)
    before = len(await room.rows(t.outbox))
    assert before > 5
    async with transaction(room.engine) as tx:
        for table in (t.account, t.account_day, t.health, t.journal, t.lane, t.history, t.cohort, t.dead_letter):
            await tx.execute(table.delete())
        await tx.execute(update(t.checkpoint).values(next_offset=checkpoint.NONE_YET))
    again = ManualClock(START_AT)
    async with member_of(str(room.engine.url), again, model=small_model()) as other:
        await reload(other)
        replay = History(other)
        await replay.lived(again)
        found = await replay.judged()
    assert (found == []) == guarded
    assert (len(await room.rows(t.outbox)) == before) == guarded


async def test_memory_that_is_used_after_a_failed_write_is_stored_as_if_it_were_true(
    room: Room, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Member.load

    async def careless(self: Member, lanes: Any) -> dict[int, int]:
        if self.claims:
            self._fault = None
            return {lane: claim.next_offset for lane, claim in self.claims.items() if claim.next_offset >= 0}
        return await load(self, lanes)

    monkeypatch.setattr(Member, "load", careless)
    history = History(room)
    await history.lived(clock, ["before-commit"])
    assert await history.judged() != []
