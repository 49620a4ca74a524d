"""Scoring's statements: a lane's state out of the database, and a batch's changes into it.

Every function takes an open transaction; none commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Column, Row, Table, bindparam, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts import codec
from banso_common.db.rows import Columns, upsert
from banso_scoring import tables as t
from banso_scoring.activity import Unreadable

_version = bindparam("version", type_=t.health.c.model_version.type)
_made = (t.closed, t.health)
_shown = t.account
for _table in _made:
    _mine = (_table.c.account == t.account.c.account) & (_table.c.model_version == _version)
    _shown = _shown.outerjoin(_table, _mine)  # type: ignore[assignment]  # a join is a table too
NAMES_AT_ONCE = 5_000
"""Accounts named in one statement."""
DAYS_AT_ONCE = 3
"""From UTC-12 to UTC+14 so many days can be today."""
_accounts = (
    select(*t.account.c, *(one for made in _made for one in made.c if one.name not in ("account", "model_version")))
    .add_columns(t.health.c.model_version)
    .select_from(_shown)
    .order_by(t.account.c.account)
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records of one lane in one commit; received is the sum of the next three."""

    received: int = 0
    applied: int = 0
    duplicate: int = 0
    dead_lettered: int = 0
    late: int = 0


async def accounts(tx: AsyncConnection, lane: int, version: str) -> Sequence[Row[Any]]:
    """The accounts of a lane with what they show under a version of the model, in the order of their names."""
    return (await tx.execute(_accounts.where(t.account.c.lane == lane), {"version": version})).all()


async def accounts_named(tx: AsyncConnection, names: Sequence[str], version: str) -> Sequence[Row[Any]]:
    """Those of these accounts that there are, with what they show under a version of the model, in the order of
    their names."""
    return (await tx.execute(_accounts.where(t.account.c.account.in_(names)), {"version": version})).all()


async def newest_history(tx: AsyncConnection, lane: int) -> Sequence[Row[Any]]:
    """The newest row of the history of each account of a lane."""
    other = t.history.alias()
    newest = select(func.max(other.c.day)).where(other.c.account == t.account.c.account).correlate(t.account)
    row = (t.history.c.account == t.account.c.account) & (t.history.c.day == newest.scalar_subquery())
    joined = t.account.join(t.history, row)
    return (await tx.execute(select(t.history).select_from(joined).where(t.account.c.lane == lane))).all()


async def closed_day(tx: AsyncConnection, lane: int) -> int | None:
    """The day through which a lane is closed, but for who waits; None for a lane that was never swept."""
    found = await tx.execute(select(t.lane.c.closed_day).where(t.lane.c.lane == lane))
    return found.scalar_one_or_none()


async def open_day(tx: AsyncConnection, lane: int, version: str) -> int | None:
    """The first day through which not every account of a lane is closed; None for a lane that was never swept."""
    closed = await closed_day(tx, lane)
    mine = (t.closed.c.account == t.account.c.account) & (t.account.c.lane == lane)
    waits = mine & (t.closed.c.model_version == version) & t.closed.c.waits
    earliest = (await tx.execute(select(func.min(t.closed.c.closed_day)).where(waits))).scalar_one()
    return None if closed is None else min(closed, closed if earliest is None else earliest) + 1


_COUNT = text(
    "INSERT INTO lane (lane, closed_day, received, applied, duplicate, dead_lettered, late) "
    "VALUES (:lane, :closed_day, :received, :applied, :duplicate, :dead_lettered, :late) "
    "ON CONFLICT (lane) DO UPDATE SET "
    "closed_day = CASE WHEN excluded.closed_day > lane.closed_day THEN excluded.closed_day ELSE lane.closed_day END, "
    "received = lane.received + excluded.received, applied = lane.applied + excluded.applied, "
    "duplicate = lane.duplicate + excluded.duplicate, "
    "dead_lettered = lane.dead_lettered + excluded.dead_lettered, late = lane.late + excluded.late"
)


async def count(tx: AsyncConnection, lanes: Sequence[tuple[int, int, Tally]]) -> None:
    """Add to the conservation count of lanes, and say through which day each is closed: (lane, closed day, tally)."""
    rows = [{"lane": lane, "closed_day": closed, **asdict(tally)} for lane, closed, tally in lanes]
    if rows:
        await tx.execute(_COUNT, rows)


async def put_dead_letters(tx: AsyncConnection, lane: int, unreadable: Sequence[Unreadable]) -> None:
    """Set aside records that no code here can read."""
    rows: Columns = {
        "lane": [lane] * len(unreadable),
        "log_offset": [u.offset for u in unreadable],
        "reason": [u.reason[:512] for u in unreadable],
        "value": [u.value for u in unreadable],
    }
    await upsert(tx, t.dead_letter, rows)


async def forget(tx: AsyncConnection, table: Table, version: str, names: Sequence[str]) -> None:
    """Take out what `table` holds of these accounts under a version of the model."""
    for begin in range(0, len(names), NAMES_AT_ONCE):
        some = names[begin : begin + NAMES_AT_ONCE]
        await tx.execute(delete(table).where((table.c.model_version == version) & table.c.account.in_(some)))


async def put_sketch(tx: AsyncConnection, lane: int, day: int, version: str, sketch: bytes) -> None:
    """Store what a lane adds to the cohort of `day`."""
    row: Columns = {"lane": [lane], "day": [day], "model_version": [version], "sketch": [sketch]}
    await upsert(tx, t.cohort, row)
    old = (t.cohort.c.lane == lane) & (t.cohort.c.model_version == version) & (t.cohort.c.day <= day - DAYS_AT_ONCE)
    await tx.execute(delete(t.cohort).where(old))


async def sketches(tx: AsyncConnection, version: str, day: int) -> list[bytes]:
    """The newest sketch of each lane up to `day` under this version of the model, by lane."""
    fitting = (t.cohort.c.model_version == version) & (t.cohort.c.day <= day)
    query = select(t.cohort.c.lane, t.cohort.c.sketch).where(fitting)
    newest = {row.lane: bytes(row.sketch) for row in await tx.execute(query.order_by(t.cohort.c.lane, t.cohort.c.day))}
    return [newest[lane] for lane in sorted(newest)]


async def by_day(
    tx: AsyncConnection, column: Column[bytes], keys: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], bytes]:
    """What is stored in `column`, of a table by account and day, for those of `keys` that there are."""
    table, name = column.table.name, column.name
    if tx.dialect.name == "postgresql":
        pairs = "unnest(cast(:accounts AS text[]), cast(:days AS int[])) AS w(account, day)"
        matching = "d.account = w.account AND d.day = w.day"
        arguments: dict[str, object] = {"accounts": [account for account, _ in keys], "days": [day for _, day in keys]}
    else:
        pairs = "json_each(:pairs) AS w"
        matching = "d.account = w.value ->> 0 AND d.day = w.value ->> 1"
        arguments = {"pairs": codec.encode(keys).decode()}
    wanted = f"SELECT d.account, d.day, d.{name} AS found FROM {pairs} JOIN {table} d ON {matching}"  # noqa: S608 -- names of ours
    rows = await tx.execute(text(wanted), arguments)
    return {(row.account, row.day): bytes(row.found) for row in rows}
