"""Order does not matter to the matrix: whatever way facts and statements arrive, cells and moves are the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity
from banso_common.db.transaction import reading
from banso_scoring import tables as t
from banso_scoring.domain.facts.panel import DAYS as LIVE_DAYS
from banso_scoring.domain.standing import Standing
from banso_scoring.model.load import load_model
from tests.conftest import START_AT
from tests.scoring.api.given import Tenant, days_of_use, statement, tenant
from tests.scoring.api.test_matrix import own_text

DAYS = 50
LAST_AT = START_AT + DAYS * DAY_MS
Arrival = Callable[[Tenant, ManualClock, Sequence[AccountActivity]], Any]


def a_life() -> list[AccountActivity]:
    """Use for 25 days, silence after; on the 10th day it is said to be large, and weeks later something else."""
    used = days_of_use("acme", START_AT + 25 * DAY_MS, 25)
    said = [(10, "Enterprise"), (11, "Enterprise"), (44, "Basic"), (45, "Enterprise")]
    return [*used, *(statement("acme", START_AT + day * DAY_MS, plan=plan) for day, plan in said)]


async def day_by_day(scoring: Tenant, clock: ManualClock, life: Sequence[AccountActivity]) -> None:
    for day in range(DAYS + 1):
        clock.move_to(START_AT + day * DAY_MS)
        await scoring.take([one for one in life if clock.now() - DAY_MS < one.occurred_at <= clock.now()])


async def at_the_end(scoring: Tenant, clock: ManualClock, life: Sequence[AccountActivity]) -> None:
    clock.move_to(LAST_AT)
    mixed = [*life]
    random.Random(4).shuffle(mixed)
    await scoring.take(mixed)


async def late_by_half(scoring: Tenant, clock: ManualClock, life: Sequence[AccountActivity]) -> None:
    for half in (1, 0):
        clock.move_to(LAST_AT - half * DAY_MS)
        await scoring.take([one for place, one in enumerate(life) if place % 2 == half])


async def ended_in(folder: Path, arrive: Arrival) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    """The moves and the standing of the account after its life arrived in this way."""
    clock = ManualClock(START_AT)

    async with tenant(f"sqlite+aiosqlite:///{folder}.db", clock, load_model(own_text(), "own.yaml")) as scoring:
        await arrive(scoring, clock, a_life())
        await scoring.sweep(clock.now())
        async with reading(scoring.member.engine) as tx:
            query = select(t.cell_move.c.day, t.cell_move.c.from_cell, t.cell_move.c.to_cell, t.cell_move.c.why)
            moves = [tuple(row) for row in await tx.execute(query.order_by(t.cell_move.c.day))]
        closed: Standing = scoring.member.portfolio.columns.closed
        names = ("axis_value", "axis_next", "axis_since", "cell_day")
        return moves, {name: getattr(closed, name)[..., 0].tolist() for name in names}


async def test_any_way_to_arrive_ends_in_the_same_cells_and_moves(tmp_path: Path) -> None:
    first = await ended_in(tmp_path / "a", day_by_day)
    assert [(before, after) for _, before, after, _ in first[0]] == [
        ("at-scale", "wake-up"),
        ("wake-up", "run-alongside"),
        ("run-alongside", "wake-up"),
        ("wake-up", "at-scale"),
        ("at-scale", "wake-up"),
    ]
    assert await ended_in(tmp_path / "b", at_the_end) == first
    assert await ended_in(tmp_path / "c", late_by_half) == first


async def at_long_last(scoring: Tenant, clock: ManualClock, life: Sequence[AccountActivity]) -> None:
    clock.move_to(START_AT + 2 * LIVE_DAYS * DAY_MS)
    await scoring.take(life[1:])
    await scoring.take(life[:1])


async def test_what_is_told_of_a_time_before_the_live_window_is_walked_too(tmp_path: Path) -> None:
    moves = (await ended_in(tmp_path / "a", day_by_day))[0]
    assert (await ended_in(tmp_path / "b", at_long_last))[0] == moves
