"""How far a partition has been applied, and which epoch may say so: State = fold(log[0:offset]), fenced.

Taking a partition raises its epoch; advancing must hit exactly one row with that epoch and the offset that
the writer believes in, inside the transaction that stores the state. A zombie hits none and is rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.topics import Topic
from banso_common.db.rows import Columns, upsert
from banso_common.errors import Fenced

NONE_YET = -1
"""Nothing is applied yet; to the log it says BEGINNING, so that a new store never trusts an old group's offset."""
LOCK_WAIT_MS = 10_000
"""Whoever is about to write for a partition, and hangs, is waited for so long; then taking it is Unavailable."""

_ADVANCE_SQLITE = "UPDATE {} SET next_offset = ? WHERE topic = ? AND partition = ? AND epoch = ? AND next_offset = ?"
_ADVANCE_POSTGRESQL = """
WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
    AS w (topic, partition, epoch, believed, next_offset)
), held AS MATERIALIZED (
    SELECT c.topic, c.partition FROM {0} c JOIN wanted w ON c.topic = w.topic AND c.partition = w.partition
    ORDER BY c.topic, c.partition FOR UPDATE OF c
)
UPDATE {0} c SET next_offset = w.next_offset
FROM wanted w JOIN held h ON h.topic = w.topic AND h.partition = w.partition
WHERE c.topic = w.topic AND c.partition = w.partition AND c.epoch = w.epoch AND c.next_offset = w.believed
"""
"""Rows are locked in the order in which partitions are taken, so that two members never wait for each other."""


def checkpoint_table(metadata: MetaData) -> Table:
    """One row a partition of a topic; `next_offset` is that of the next record, NONE_YET before the first."""
    return Table(
        "checkpoint",
        metadata,
        Column("topic", String(64), primary_key=True),
        Column("partition", Integer, primary_key=True, autoincrement=False),
        Column("epoch", BigInteger, nullable=False),
        Column("next_offset", BigInteger, nullable=False),
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """A member's right to write for one partition, and the offset up to which the store has applied it."""

    topic: Topic
    partition: int
    epoch: int
    next_offset: int

    def at(self, next_offset: int) -> Claim:
        """The same right, further on."""
        return Claim(self.topic, self.partition, self.epoch, next_offset)


async def acquire(tx: AsyncConnection, table: Table, topic: Topic, partition: int) -> Claim:
    """Take the partition: every claim of before is fenced once this transaction commits. Raises Unavailable."""
    if tx.dialect.name == "postgresql":
        await tx.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")
    first: Columns = {"topic": [topic], "partition": [partition], "epoch": [0], "next_offset": [NONE_YET]}
    await upsert(tx, table, first, replace=False)
    mine = (table.c.topic == topic) & (table.c.partition == partition)
    taken = update(table).where(mine).values(epoch=table.c.epoch + 1).returning(table.c.epoch, table.c.next_offset)
    row = (await tx.execute(taken)).one()
    return Claim(topic, partition, row.epoch, row.next_offset)


async def advance(tx: AsyncConnection, table: Table, claim: Claim, next_offset: int) -> Claim:
    """Say that the partition is applied up to `next_offset` (which may equal the claim's: then only the
    epoch is checked). Raises Fenced unless the store still agrees with the claim."""
    return (await advance_all(tx, table, {claim: next_offset}))[0]


async def advance_all(tx: AsyncConnection, table: Table, moves: Mapping[Claim, int]) -> list[Claim]:
    """`advance` for many partitions, in one statement; gives their claims after the commit, in the order given."""
    rows = sorted((c.topic, c.partition, c.epoch, c.next_offset, to) for c, to in moves.items())
    if not rows:
        return []
    if tx.dialect.name == "postgresql":
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        done = await tx.exec_driver_sql(_ADVANCE_POSTGRESQL.format(table.name), columns)
    else:
        moved = [(to, topic, partition, epoch, offset) for topic, partition, epoch, offset, to in rows]
        done = await tx.exec_driver_sql(_ADVANCE_SQLITE.format(table.name), moved)
    if done.rowcount != len(rows):
        told = ", ".join(f"{topic}/{partition} (epoch {epoch} at {at})" for topic, partition, epoch, at, _ in rows)
        raise Fenced(f"a later claim than ours is in the store, or another offset: {told}")
    return [claim.at(to) for claim, to in moves.items()]
