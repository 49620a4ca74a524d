"""Records that the log gave up before they were applied, and an operator's word that they are lost.

A partition whose next record is gone stands still, loudly; nothing is skipped by itself. Accepting the gap moves the
store on to what the log still holds, in one transaction that keeps from where to where, when and why: what was never
counted is then told wherever the counts are. It also takes the partition, so a member at work is fenced when it
next writes for it, and goes on from there. A store that is ahead of its log (the log was made anew) has a gap, too:
what came before is not counted as lost, and reading begins at the log's beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.topics import Topic
from banso_common.db.checkpoint import NONE_YET, acquire, advance
from banso_common.log.port import Log


@dataclass(frozen=True, slots=True)
class Gap:
    """The store of a partition goes on at `from_offset`; the log can only go on at `to_offset`."""

    topic: Topic
    partition: int
    from_offset: int
    to_offset: int

    @property
    def lost(self) -> int:
        """How many records nobody will count; 0 where the store is ahead of its log."""
        return max(self.to_offset - self.from_offset, 0)


@dataclass(frozen=True, slots=True)
class AcceptedGap:
    """A gap that somebody accepted, when (ms), and why."""

    gap: Gap
    accepted_at: int
    reason: str


def gap_table(metadata: MetaData) -> Table:
    """One row for each gap that was accepted; never changed."""
    return Table(
        "accepted_gap",
        metadata,
        Column("topic", String(64), primary_key=True),
        Column("partition", Integer, primary_key=True, autoincrement=False),
        Column("accepted_at", BigInteger, primary_key=True, autoincrement=False),
        Column("from_offset", BigInteger, nullable=False),
        Column("to_offset", BigInteger, nullable=False),
        Column("reason", Text, nullable=False),
    )


async def find(tx: AsyncConnection, checkpoint: Table, log: Log) -> list[Gap]:
    """Every partition of which the log does not hold the next record. Raises Unavailable."""
    rows = (await tx.execute(select(checkpoint).order_by(checkpoint.c.topic, checkpoint.c.partition))).all()
    begun = [(Topic(row.topic), row.partition, row.next_offset) for row in rows if row.next_offset != NONE_YET]
    gaps = [Gap(topic, partition, at, await _goes_on(log, topic, partition, at)) for topic, partition, at in begun]
    return [gap for gap in gaps if gap.from_offset != gap.to_offset]


async def _goes_on(log: Log, topic: Topic, partition: int, offset: int) -> int:
    """The first offset that the log can give to who wants `offset`; its beginning to who is ahead of it."""
    held = await log.scan(topic, partition, offset, 1)
    if offset > held.end_offset:
        held = await log.scan(topic, partition, 0, 1)
    return held.offsets[0] if len(held) else held.next_offset


async def accept(tx: AsyncConnection, tables: tuple[Table, Table], told: AcceptedGap) -> None:
    """Move the store over the gap and keep that it was accepted; `tables` are `checkpoint` and `accepted_gap`.

    Raises Fenced when the store is no longer where the gap begins.
    """
    checkpoint, accepted = tables
    gap = told.gap
    claim = await acquire(tx, checkpoint, gap.topic, gap.partition)
    await advance(tx, checkpoint, claim.at(gap.from_offset), gap.to_offset)
    await tx.execute(
        insert(accepted).values(
            topic=gap.topic,
            partition=gap.partition,
            accepted_at=told.accepted_at,
            from_offset=gap.from_offset,
            to_offset=gap.to_offset,
            reason=told.reason,
        )
    )


async def accepted_in(tx: AsyncConnection, accepted: Table) -> list[AcceptedGap]:
    """What was accepted, oldest first."""
    return [
        AcceptedGap(Gap(Topic(row.topic), row.partition, row.from_offset, row.to_offset), row.accepted_at, row.reason)
        for row in await tx.execute(select(accepted).order_by(accepted.c.accepted_at, accepted.c.partition))
    ]
