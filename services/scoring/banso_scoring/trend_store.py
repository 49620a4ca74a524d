"""The health of accounts over the last days, as it was known at each close. Takes an open transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import store
from banso_scoring import tables as t

DAYS = 28
UNKNOWN = -1


async def scores(tx: AsyncConnection, names: Sequence[str], today: int) -> dict[str, list[int]]:
    """By account the whole points at the close of each of the `DAYS` days before `today`, oldest first; `UNKNOWN`
    where no score could be given. Empty for an account that none of these days closed on.

    The history holds a row for a day on which something changed: until the next one that stays so.
    """
    first = today - DAYS
    day, account = t.history.c.day, t.history.c.account
    earlier = t.history.alias()
    last = select(func.max(earlier.c.day)).where((earlier.c.account == account) & (earlier.c.day < first))
    kept: dict[str, list[tuple[int, int]]] = {name: [] for name in names}
    for begin in range(0, len(names), store.NAMES_AT_ONCE):
        some = names[begin : begin + store.NAMES_AT_ONCE]
        mine = account.in_(some) & (day < today) & or_(day >= first, day == last.scalar_subquery())
        for row in await tx.execute(select(account, day, t.history.c.score).where(mine).order_by(day)):
            kept[row.account].append((row.day, UNKNOWN if row.score is None else round(row.score)))
    return {name: _daily(rows, first, today) for name, rows in kept.items()}


def _daily(rows: Sequence[tuple[int, int]], first: int, today: int) -> list[int]:
    if not rows:
        return []
    by_day, shown = dict(rows), rows[0][1] if rows[0][0] < first else UNKNOWN
    found = []
    for day in range(first, today):
        shown = by_day.get(day, shown)
        found.append(shown)
    return found
