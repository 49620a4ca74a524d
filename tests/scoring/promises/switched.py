"""Two models, accounts with a past, and a member that works at a switch between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_signal import AccountSignal, signal_decoder
from banso_common.db.transaction import transaction
from banso_common.errors import Fenced, Unavailable
from banso_scoring import switch_store
from banso_scoring import tables as t
from banso_scoring.model.load import load_model
from banso_scoring.switching import Switching
from tests.conftest import START_AT
from tests.scoring.domain.builders import SMALL
from tests.scoring.promises.room import Room, room_of
from tests.scoring.promises.streams import event, told
from tests.scoring.promises.test_crashes import a_day

OLD = load_model(SMALL, "old.yaml")
NEW = load_model(
    SMALL.replace("name: small", "name: other")
    .replace("use: {weight: 3", "use: {weight: 1")
    .replace("dwell_days: 3", "dwell_days: 9")
    .replace("at_least: 20}, {metric: error_rate", "at_least: 2}, {metric: error_rate")
    .replace("ended: [ended]", "ended: [left]"),
    "new.yaml",
)
NAMES = ("acme", "zeta", "株式会社", "silent", "left")


def lived(days: range) -> list[Any]:
    """What five accounts did on some days, each in its own way."""
    made = []
    for day in days:
        made += a_day("acme", day, good=20, bad=30 if day > -10 else 0) + a_day("zeta", day, good=5, bad=0)
        made += a_day("株式会社", day, good=1 + day % 3, bad=1)
        made += a_day("silent", day, good=4, bad=0) if day < -25 else []
        made += a_day("left", day, good=9, bad=0) if day < -5 else []
    return made


PAST = [
    told(1, "acme", START_AT - 30 * DAY_MS, {"name": "Acme", "seats": 5}),
    event(2, "left", "left", START_AT - 5 * DAY_MS),
    *lived(range(-60, 0)),
]
DERIVED = (t.health, t.closed, t.phase_move, t.cell_move)
NOT_COMPARED = {"changed_at", "closed_day", "flagged_day"}
"""The day of a closed standing is that on which it was last written: the lane says through which day all are closed."""
TOLD = slice(5, 8)
"""Where a stored standing holds its episodes: these belong to the account, and differ by when they were told."""


async def want(room: Room, model: Any = NEW) -> None:
    async with transaction(room.engine) as tx:
        await switch_store.want(tx, model, room.member.clock.now())


async def settle(room: Room, *, steps: int = 500) -> None:
    """Work at the switch until there is nothing to do, loading anew whenever that is asked for."""
    switching, idle = Switching(room.member), 0
    for _ in range(steps):
        try:
            idle = 0 if await switching.step() else idle + 1
        except (Unavailable, Fenced):
            idle = 0
        if room.member._fault is not None:
            await reloaded(room)
        if idle == 2:
            return
    raise AssertionError("the switch does not end")


async def reloaded(room: Room) -> None:
    """Load anew until the store answers."""
    while True:
        with suppress(Unavailable):
            return await room.reload()


async def made(room: Room) -> dict[str, list[dict[str, Any]]]:
    """All that the model made of the accounts."""
    return {table.name: [shown(row._asdict()) for row in await room.rows(table)] for table in DERIVED}


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what was told, and when."""
    found = {k: v for k, v in row.items() if k not in NOT_COMPARED}
    for column in ("standing", "closed"):
        if column in found:
            found[column] = msgspec.msgpack.decode(bytes(found[column]))
            del found[column][TOLD]
    return found


async def told_signals(room: Room) -> list[AccountSignal]:
    return [signal_decoder.decode(bytes(row.value)) for row in await room.rows(t.outbox)]


async def looked_back(room: Room, clock: ManualClock) -> None:
    """The first sweep looks back before it knows what is usual; here it does so again, knowing it."""
    await room.sweep(clock.now())
    room.member.portfolio.backfilled.update(range(len(room.member.portfolio)))
    await room.sweep(clock.now())


def differing(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Where two tables are not the same."""
    found: list[tuple[Any, ...]] = [] if len(a) == len(b) else [("length", len(a), len(b))]
    for x, y in zip(a, b, strict=False):
        found += [(x["account"], name, x[name], y[name]) for name in x if x[name] != y[name]]
    return found


@asynccontextmanager
async def room_with_past(url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """Accounts with a past, judged by the old model."""
    async with room_of(url, clock, model=OLD) as made:
        await made.take(*PAST)
        await made.sweep(clock.now())
        yield made
