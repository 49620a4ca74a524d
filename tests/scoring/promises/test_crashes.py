"""Promise 2, state = fold(log[0:offset]): a write fails at any point, and afterwards all is as if it had not."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.codec import identity_of
from banso_common.errors import Unavailable
from banso_scoring import tables as t
from tests.conftest import START_AT
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.failing import armed
from tests.scoring.promises.room import LANES, Room, member_of, room_of
from tests.scoring.promises.streams import event, told

Op = Callable[[Room], Awaitable[None]]


def a_day(account: str, day: int, *, good: int, bad: int) -> list[Any]:
    """What an account did on a day: attempts, and errors in between."""
    at = START_AT + day * DAY_MS + HOUR_MS
    number = identity_of(account, str(day)) % 10**9 * 1_000
    done = [event(number + n, account, "act", at + n, user=f"u{n % 4}") for n in range(good)]
    return done + [event(number + 500 + n, account, "error", at + n, user=f"u{n % 4}") for n in range(bad)]


def writes(*records: Any) -> Op:
    """Write to the log, then apply."""

    async def op(room: Room) -> None:
        await room.drain(60)

    op.records = records  # type: ignore[attr-defined]
    return op


async def sweep(room: Room) -> None:
    await room.sweep(room.member.clock.now())


def story() -> Iterator[tuple[int, Op]]:
    """When, and what: one account meets trouble, days pass, some news come late, somebody is new, all fall silent."""
    for day in range(1, 6, 2):
        trouble = a_day("acme", day, good=20, bad=30) + a_day("zeta", day, good=5, bad=0)
        yield day * DAY_MS + 2 * HOUR_MS, writes(*trouble)
        if day < 5:
            yield day * DAY_MS + 3 * HOUR_MS, sweep
    yield 6 * DAY_MS, writes(*a_day("株式会社", 4, good=30, bad=3), *a_day("newcomer", 5, good=9, bad=0))
    yield 6 * DAY_MS + HOUR_MS, sweep
    yield 13 * DAY_MS, sweep
    yield 13 * DAY_MS + HOUR_MS, writes(*a_day("zeta", 13, good=9, bad=0), told(2, "zeta", START_AT, {"seats": 9}))
    yield 14 * DAY_MS, sweep


async def with_a_past(room: Room, clock: ManualClock) -> None:
    """Three accounts come with their past, and a day passes: what is usual is then known."""
    past = [
        e for day in range(-28, 0) for name in ("acme", "zeta", "株式会社") for e in a_day(name, day, good=2, bad=0)
    ]
    await room.take(told(1, "acme", START_AT, {"name": "Acme", "seats": 5}), *past)
    await sweep(room)
    clock.move_to(START_AT + DAY_MS)
    await sweep(room)


async def lived(room: Room, clock: ManualClock, *, reload: bool = False) -> None:
    """Let `room` live through the story; what fails is done again after loading anew."""
    for when, op in story():
        clock.move_to(START_AT + when)
        room.write(getattr(op, "records", ()))
        while True:
            try:
                await op(room)
                break
            except Unavailable:
                await room.reload()
        if reload:
            await room.reload()


NOT_STATE = {"epoch", "seq", "first_offset"}


async def state(room: Room) -> dict[str, list[dict[str, Any]]]:
    """All that is stored, but for what counts the members and the batches."""
    await room.merge()
    found: dict[str, list[dict[str, Any]]] = {}
    for table in t.metadata.sorted_tables:
        if table is t.journal:
            continue
        rows = [{k: v for k, v in row._mapping.items() if k not in NOT_STATE} for row in await room.rows(table)]
        found[table.name] = sorted(rows, key=repr)
    return found


@dataclass
class Reference:
    """A store with a past, and what the story makes of it when nothing fails."""

    store: Path
    log: dict[int, list[bytes]]
    state: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    commits: int = 0

    @asynccontextmanager
    async def room(self) -> AsyncIterator[tuple[Room, ManualClock]]:
        """A copy of that store, and a member that owns its lanes."""
        copy, clock = self.store.with_name("copy.db"), ManualClock(START_AT + DAY_MS)
        shutil.copy(self.store, copy)
        async with member_of(f"sqlite+aiosqlite:///{copy}", clock, model=small_model()) as room:
            room.log = {lane: list(records) for lane, records in self.log.items()}
            await room.reload()
            yield room, clock


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """The story, undisturbed."""
    store, clock = tmp_path_factory.mktemp("past") / "past.db", ManualClock(START_AT)
    async with room_of(f"sqlite+aiosqlite:///{store}", clock, model=small_model()) as room:
        await with_a_past(room, clock)
        reference = Reference(store, room.log)
    async with reference.room() as (room, clock):
        with armed("before-commit:fail:1000000") as point:
            await lived(room, clock)
        reference.commits = 1_000_000 - point.left
        reference.state = await state(room)
    return reference


async def test_the_story_says_something_worth_losing(undisturbed: Reference) -> None:
    found = undisturbed.state
    assert {row["key"].split("/")[1] for row in found["outbox"]} >= {
        "goal-reached",
        "health-critical",
        "silent-struggling",
    }
    assert len(found["health_history"]) > 5 and len(found["account"]) == 4
    assert undisturbed.commits > 20


@pytest.mark.parametrize(("point", "step"), [("before-commit", 5), ("after-commit", 9), ("scoring-stored", 1)])
async def test_a_failure_at_any_point_leaves_no_trace(point: str, step: int, undisturbed: Reference) -> None:
    for nth in range(1, undisturbed.commits + 1, step):
        async with undisturbed.room() as (room, clock):
            with armed(f"{point}:fail:{nth}") as failing:
                await lived(room, clock)
            found = await state(room)
        for table, rows in undisturbed.state.items():
            assert found[table] == rows, f"{table} differs after {point} failed the {nth}. time"
        if failing.left > 0:
            break


async def test_loading_anew_all_the_time_changes_nothing(undisturbed: Reference, database_url: str) -> None:
    clock = ManualClock(START_AT)
    async with room_of(database_url, clock, model=small_model()) as room:
        await with_a_past(room, clock)
        await lived(room, clock, reload=True)
        assert await state(room) == undisturbed.state


async def test_a_batch_that_fails_leaves_the_store_as_it_was(room: Room) -> None:
    await room.take(*a_day("acme", -1, good=3, bad=1))
    before = await state(room)
    room.write(
        a_day("acme", 0, good=5, bad=5) + a_day("zeta", 0, good=5, bad=5) + [told(1, "acme", START_AT, {"seats": 5})]
    )
    for point in ("scoring-stored", "before-commit"):
        with armed(f"{point}:fail"), pytest.raises(Unavailable):
            await room.drain()
        assert await state(room) == before
        with pytest.raises(Unavailable):
            await room.drain()
        with pytest.raises(Unavailable):
            await sweep(room)
        assert await state(room) == before, "what memory holds after a failed write is not to be stored"
        await room.reload()
    await room.drain()
    assert [row.received for row in await room.rows(t.lane)] == [len(room.log[lane]) for lane in range(LANES)]
