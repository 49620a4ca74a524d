"""The moves of accounts from cell to cell in the database. Every function takes an open transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import tables as t
from banso_scoring.domain.matrix_why import AxisWhy, CellMove

NAMES_AT_ONCE = 5_000
MOVES_SHOWN_MAX = 50
_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(tuple[AxisWhy, ...])


async def put(tx: AsyncConnection, moves: Sequence[tuple[str, CellMove]]) -> None:
    """Keep moves, each with its account."""
    rows: Columns = {
        "account": [account for account, _ in moves],
        "day": [move.day for _, move in moves],
        "from_cell": [move.from_cell for _, move in moves],
        "to_cell": [move.to_cell for _, move in moves],
        "why": [_encoder.encode(move.why) for _, move in moves],
    }
    if moves:
        await upsert(tx, t.cell_move, rows)


async def replace(tx: AsyncConnection, histories: Mapping[str, Sequence[CellMove]]) -> None:
    """Let these accounts have these moves and no others."""
    names = sorted(histories)
    for begin in range(0, len(names), NAMES_AT_ONCE):
        some = names[begin : begin + NAMES_AT_ONCE]
        await tx.execute(delete(t.cell_move).where(t.cell_move.c.account.in_(some)))
    await put(tx, [(name, move) for name in names for move in histories[name]])


async def of_account(tx: AsyncConnection, account: str) -> list[CellMove]:
    """The newest moves of an account, oldest first."""
    query = select(t.cell_move).where(t.cell_move.c.account == account).order_by(t.cell_move.c.day.desc())
    rows = (await tx.execute(query.limit(MOVES_SHOWN_MAX))).all()
    return [CellMove(row.day, row.from_cell, row.to_cell, _decoder.decode(bytes(row.why))) for row in reversed(rows)]
