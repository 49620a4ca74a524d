"""Statements in the database: journalled with the facts of their batch, and merged into account-days by the sweep.

A reader sees both added up, so merging changes nothing that can be read. Every function takes an open
transaction; none commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import store
from banso_scoring import tables as t
from banso_scoring.domain.facts import profile, stated
from banso_scoring.domain.facts.stated import Journalled, Statements, merge

JOURNAL_ROWS_AT_ONCE = 64
NAMES_AT_ONCE = 5_000
_waiting = t.journal.c.statements.is_not(None)


async def merge_journal(tx: AsyncConnection, lane: int) -> int:
    """Merge the oldest statements of a lane's journal into its account-days; gives how many batches it took."""
    journal = await _journal(tx, lane, JOURNAL_ROWS_AT_ONCE)
    if not journal:
        return 0
    days = stated.of_days(one for _, batch in journal for one in batch)
    for key, raw in (await store.by_day(tx, t.statement_day.c.statements, sorted(days))).items():
        _add(days[key], stated.decode_day(raw))
    keys = sorted(days)
    columns: Columns = {
        "account": [account for account, _ in keys],
        "day": [day for _, day in keys],
        "statements": [stated.encode_day(days[key]) for key in keys],
    }
    await upsert(tx, t.statement_day, columns)
    done = (t.journal.c.lane == lane) & (t.journal.c.first_offset <= journal[-1][0])
    await tx.execute(update(t.journal).where(done & _waiting).values(statements=None))
    return len(journal)


async def of_accounts(tx: AsyncConnection, accounts: Iterable[Row[Any]]) -> dict[str, Statements]:
    """All that was said of these rows of accounts (`account`, `lane`, `profile`), the journal added."""
    rows = {row.account: row for row in accounts}
    found: dict[str, Statements] = {name: {} for name in rows}
    names = sorted(rows)
    for begin in range(0, len(names), NAMES_AT_ONCE):
        mine = t.statement_day.c.account.in_(names[begin : begin + NAMES_AT_ONCE])
        for day in await tx.execute(select(t.statement_day).where(mine)):
            _add(found[day.account], stated.decode_day(bytes(day.statements)))
    for lane in sorted({row.lane for row in rows.values()}):
        for account, name, one in await _waiting_in(tx, lane, rows.keys()):
            merge(found[account], name, [one])
    return {name: stated.with_newest(said, profile.decode(bytes(rows[name].profile))) for name, said in found.items()}


async def of_names(tx: AsyncConnection, names: Sequence[str]) -> dict[str, Statements]:
    """All that was said of the accounts of these names, the journal added."""
    rows: list[Row[Any]] = []
    for begin in range(0, len(names), NAMES_AT_ONCE):
        mine = t.account.c.account.in_(names[begin : begin + NAMES_AT_ONCE])
        rows += await tx.execute(select(t.account.c.account, t.account.c.lane, t.account.c.profile).where(mine))
    return await of_accounts(tx, rows)


async def _waiting_in(tx: AsyncConnection, lane: int, accounts: Collection[str]) -> list[Journalled]:
    return [one for _, batch in await _journal(tx, lane) for one in batch if one[0] in accounts]


async def _journal(tx: AsyncConnection, lane: int, most: int | None = None) -> Sequence[tuple[int, list[Journalled]]]:
    """The oldest batches of a lane whose statements are not merged, with their first offsets."""
    query = select(t.journal.c.first_offset, t.journal.c.statements).where((t.journal.c.lane == lane) & _waiting)
    rows = await tx.execute(query.order_by(t.journal.c.first_offset).limit(most))
    return [(row.first_offset, stated.decode_journal(bytes(row.statements))) for row in rows]


def _add(into: Statements, more: Statements) -> None:
    for name, some in more.items():
        merge(into, name, some)
