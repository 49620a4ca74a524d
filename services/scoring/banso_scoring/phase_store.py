"""The moves of accounts from phase to phase in the database. Every function takes an open transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import store
from banso_scoring import tables as t
from banso_scoring.domain.journey.phase_history import Move, Moved


async def put(tx: AsyncConnection, version: str, moves: Sequence[tuple[str, Move]]) -> None:
    """Keep moves that a version of the model found, each with its account."""
    rows: Columns = {
        "model_version": [version] * len(moves),
        "account": [account for account, _ in moves],
        "day": [move.day for _, move in moves],
        "from_phase": [move.from_phase for _, move in moves],
        "since_day": [move.since_day for _, move in moves],
        "to_phase": [move.to_phase for _, move in moves],
        "moved": [str(move.moved) for _, move in moves],
    }
    if moves:
        await upsert(tx, t.phase_move, rows)


async def replace(tx: AsyncConnection, version: str, histories: Mapping[str, Sequence[Move]]) -> None:
    """Let these accounts have these moves under a version of the model, and no others."""
    names = sorted(histories)
    await store.forget(tx, t.phase_move, version, names)
    await put(tx, version, [(name, move) for name in names for move in histories[name]])


async def of_accounts(tx: AsyncConnection, version: str, names: Sequence[str]) -> dict[str, list[Move]]:
    """The moves of each of `names` (at most store.NAMES_AT_ONCE) under a version of the model, oldest first."""
    found: dict[str, list[Move]] = {name: [] for name in names}
    mine = (t.phase_move.c.model_version == version) & t.phase_move.c.account.in_(names)
    query = select(t.phase_move).where(mine).order_by(t.phase_move.c.day)
    for row in await tx.execute(query):
        found[row.account].append(_move(row))
    return found


def _move(row: Row[Any]) -> Move:
    return Move(row.day, row.from_phase, row.since_day, row.to_phase, Moved(row.moved))
