"""Erasing what is stored of an account, or who one of its users was, while members go on.

The lane's epoch is raised first: whoever owns it is refused at its next write and loads the lane anew, so nothing that
it remembers comes back. Its journal is merged, so that nobody's facts lie among those of others. What was counted of
others (the cohort, the iceberg) holds no names and stays, and so do counts of records, which still add up.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.codec import encode, identity_of
from banso_common.contracts.topics import Topic
from banso_common.db.checkpoint import acquire
from banso_common.db.rows import upsert
from banso_scoring import facts_store, statement_store
from banso_scoring import tables as t
from banso_scoring.domain.facts import day_facts

STRANGER_BITS = 63


async def erase_account(tx: AsyncConnection, account: str) -> dict[str, int]:
    """Erase all that is stored of `account`; gives how many rows of which table. An account that comes again is new."""
    await _apart(tx, account)
    erased: dict[str, int] = {}
    for table in t.metadata.sorted_tables:
        if "account" in table.c:
            _count(erased, table, (await tx.execute(delete(table).where(table.c.account == account))).rowcount)
    named = encode(account)
    letters = await tx.execute(select(t.dead_letter))
    places = [(row.lane, row.log_offset) for row in letters if named in bytes(row.value)]
    for lane, offset in places:
        here = (t.dead_letter.c.lane == lane) & (t.dead_letter.c.log_offset == offset)
        await tx.execute(delete(t.dead_letter).where(here))
    _count(erased, t.dead_letter, len(places))
    return erased


async def erase_user(tx: AsyncConnection, account: str, user: str) -> int:
    """Put a stranger in the place of `user` in all facts of `account`; gives on how many days they were seen.

    Who it was cannot be worked out any more, and how many users there were stays as it was. One who comes again is new.
    """
    await _apart(tx, account)
    key, stranger = identity_of(account, user), secrets.randbits(STRANGER_BITS) or 1
    days: list[int] = []
    facts: list[bytes] = []
    for row in await tx.execute(select(t.account_day).where(t.account_day.c.account == account)):
        cells = day_facts.decode(bytes(row.facts))
        seen = [cell for cell in cells.values() if key in cell.users]
        for cell in seen:
            cell.users.remove(key)
            cell.users.add(stranger)
        if seen:
            days.append(row.day)
            facts.append(day_facts.encode(cells))
    await upsert(tx, t.account_day, {"account": [account] * len(days), "day": days, "facts": facts})
    return len(days)


async def _apart(tx: AsyncConnection, account: str) -> None:
    """Fence whoever owns the account's lane, and merge what its journal holds."""
    lane = await tx.scalar(select(t.account.c.lane).where(t.account.c.account == account))
    if lane is None:
        return
    await acquire(tx, t.checkpoint, Topic.ACCOUNT_ACTIVITY, lane)
    while await facts_store.merge_journal(tx, lane):
        pass
    while await statement_store.merge_journal(tx, lane):
        pass


def _count(erased: dict[str, int], table: Table, rows: int) -> None:
    if rows:
        erased[table.name] = rows
