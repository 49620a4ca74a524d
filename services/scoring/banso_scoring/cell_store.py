"""The moves of accounts from cell to cell in the database. Every function takes an open transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import store
from banso_scoring import tables as t
from banso_scoring.domain.matrix.matrix_why import AxisWhy, CellMove

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(tuple[AxisWhy, ...])


async def put(tx: AsyncConnection, version: str, moves: Sequence[tuple[str, CellMove]]) -> None:
    """Keep moves that a version of the model found, each with its account."""
    rows: Columns = {
        "model_version": [version] * len(moves),
        "account": [account for account, _ in moves],
        "day": [move.day for _, move in moves],
        "from_cell": [move.from_cell for _, move in moves],
        "to_cell": [move.to_cell for _, move in moves],
        "why": [_encoder.encode(move.why) for _, move in moves],
    }
    if moves:
        await upsert(tx, t.cell_move, rows)


async def replace(tx: AsyncConnection, version: str, histories: Mapping[str, Sequence[CellMove]]) -> None:
    """Let these accounts have these moves under a version of the model, and no others."""
    names = sorted(histories)
    await store.forget(tx, t.cell_move, version, names)
    await put(tx, version, [(name, move) for name in names for move in histories[name]])


async def of_accounts(tx: AsyncConnection, version: str, names: Sequence[str]) -> dict[str, list[CellMove]]:
    """The moves of each of `names` (at most store.NAMES_AT_ONCE) under a version of the model, oldest first."""
    found: dict[str, list[CellMove]] = {name: [] for name in names}
    mine = (t.cell_move.c.model_version == version) & t.cell_move.c.account.in_(names)
    for row in await tx.execute(select(t.cell_move).where(mine).order_by(t.cell_move.c.day)):
        found[row.account].append(CellMove(row.day, row.from_cell, row.to_cell, _decoder.decode(bytes(row.why))))
    return found
