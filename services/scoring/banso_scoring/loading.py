"""A lane out of the store into the portfolio: the way back to the truth at every assignment and after every fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import facts_store, standing_codec, store
from banso_scoring.assess import shown_of
from banso_scoring.domain import profile
from banso_scoring.domain.fact_columns import columns_of
from banso_scoring.portfolio import Portfolio


async def load_lane(tx: AsyncConnection, portfolio: Portfolio, lane: int, today: int) -> int:
    """Add the accounts of `lane` and their recent facts; gives the day through which they are closed."""
    rows = await store.accounts(tx, lane)
    closed_day = await store.closed_day(tx, lane)
    closed_day = today - 1 if closed_day is None else closed_day
    positions = np.array([portfolio.add(row.account, lane, today) for row in rows], np.int64)
    if len(rows):
        _place(portfolio, positions, rows, closed_day)
    await _load_facts(tx, portfolio, lane, today)
    return closed_day


def _place(portfolio: Portfolio, positions: NDArray[np.int64], rows: Sequence[Row[Any]], closed_day: int) -> None:
    columns, model = portfolio.columns, portfolio.model
    for position, row in zip(positions.tolist(), rows, strict=True):
        portfolio.profiles[position] = profile.decode(bytes(row.profile))
        portfolio.describe(position)
    columns.first_day[positions] = [row.first_day for row in rows]
    columns.closed_day[positions] = closed_day
    columns.closed.put(positions, standing_codec.decode(model, [bytes(row.closed) for row in rows]))
    columns.last_day[positions] = [-1 if row.last_day is None else row.last_day for row in rows]
    current = [bytes(row.closed if row.standing is None else row.standing) for row in rows]
    standing = standing_codec.decode(model, current)
    columns.current.put(positions, standing)
    score = np.array([np.nan if row.score is None else row.score for row in rows])
    coverage = np.array([0.0 if row.coverage is None else row.coverage for row in rows])
    columns.shown[positions] = shown_of(standing, score, coverage, columns.last_day[positions])


async def _load_facts(tx: AsyncConnection, portfolio: Portfolio, lane: int, today: int) -> None:
    merged, journal = await facts_store.of_lane(tx, lane, portfolio.window.origin)
    for facts in (columns_of(merged), *journal):
        portfolio.add_facts(facts, today)
