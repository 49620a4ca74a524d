"""A log in memory that does what a test tells it, and a handler whose store is a list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from banso_common.contracts.topics import Topic
from banso_common.errors import Fenced, OffsetOutOfRange, Unavailable
from banso_common.log.port import Assignee, Batch, Log
from banso_common.pipeline.halts import Halt
from banso_common.pipeline.worker import Worker

TOPIC = Topic.ACCOUNT_ACTIVITY
AT_ONCE = 3


@dataclass
class Script:
    """Partitions with records, and what happens instead of the nth read."""

    records: dict[int, list[bytes]]
    events: dict[int, Callable[[ScriptedReader], object]] = field(default_factory=dict)
    gone_below: dict[int, int] = field(default_factory=dict)
    begins: dict[int, int] = field(default_factory=dict)
    reads: int = 0
    readers: list[ScriptedReader] = field(default_factory=list)

    async def reader(
        self, topic: Topic, group: str, assignee: Assignee | None = None, *, with_headers: bool = False
    ) -> ScriptedReader:
        assert assignee is not None
        self.readers.append(ScriptedReader(self, assignee))
        return self.readers[-1]


class ScriptedReader:
    """Reads a few records of each partition at a time; all partitions are ours from the first read on."""

    def __init__(self, script: Script, assignee: Assignee) -> None:
        self.script, self.assignee = script, assignee
        self.at: dict[int, int] = {}
        self.paused: set[int] = set()
        self.committed: dict[int, int] = {}
        self.closed = False
        self.fenced = False

    async def rebalance(self, partitions: Sequence[int]) -> None:
        """Lose everything, then get `partitions`."""
        if self.at:
            await self.assignee.revoked(sorted(self.at))
        self.paused.clear()
        told = await self.assignee.assigned(partitions)
        self.at = {p: told.get(p, self.script.begins.get(p, 0)) for p in partitions}

    async def read(self, records_max: int, wait_ms_max: int) -> list[Batch]:
        await asyncio.sleep(0)
        if not self.at:
            await self.rebalance(sorted(self.script.records))
        self.script.reads += 1
        event = self.script.events.pop(self.script.reads, None)
        if event is not None:
            found = event(self)
            if asyncio.iscoroutine(found):
                await found
        batches: list[Batch] = []
        for partition, position in self.at.items():
            if partition in self.paused:
                continue
            if position < self.script.gone_below.get(partition, 0):
                if batches:
                    break
                raise OffsetOutOfRange(TOPIC, partition, position, self.script.gone_below[partition])
            values = self.script.records[partition][position : position + min(AT_ONCE, records_max)]
            if values:
                after, end = position + len(values), len(self.script.records[partition])
                self.at[partition] = after
                batches.append(
                    Batch(TOPIC, partition, [None] * len(values), values, range(position, after), after, end)
                )
        return batches

    async def commit(self, offsets: Mapping[int, int]) -> None:
        if self.fenced:
            raise Fenced("the group goes on without us")
        self.committed.update(offsets)

    def seek(self, partition: int, offset: int) -> None:
        if partition in self.at:
            self.at[partition] = offset

    def pause(self, partitions: Sequence[int]) -> None:
        self.paused.update(partitions)

    def resume(self, partitions: Sequence[int]) -> None:
        self.paused.difference_update(partitions)

    async def positions(self) -> Mapping[int, int]:
        return dict(self.at)

    async def end_offsets(self) -> Mapping[int, int]:
        return {p: len(self.script.records[p]) for p in self.at}

    async def close(self) -> None:
        self.closed = True


class ListHandler:
    """Stores records in lists by partition; memory is a count that must agree with the store."""

    def __init__(self) -> None:
        self.stored: dict[int, list[bytes]] = {}
        self.memory: dict[int, int] = {}
        self.loads = 0
        self.faults: list[Exception] = []
        self.halts: dict[bytes, Halt] = {}
        self.away_while_revoked = False

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        self.loads += 1
        for partition in partitions:
            self.memory[partition] = len(self.stored.setdefault(partition, []))
        return {p: self.memory[p] for p in partitions if self.memory[p]}

    async def revoked(self, partitions: Sequence[int]) -> None:
        for partition in partitions:
            self.memory.pop(partition, None)
        if self.away_while_revoked:
            self.away_while_revoked = False
            raise Unavailable("the store is away")

    def prepare(self, batches: Sequence[Batch]) -> list[Batch]:
        for batch in batches:
            for value in batch.values:
                if value in self.halts:
                    raise self.halts[value]
        for batch in batches:
            assert batch.offsets[0] == self.memory[batch.partition], "read what does not follow"
            self.memory[batch.partition] += len(batch)
        return list(batches)

    async def commit(self, work: list[Batch]) -> Mapping[int, int]:
        await asyncio.sleep(0)
        if self.faults:
            raise self.faults.pop(0)
        for batch in work:
            assert batch.offsets[0] == len(self.stored[batch.partition]), "stored what does not follow"
            self.stored[batch.partition] += batch.values
        return {batch.partition: batch.next_offset for batch in work}


def records(partition: int, count: int = 20) -> list[bytes]:
    """The records of a partition."""
    return [f"{partition}:{n}".encode() for n in range(count)]


async def worked(
    script: Script, handler: ListHandler, until: Callable[[Worker[list[Batch]]], bool] | None = None
) -> Worker[list[Batch]]:
    """Let a worker work until all is stored, or `until`; then stop it."""
    worker = Worker(cast(Log, script), TOPIC, "scoring", handler)
    worker._backoff.first_ms = worker._backoff.most_ms = 1

    def done() -> bool:
        return until(worker) if until else all(handler.stored.get(p) == r for p, r in script.records.items())

    task = asyncio.create_task(worker.run())
    while not done() and not task.done():  # noqa: ASYNC110 -- the loop under test is what gives no event
        await asyncio.sleep(0)
    await worker.stop()
    await asyncio.wait_for(task, 20)
    return worker


class Stateless(ListHandler):
    """Leaves it to the log where to go on, as ingest does."""

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        await super().assigned(partitions)
        return {}
