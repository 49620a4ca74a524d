"""A switch to another model ends as if that had been there from the first event on, tells nothing twice, and shows one
model or the other at every moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import MOMENTS, SignalState
from banso_common.db.transaction import reading
from banso_common.errors import Unavailable
from banso_scoring import switch_store
from banso_scoring import tables as t
from banso_scoring.api.detail import account_detail
from banso_scoring.api.listing import page
from banso_scoring.api.query import ListQuery
from banso_scoring.switch_store import Superseded
from banso_scoring.switching import Switching
from tests.conftest import START_AT
from tests.scoring.promises.room import Room, member_of, room_of
from tests.scoring.promises.streams import event, told
from tests.scoring.promises.switched import (
    NAMES,
    NEW,
    OLD,
    PAST,
    differing,
    lived,
    looked_back,
    made,
    room_with_past,
    settle,
    told_signals,
    want,
)
from tests.scoring.promises.test_crashes import a_day


@pytest.fixture
async def room_old(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """Accounts with a past, judged by the old model."""
    async with room_with_past(database_url, clock) as made:
        yield made


@pytest.fixture
async def fresh(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Room]:
    """The same accounts in a store that never knew another model than the new one."""
    async with room_of(f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}", clock, model=NEW) as room:
        await room.take(*PAST)
        await looked_back(room, clock)
        yield room


async def test_after_a_switch_and_the_close_of_its_day_all_is_as_in_a_store_that_never_knew_another_model(
    room_old: Room, fresh: Room, clock: ManualClock
) -> None:
    before = await made(room_old)
    history = await room_old.rows(t.history)
    await want(room_old)
    await settle(room_old)
    assert room_old.member.model.version == NEW.version
    assert await room_old.rows(t.history) == history
    clock.move_to(clock.now() + DAY_MS)
    for room in (room_old, fresh):
        await room.sweep(clock.now())
    after = await made(room_old)
    assert before["health"] != after["health"]
    for table, rows in (await made(fresh)).items():
        assert not differing(after[table], rows), table
    assert (await room_old.rows(t.history))[: len(history)] == history


def meanwhile(clock: ManualClock) -> list[list[Any]]:
    """What comes in while a switch is on: news of today, late news, somebody new, an end told late, a statement."""
    return [
        [*a_day("acme", 0, good=3, bad=1), event(90_001, "newcomer", "act", clock.now())],
        [*a_day("zeta", -70, good=9, bad=0), event(90_002, "silent", "left", START_AT - 3 * DAY_MS)],
        [told(90_003, "zeta", clock.now(), {"seats": 3}), *a_day("silent", -26, good=2, bad=2)],
    ]


async def test_what_comes_meanwhile_is_judged_by_both_models(
    room_old: Room, tmp_path: Path, clock: ManualClock
) -> None:
    news = meanwhile(clock)
    await want(room_old)
    switching, steps = Switching(room_old.member), 0
    while room_old.member.model.version == OLD.version:
        steps += 1
        with suppress(Unavailable):
            await switching.step()
        if room_old.member._fault is not None:
            await room_old.reload()
        elif news:
            await room_old.take(*news.pop())
            await room_old.sweep(clock.now())
    assert not news, "the switch was over too soon"
    await settle(room_old)
    await looked_back(room_old, clock)
    async with room_of(f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}", clock, model=NEW) as fresh:
        await fresh.take(*PAST, *(one for some in reversed(meanwhile(clock)) for one in some))
        await looked_back(fresh, clock)
        expected = await made(fresh)
    after = await made(room_old)
    for table, rows in expected.items():
        assert not differing(after[table], rows), table


async def test_no_episode_is_told_twice_or_forgotten(room_old: Room, clock: ManualClock) -> None:
    before = {signal.key for signal in await told_signals(room_old)}
    assert any("silent-struggling" in key for key in before)
    for model in (NEW, OLD, NEW):
        await want(room_old, model)
        await settle(room_old)
        await room_old.sweep(clock.now())
        await room_old.reload()
        await room_old.sweep(clock.now())
    open_now: dict[tuple[str, str], int] = {}
    for signal in await told_signals(room_old):
        key = (signal.account, str(signal.kind))
        if signal.kind in MOMENTS:
            assert signal.episode == open_now.get(key, 0) + 1
            open_now[key] = signal.episode
        elif signal.state is SignalState.OPENED:
            assert key not in open_now, f"{key} is told twice"
            open_now[key] = signal.episode
        else:
            assert open_now.pop(key) == signal.episode, f"{key} is closed and was not told"
    goals = [key for key in open_now if key[1] in MOMENTS]
    shown = {(row.account, kind) for row in await room_old.rows(t.health) for kind in row.signals.split(",") if kind}
    assert shown == set(open_now) - set(goals)


async def test_the_model_counts_only_when_every_lane_is_ready(
    room_old: Room, database_url: str, clock: ManualClock
) -> None:
    async with member_of(database_url, clock, model=OLD) as other:
        other.log = room_old.log
        await room_old.handler.revoked([1])
        await other.handler.assigned([1])
        await want(room_old)
        await settle(room_old)
        assert room_old.member.model.version == OLD.version, "the other lane has not begun"
        for _ in range(3):
            await settle(other)
            await settle(room_old)
        assert room_old.member.model.version == other.member.model.version == NEW.version
        assert {row.model_version for row in await room_old.rows(t.health)} == {NEW.version}


async def test_who_has_not_heard_of_a_switch_may_not_write(
    room_old: Room, database_url: str, clock: ManualClock
) -> None:
    async with member_of(database_url, clock, model=OLD) as other:
        other.log = room_old.log
        await room_old.handler.revoked([1])
        await other.handler.assigned([1])
        await want(room_old)
        await settle(room_old)
        await settle(other)
        await settle(room_old)
        assert room_old.member.model.version == NEW.version and other.member.model.version == OLD.version
        with pytest.raises(Superseded):
            await other.take(*a_day("zeta", 0, good=2, bad=0), *a_day("acme", 0, good=2, bad=0))
        with pytest.raises(Superseded):
            await other.sweep(clock.now())
        await other.handler.assigned([1])
        assert other.member.model.version == NEW.version


async def test_readers_see_one_version_or_the_other(room_old: Room, clock: ManualClock) -> None:
    await want(room_old)
    switching, seen = Switching(room_old.member), list[str]()
    for _ in range(60):
        async with room_old.member.view() as (tx, member):
            rows, _ = await page(tx, member.model, ListQuery())
            await asyncio.sleep(0)
            detail = await account_detail(tx, member, "acme", 10)
        assert detail is not None
        versions = {row.model_version for row in rows} | {detail.summary.model_version}
        assert len(versions) == 1 and len(rows) == len(NAMES)
        seen += versions
        with suppress(Unavailable):
            await switching.step()
        if room_old.member._fault is not None and len(set(seen)) == 2:
            await room_old.reload()  # a while later: meanwhile it reads the new model, loaded for the old one
    assert list(dict.fromkeys(seen)) == [OLD.version, NEW.version]


async def test_an_account_of_years_is_walked_from_its_first_day(tmp_path: Path, clock: ManualClock) -> None:
    def days() -> list[Any]:
        return [one for day in range(-500, 0, 2) for one in a_day("elder", day, good=1 + (day < -400) * 9, bad=0)]

    async with room_of(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}", clock, model=OLD) as room:
        await room.take(*days(), *lived(range(-5, 0)))
        await room.sweep(clock.now())
        await want(room)
        await settle(room)
        first = next(row.day for row in await room.rows(t.phase_move) if row.account == "elder")
        assert first == room.member.today() - 500 + 9 - 1, "its first goal held nine days, years ago"


async def test_every_row_is_shown_as_news_after_a_switch(room_old: Room, clock: ManualClock) -> None:
    clock.move_to(clock.now() + HOUR_MS)
    await want(room_old)
    await settle(room_old)
    clock.move_to(clock.now() + HOUR_MS)
    await room_old.sweep(clock.now())
    assert {row.changed_at for row in await room_old.rows(t.health)} == {clock.now()}


async def test_settings_that_name_another_model_want_it_and_a_restart_does_not_switch_back(
    room_old: Room, database_url: str, clock: ManualClock
) -> None:
    async with member_of(database_url, clock, model=OLD) as again:
        await again.member.configure()
        assert await wanted(room_old) is None
    async with member_of(database_url, clock, model=NEW) as changed:
        await changed.member.configure()
        assert await wanted(room_old) == NEW.version
    await settle(room_old)
    await want(room_old, OLD)
    await settle(room_old)
    async with member_of(database_url, clock, model=NEW) as restarted:
        await restarted.member.configure()
        assert await wanted(room_old) is None
        await restarted.reload()
        assert restarted.member.model.version == OLD.version
        assert restarted.member.model.text == OLD.text, "the model came out of the store"


async def wanted(room: Room) -> str | None:
    async with reading(room.engine) as tx:
        found = await switch_store.read(tx)
    assert found is not None
    return found.wanted
