"""Scoring's statements: a lane's state out of the database, and a batch's changes into it.

Every function takes an open transaction; none commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts import codec
from banso_common.db.rows import Columns, upsert
from banso_scoring import tables as t
from banso_scoring.activity import Unreadable
from banso_scoring.domain import day_facts
from banso_scoring.domain.day_facts import Cells

DayKey = tuple[str, int]
LATE_PAIRS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records of one lane in one commit; received is the sum of the next three."""

    received: int = 0
    applied: int = 0
    duplicate: int = 0
    dead_lettered: int = 0
    late: int = 0


async def accounts(tx: AsyncConnection, lane: int) -> Sequence[Row[Any]]:
    """The accounts of a lane with what they show, in the order of their names."""
    joined = t.account.outerjoin(t.health, t.account.c.account == t.health.c.account)
    shown = [column for column in t.health.c if column.name != "account"]
    query = select(*t.account.c, *shown).select_from(joined).where(t.account.c.lane == lane)
    return (await tx.execute(query.order_by(t.account.c.account))).all()


async def days_of_lane(tx: AsyncConnection, lane: int, first_day: int) -> list[tuple[str, int, Cells]]:
    """The account-days of a lane from `first_day` on."""
    query = select(t.account_day.c.account, t.account_day.c.day, t.account_day.c.facts)
    joined = query.join(t.account, t.account.c.account == t.account_day.c.account)
    rows = await tx.execute(joined.where((t.account.c.lane == lane) & (t.account_day.c.day >= first_day)))
    return [(row.account, row.day, day_facts.decode(bytes(row.facts))) for row in rows]


async def days_of_accounts(tx: AsyncConnection, names: Sequence[str], first_day: int) -> dict[DayKey, Cells]:
    """The account-days of some accounts from `first_day` on."""
    query = select(t.account_day.c.account, t.account_day.c.day, t.account_day.c.facts)
    found: dict[DayKey, Cells] = {}
    for begin in range(0, len(names), LATE_PAIRS_AT_ONCE):
        some = t.account_day.c.account.in_(names[begin : begin + LATE_PAIRS_AT_ONCE])
        for row in await tx.execute(query.where(some & (t.account_day.c.day >= first_day))):
            found[(row.account, row.day)] = day_facts.decode(bytes(row.facts))
    return found


async def days(tx: AsyncConnection, keys: Sequence[DayKey]) -> dict[DayKey, Cells]:
    """Those of the account-days `keys` that are stored."""
    if tx.dialect.name == "postgresql":
        wanted = text(
            "SELECT d.account, d.day, d.facts FROM account_day d "
            "JOIN unnest(cast(:accounts AS text[]), cast(:days AS int[])) AS w(account, day) "
            "ON d.account = w.account AND d.day = w.day"
        )
        arguments: dict[str, object] = {"accounts": [account for account, _ in keys], "days": [day for _, day in keys]}
    else:
        wanted = text(
            "SELECT d.account, d.day, d.facts FROM json_each(:pairs) AS w "
            "JOIN account_day d ON d.account = w.value ->> 0 AND d.day = w.value ->> 1"
        )
        arguments = {"pairs": codec.encode(keys).decode()}
    rows = await tx.execute(wanted, arguments)
    return {(row.account, row.day): day_facts.decode(bytes(row.facts)) for row in rows}


async def put_days(tx: AsyncConnection, keys: Sequence[DayKey], facts: Iterable[Cells]) -> None:
    """Write account-days whole."""
    columns: Columns = {
        "account": [account for account, _ in keys],
        "day": [day for _, day in keys],
        "facts": [day_facts.encode(cells) for cells in facts],
    }
    await upsert(tx, t.account_day, columns)


async def identities(tx: AsyncConnection, lane: int) -> list[NDArray[np.int64]]:
    """The identities that a lane remembers, one array a batch."""
    rows = await tx.execute(select(t.seen.c.identities).where(t.seen.c.lane == lane).order_by(t.seen.c.first_offset))
    return [np.frombuffer(bytes(row.identities), np.int64) for row in rows]


async def forget_identities(tx: AsyncConnection, lane: int, received_before: int) -> None:
    """Forget the identities of batches that came wholly before this instant."""
    await tx.execute(delete(t.seen).where((t.seen.c.lane == lane) & (t.seen.c.newest_received_at < received_before)))


async def put_identities(
    tx: AsyncConnection, lane: int, first_offset: int, newest_received_at: int, fresh: NDArray[np.int64]
) -> None:
    """Remember what one batch of a lane brought."""
    row: Columns = {
        "lane": [lane],
        "first_offset": [first_offset],
        "newest_received_at": [newest_received_at],
        "identities": [fresh.tobytes()],
    }
    await upsert(tx, t.seen, row)


async def closed_day(tx: AsyncConnection, lane: int) -> int | None:
    """The day through which all accounts of a lane are closed; None for a lane that was never swept."""
    found = await tx.execute(select(t.lane.c.closed_day).where(t.lane.c.lane == lane))
    return found.scalar_one_or_none()


_COUNT = text(
    "INSERT INTO lane (lane, closed_day, received, applied, duplicate, dead_lettered, late) "
    "VALUES (:lane, :closed_day, :received, :applied, :duplicate, :dead_lettered, :late) "
    "ON CONFLICT (lane) DO UPDATE SET "
    "closed_day = CASE WHEN excluded.closed_day > lane.closed_day THEN excluded.closed_day ELSE lane.closed_day END, "
    "received = lane.received + excluded.received, applied = lane.applied + excluded.applied, "
    "duplicate = lane.duplicate + excluded.duplicate, "
    "dead_lettered = lane.dead_lettered + excluded.dead_lettered, late = lane.late + excluded.late"
)


async def count(tx: AsyncConnection, lane: int, closed: int, tally: Tally) -> None:
    """Add to a lane's conservation count, and say through which day it is closed."""
    row = {"lane": lane, "closed_day": closed, "received": tally.received, "applied": tally.applied}
    rest = {"duplicate": tally.duplicate, "dead_lettered": tally.dead_lettered, "late": tally.late}
    await tx.execute(_COUNT, row | rest)


async def put_dead_letters(tx: AsyncConnection, lane: int, unreadable: Sequence[Unreadable]) -> None:
    """Set aside records that no code here can read."""
    rows: Columns = {
        "lane": [lane] * len(unreadable),
        "log_offset": [u.offset for u in unreadable],
        "reason": [u.reason[:512] for u in unreadable],
        "value": [u.value for u in unreadable],
    }
    await upsert(tx, t.dead_letter, rows)


async def put_sketch(tx: AsyncConnection, lane: int, day: int, version: str, sketch: bytes) -> None:
    """Store what a lane adds to the cohort of `day`."""
    row: Columns = {"lane": [lane], "day": [day], "model_version": [version], "sketch": [sketch]}
    await upsert(tx, t.cohort, row)
    await tx.execute(delete(t.cohort).where((t.cohort.c.lane == lane) & (t.cohort.c.day < day - 1)))


async def sketches(tx: AsyncConnection, version: str, day: int) -> list[bytes]:
    """The newest sketch of each lane up to `day` under this version of the model, by lane."""
    fitting = (t.cohort.c.model_version == version) & (t.cohort.c.day <= day)
    query = select(t.cohort.c.lane, t.cohort.c.sketch).where(fitting)
    newest = {row.lane: bytes(row.sketch) for row in await tx.execute(query.order_by(t.cohort.c.lane, t.cohort.c.day))}
    return [newest[lane] for lane in sorted(newest)]
