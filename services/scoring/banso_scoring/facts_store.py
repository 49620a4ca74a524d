"""The facts in the database: a journal that a batch appends to in one row, and the account-days it is merged into.

A reader sees both added up, so merging changes nothing that can be read. Every function takes an open
transaction; none commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import store
from banso_scoring import tables as t
from banso_scoring.domain.facts import day_columns, day_facts, fact_columns
from banso_scoring.domain.facts.day_facts import Cells
from banso_scoring.domain.facts.fact_columns import FactColumns, combined, days_of, merge_into, only

DayKey = tuple[str, int]
Rows = dict[DayKey, Cells]
NAMES_AT_ONCE = 5_000
JOURNAL_ROWS_AT_ONCE = 64
ROWS_AT_ONCE = 20_000
EVER = -(2**31)
"""A day before every other."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one batch of a lane brought: the identities of its events, and its part of the facts, if any."""

    lane: int
    first_offset: int
    identities: NDArray[np.int64]
    facts: FactColumns | None
    statements: bytes | None = None
    """What was said of accounts, as `stated.encode_journal` writes it."""


async def append(tx: AsyncConnection, entries: Sequence[Entry], stored_at: int) -> None:
    """Journal entries."""
    row: Columns = {
        "lane": [entry.lane for entry in entries],
        "first_offset": [entry.first_offset for entry in entries],
        "stored_at": [stored_at] * len(entries),
        "identities": [entry.identities.tobytes() for entry in entries],
        "facts": [None if entry.facts is None else fact_columns.encode(entry.facts) for entry in entries],
        "statements": [entry.statements for entry in entries],
    }
    await upsert(tx, t.journal, row)


async def identities(tx: AsyncConnection, lane: int) -> list[NDArray[np.int64]]:
    """The identities that a lane remembers, one array a batch."""
    query = select(t.journal.c.identities).where(t.journal.c.lane == lane).order_by(t.journal.c.first_offset)
    return [np.frombuffer(bytes(row.identities), np.int64) for row in await tx.execute(query)]


async def forget(tx: AsyncConnection, lane: int, stored_before: int) -> NDArray[np.int64]:
    """Forget the batches that were stored before this instant and are merged; gives their identities."""
    merged = (t.journal.c.lane == lane) & t.journal.c.facts.is_(None) & t.journal.c.statements.is_(None)
    old = delete(t.journal).where(merged & (t.journal.c.stored_at < stored_before))
    gone = [
        np.frombuffer(bytes(raw), np.int64)
        for raw in (await tx.execute(old.returning(t.journal.c.identities))).scalars()
    ]
    return np.concatenate(gone) if gone else np.empty(0, np.int64)


async def merge_journal(tx: AsyncConnection, lane: int) -> int:
    """Merge the oldest facts of a lane's journal into its account-days; gives how many batches it took."""
    journal = await _journal(tx, lane, JOURNAL_ROWS_AT_ONCE)
    if not journal:
        return 0
    added = combined([facts for _, facts in journal])
    stored = day_columns.of_days(await store.by_day(tx, t.account_day.c.facts, days_of(added)))
    days = day_columns.to_days(combined([stored, added]))
    keys = sorted(days)
    columns: Columns = {
        "account": [account for account, _ in keys],
        "day": [day for _, day in keys],
        "facts": [days[key] for key in keys],
    }
    await upsert(tx, t.account_day, columns)
    done = (t.journal.c.lane == lane) & (t.journal.c.first_offset <= journal[-1][0])
    await tx.execute(update(t.journal).where(done).values(facts=None))
    return len(journal)


async def of_lane(tx: AsyncConnection, lane: int, first_day: int) -> tuple[Rows, list[FactColumns]]:
    """The facts of a lane from `first_day` on: its merged account-days, and what its journal adds to them."""
    query = select(t.account_day).join(t.account, t.account.c.account == t.account_day.c.account)
    rows = await tx.execute(query.where((t.account.c.lane == lane) & (t.account_day.c.day >= first_day)))
    merged = {(row.account, row.day): day_facts.decode(bytes(row.facts)) for row in rows}
    return merged, [facts for _, facts in await _journal(tx, lane)]


async def journalled(tx: AsyncConnection, lane: int) -> list[FactColumns]:
    """What the journal of a lane adds to its account-days."""
    return [facts for _, facts in await _journal(tx, lane)]


async def of_accounts(tx: AsyncConnection, names: Sequence[str], first_day: int) -> Rows:
    """The account-days of some accounts from `first_day` on, the journal added."""
    found: Rows = {}
    lanes: set[int] = set()
    for begin in range(0, len(names), NAMES_AT_ONCE):
        some = names[begin : begin + NAMES_AT_ONCE]
        mine = t.account_day.c.account.in_(some) & (t.account_day.c.day >= first_day)
        for row in await tx.execute(select(t.account_day).where(mine)):
            found[(row.account, row.day)] = day_facts.decode(bytes(row.facts))
        owners = select(t.account.c.lane).where(t.account.c.account.in_(some)).distinct()
        lanes.update((await tx.execute(owners)).scalars())
    wanted = dict.fromkeys(names)
    for lane in sorted(lanes):
        for _, facts in await _journal(tx, lane):
            merge_into(found, only(facts, wanted, first_day))
    return found


async def columns_of_accounts(tx: AsyncConnection, names: Sequence[str]) -> list[FactColumns]:
    """All facts of some accounts, at most NAMES_AT_ONCE, the journal added; as columns they are small."""
    found: list[FactColumns] = []
    query = select(t.account_day).where(t.account_day.c.account.in_(names))
    async for rows in (await tx.stream(query)).partitions(ROWS_AT_ONCE):
        found.append(day_columns.of_days({(row.account, row.day): bytes(row.facts) for row in rows}))
    owners = select(t.account.c.lane).where(t.account.c.account.in_(names)).distinct()
    wanted = dict.fromkeys(names)
    for lane in sorted((await tx.execute(owners)).scalars()):
        found += [only(facts, wanted, EVER) for _, facts in await _journal(tx, lane)]
    return found


async def _journal(tx: AsyncConnection, lane: int, most: int | None = None) -> list[tuple[int, FactColumns]]:
    """The oldest batches of a lane that are not merged, with their first offsets."""
    waiting = (t.journal.c.lane == lane) & t.journal.c.facts.is_not(None)
    query = select(t.journal.c.first_offset, t.journal.c.facts).where(waiting).order_by(t.journal.c.first_offset)
    return [(row.first_offset, fact_columns.decode(bytes(row.facts))) for row in await tx.execute(query.limit(most))]
