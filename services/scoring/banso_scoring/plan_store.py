"""Success plans in the store: what was said of the objectives of each account, whole.

Every function takes an open transaction; none commits.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import tables as t
from banso_scoring.domain.plan import plan
from banso_scoring.domain.plan.plan import Plan
from banso_scoring.portfolio import Portfolio

_plans = select(t.success_plan.c.account, t.success_plan.c.plan)


async def put(tx: AsyncConnection, portfolio: Portfolio, positions: Sequence[int]) -> None:
    """Store what was said of the plans of these accounts."""
    rows: Columns = {
        "account": [portfolio.names[p] for p in positions],
        "lane": portfolio.columns.lane[list(positions)].tolist(),
        "plan": [plan.encode(portfolio.plans[p]) for p in positions],
    }
    await upsert(tx, t.success_plan, rows)


async def of_lane(tx: AsyncConnection, lane: int) -> dict[str, Plan]:
    """The plans of a lane, by account."""
    rows = await tx.execute(_plans.where(t.success_plan.c.lane == lane))
    return {row.account: plan.decode(bytes(row.plan)) for row in rows}


async def of_accounts(tx: AsyncConnection, accounts: Sequence[str]) -> dict[str, Plan]:
    """The plans of these accounts, whoever owns them."""
    rows = await tx.execute(_plans.where(t.success_plan.c.account.in_(accounts)))
    return {row.account: plan.decode(bytes(row.plan)) for row in rows}
