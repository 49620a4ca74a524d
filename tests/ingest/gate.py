"""A log whose writer can be held, broken and watched: for what happens while a write is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from banso_common.contracts.topics import Topic
from banso_common.errors import BansoError
from banso_common.log.port import Assignee, Batch, Log, Outgoing, Reader, Writer


class Gate(Log, Writer):
    """`log` behind a gate: `shut` holds writes until `open`, `fault` makes them fail; `writes` are those that began."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.fault: BansoError | None = None
        self.writes: list[Sequence[Outgoing]] = []
        self.began = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._writer: Writer | None = None

    def shut(self) -> None:
        self._free.clear()

    def open(self) -> None:
        self._free.set()

    async def write(self, outgoing: Sequence[Outgoing]) -> None:
        assert self._writer is not None
        self.writes.append(outgoing)
        self.began.set()
        await self._free.wait()
        if self.fault is not None:
            raise self.fault
        await self._writer.write(outgoing)

    async def close(self) -> None:
        assert self._writer is not None
        await self._writer.close()

    async def writer(self) -> Writer:
        if self.fault is not None:
            raise self.fault
        self._writer = await self.log.writer()
        return self

    async def start(self) -> None:
        await self.log.start()

    async def stop(self) -> None:
        await self.log.stop()

    async def create_topics(self, partitions: int, keep_days: Mapping[Topic, int]) -> None:
        await self.log.create_topics(partitions, keep_days)

    async def partitions(self, topic: Topic) -> int:
        return await self.log.partitions(topic)

    async def reader(
        self, topic: Topic, group: str, assignee: Assignee | None = None, *, with_headers: bool = False
    ) -> Reader:
        return await self.log.reader(topic, group, assignee, with_headers=with_headers)

    async def scan(self, topic: Topic, partition: int, offset: int, records_max: int) -> Batch:
        return await self.log.scan(topic, partition, offset, records_max)
