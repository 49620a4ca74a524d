"""What is to be said to the next service, stored with the state that says it.

The key is derived from content and is unique, so that a replay says nothing twice. A row lives in the lane
(partition) of the state that said it; the member that owns the lane relays it, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.topics import Topic


@dataclass(frozen=True, slots=True)
class Message:
    """One record to be: its content key, the lane that says it, the topic, the account, the bytes."""

    key: str
    lane: int
    topic: Topic
    account: str
    value: bytes


def outbox_table(metadata: MetaData) -> Table:
    """Rows in the order in which they were said; `sent_at` is null until the log has the record."""
    table = Table(
        "outbox",
        metadata,
        Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("key", String(512), nullable=False, unique=True),
        Column("lane", Integer, nullable=False),
        Column("topic", String(64), nullable=False),
        Column("account", String(256), nullable=False),
        Column("value", LargeBinary, nullable=False),
        Column("sent_at", BigInteger),
        sqlite_autoincrement=True,
    )
    waiting = table.c.sent_at.is_(None)
    Index("outbox_waiting", table.c.lane, table.c.seq, postgresql_where=waiting, sqlite_where=waiting)
    return table


async def put(tx: AsyncConnection, table: Table, messages: Sequence[Message]) -> None:
    """Store messages in their order; one whose key was said before is left out."""
    if not messages:
        return
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    await tx.execute(
        dialect.insert(table).on_conflict_do_nothing(index_elements=["key"]),
        [{"key": m.key, "lane": m.lane, "topic": m.topic, "account": m.account, "value": m.value} for m in messages],
    )


async def waiting(tx: AsyncConnection, table: Table, lanes: Sequence[int], most: int) -> list[tuple[int, Message]]:
    """The oldest messages of these lanes that the log does not have yet, with their seq."""
    rows = await tx.execute(
        select(table).where(table.c.sent_at.is_(None) & table.c.lane.in_(lanes)).order_by(table.c.seq).limit(most)
    )
    return [(r.seq, Message(r.key, r.lane, Topic(r.topic), r.account, bytes(r.value))) for r in rows]


async def mark_sent(tx: AsyncConnection, table: Table, seqs: Sequence[int], sent_at: int) -> None:
    """The log has these now."""
    await tx.execute(update(table).where(table.c.seq.in_(seqs)).values(sent_at=sent_at))


async def prune(tx: AsyncConnection, table: Table, sent_before: int) -> None:
    """Forget messages sent long ago; keep them as long as the input could be replayed."""
    await tx.execute(delete(table).where(table.c.sent_at < sent_before))
