"""A switch that is broken off, by a failure, another owner or on purpose, harms nothing."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from banso_common.clock import ManualClock
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Unavailable
from banso_scoring import switch_store
from banso_scoring import tables as t
from banso_scoring.switching import Switching
from tests.conftest import START_AT
from tests.scoring.promises.failing import armed
from tests.scoring.promises.room import Room, member_of, room_of
from tests.scoring.promises.switched import (
    NEW,
    OLD,
    PAST,
    differing,
    made,
    reloaded,
    room_with_past,
    settle,
    told_signals,
    want,
)


@pytest.fixture
async def room_old(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """Accounts with a past, judged by the old model."""
    async with room_with_past(database_url, clock) as made:
        yield made


@pytest.fixture
async def small_past(tmp_path: Path) -> Path:
    """A store with a past under the old model, to be copied."""
    store = tmp_path / "past.db"
    async with room_of(f"sqlite+aiosqlite:///{store}", ManualClock(START_AT), model=OLD) as room:
        await room.take(*PAST)
        await room.sweep(START_AT)
    return store


@asynccontextmanager
async def copy_of(store: Path) -> AsyncIterator[Room]:
    """A member over a copy of `store`."""
    copy = store.with_name("copy.db")
    shutil.copy(store, copy)
    async with member_of(f"sqlite+aiosqlite:///{copy}", ManualClock(START_AT), model=OLD) as room:
        await room.reload()
        yield room


@pytest.mark.parametrize("point", ["before-commit", "after-commit", "model-switched"])
async def test_a_failure_at_any_point_of_a_switch_leaves_no_trace(point: str, small_past: Path) -> None:
    async with copy_of(small_past) as room:
        await want(room)
        await settle(room)
        await room.sweep(START_AT)
        expected, said = await made(room), [signal.key for signal in await told_signals(room)]
    for nth in range(1, 40):
        async with copy_of(small_past) as room:
            await want(room)
            with armed(f"{point}:fail:{nth}") as failing:
                await settle(room)
                while True:
                    try:
                        await room.sweep(START_AT)
                        break
                    except Unavailable:
                        await reloaded(room)
            found = await made(room)
            assert [signal.key for signal in await told_signals(room)] == said
        for table, rows in expected.items():
            assert not differing(found[table], rows), f"{table} after {point} failed the {nth}. time"
        if failing.left > 0:
            break
    assert failing.left > 0, "more points than were tried"


async def test_a_new_owner_of_a_lane_begins_it_again(room_old: Room) -> None:
    await want(room_old)
    switching = Switching(room_old.member)
    while room_old.member.rebuild is None or room_old.member.rebuild.unjudged:
        await switching.step()
    async with reading(room_old.engine) as tx:
        assert sum(lane.done for lane in await switch_store.progress(tx)) > 0
    await room_old.reload()
    async with reading(room_old.engine) as tx:
        assert {lane.stage for lane in await switch_store.progress(tx)} == {None}
    await settle(room_old)
    assert room_old.member.model.version == NEW.version


async def test_a_switch_that_is_given_up_leaves_what_was(room_old: Room) -> None:
    before = await made(room_old)
    await want(room_old)
    switching = Switching(room_old.member)
    while room_old.member.rebuild is None or room_old.member.rebuild.unjudged:
        await switching.step()
    assert {row.model_version for row in await room_old.rows(t.health)} == {OLD.version, NEW.version}
    async with transaction(room_old.engine) as tx:
        await switch_store.give_up(tx)
    await settle(room_old)
    assert room_old.member.model.version == OLD.version and await made(room_old) == before
