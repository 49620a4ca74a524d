"""Carries the outbox to the log, in order, lane by lane: at least once, under keys that readers know repeats by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

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


class Relay:
    """Sends what waits in `lanes()`, the lanes that this member owns now. `wake` after a commit saves the poll."""

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
        if not page:
            return 0
        if self._writer is None:
            self._writer = await self._log.writer()
        await self._writer.write([await self._outgoing(topic, page) for topic in sorted({m.topic for _, m in page})])
        failpoint("relay-sent")
        async with transaction(self._engine) as tx:
            await outbox.mark_sent(tx, self._table, [seq for seq, _ in page], self._clock.now())
        metrics.outbox_sent.labels(self._table.metadata.info.get("service", "")).inc(len(page))
        return len(page)

    async def close(self) -> None:
        """Let the writer go."""
        if self._writer is not None:
            await self._writer.close()

    async def _outgoing(self, topic: Topic, page: list[tuple[int, outbox.Message]]) -> Outgoing:
        if topic not in self._partitions:
            self._partitions[topic] = await self._log.partitions(topic)
        messages = [m for _, m in page if m.topic == topic]
        return Outgoing(
            topic=topic,
            partitions=[partition_of(m.account, self._partitions[topic]) for m in messages],
            keys=[m.account.encode() for m in messages],
            values=[m.value for m in messages],
        )

    async def _prune(self) -> None:
        now = self._clock.now()
        if now >= self._prune_at:
            self._prune_at = now + DAY_MS
            async with transaction(self._engine) as tx:
                await outbox.prune(tx, self._table, now - KEEP_DAYS * DAY_MS)
