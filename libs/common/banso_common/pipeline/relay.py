"""Carries the outbox to the log, in order, lane by lane: at least once, under keys that readers know repeats by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_common.clock import DAY_MS, Clock
from banso_common.contracts.topics import Topic, partition_of
from banso_common.db import outbox
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Unavailable
from banso_common.failpoints import failpoint
from banso_common.log.port import Log, Outgoing, Writer
from banso_common.pipeline.backoff import Backoff
from banso_common.telemetry import metrics
from banso_common.telemetry.logs import logger

MESSAGES_MAX = 1_000
POLL_S = 1.0
KEEP_DAYS = 30


@dataclass(frozen=True, slots=True)
class Addressed:
    """A record and the partition it goes to."""

    partition: int
    key: bytes
    value: bytes


class Foreword(Protocol):
    """What a reader of `topic` has to know before certain messages: written ahead of them in their partitions."""

    topic: Topic

    async def due(
        self, tx: AsyncConnection, page: Sequence[Addressed], partitions: Sequence[int]
    ) -> Sequence[Addressed]:
        """What to write before this page, and what these partitions should know even if nothing is sent."""
        ...

    def written(self) -> None:
        """What was due last is on the log."""
        ...


class Relay:
    """Sends what waits in `lanes()`, the lanes that this member owns now. `wake` after a commit saves the poll."""

    foreword: Foreword | None = None

    def __init__(
        self, log: Log, engine: AsyncEngine, table: Table, lanes: Callable[[], Sequence[int]], clock: Clock
    ) -> None:
        self._log, self._engine, self._table, self._lanes, self._clock = log, engine, table, lanes, clock
        self._woken = asyncio.Event()
        self._writer: Writer | None = None
        self._partitions: dict[Topic, int] = {}
        self._prune_at = 0
        self._logger = logger("relay")

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def run(self) -> None:
        """Relay until cancelled."""
        backoff = Backoff()
        while True:
            try:
                while await self.once():
                    backoff.reset()
                await self._prune()
                await asyncio.wait_for(self._woken.wait(), POLL_S)
            except TimeoutError:
                continue
            except Unavailable as fault:
                self._logger.warning("relay waits", reason=str(fault))
                await asyncio.sleep(backoff.next_ms() / 1_000)

    async def once(self) -> int:
        """Send one page; gives the number of messages sent."""
        self._woken.clear()
        lanes = list(self._lanes())
        if not lanes:
            return 0
        async with reading(self._engine) as tx:
            page = await outbox.waiting(tx, self._table, lanes, MESSAGES_MAX)
            parts = [await self._outgoing(topic, page) for topic in sorted({m.topic for _, m in page})]
            ahead = await self._ahead(tx, parts, lanes)
        if not parts and ahead is None:
            return 0
        if self._writer is None:
            self._writer = await self._log.writer()
        if self.foreword is not None and ahead is not None:
            await self._writer.write([ahead])
            self.foreword.written()
            failpoint("relay-foreword")
        if not parts:
            return 0
        await self._writer.write(parts)
        failpoint("relay-sent")
        async with transaction(self._engine) as tx:
            await outbox.mark_sent(tx, self._table, [seq for seq, _ in page], self._clock.now())
        metrics.outbox_sent.labels(self._table.metadata.info.get("service", "")).inc(len(page))
        return len(page)

    async def close(self) -> None:
        """Let the writer go."""
        if self._writer is not None:
            await self._writer.close()

    async def _ahead(self, tx: AsyncConnection, parts: Sequence[Outgoing], lanes: Sequence[int]) -> Outgoing | None:
        """What goes ahead of these parts."""
        if self.foreword is None:
            return None
        topic, count = self.foreword.topic, await self._count(self.foreword.topic)
        page = [
            Addressed(partition, key or b"", value)
            for part in parts
            if part.topic is topic
            for partition, key, value in zip(part.partitions, part.keys, part.values, strict=True)
        ]
        due = await self.foreword.due(tx, page, [lane for lane in lanes if lane < count])
        if not due:
            return None
        keys, values = [each.key for each in due], [each.value for each in due]
        return Outgoing(topic=topic, partitions=[each.partition for each in due], keys=keys, values=values)

    async def _count(self, topic: Topic) -> int:
        if topic not in self._partitions:
            self._partitions[topic] = await self._log.partitions(topic)
        return self._partitions[topic]

    async def _outgoing(self, topic: Topic, page: list[tuple[int, outbox.Message]]) -> Outgoing:
        count = await self._count(topic)
        messages = [m for _, m in page if m.topic == topic]
        return Outgoing(
            topic=topic,
            partitions=[partition_of(m.account, count) for m in messages],
            keys=[m.account.encode() for m in messages],
            values=[m.value for m in messages],
        )

    async def _prune(self) -> None:
        now = self._clock.now()
        if now >= self._prune_at:
            self._prune_at = now + DAY_MS
            async with transaction(self._engine) as tx:
                await outbox.prune(tx, self._table, now - KEEP_DAYS * DAY_MS)
