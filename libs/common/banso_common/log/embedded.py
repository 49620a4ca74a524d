"""The embedded log: the port's promises kept by one SQLite file, for a service that runs without Kafka.

Any number of tasks and processes of one machine may use the file at once. Topic, partitions and offsets
are those of the port; what it does about slow and dead readers is told in `embedded_limits` and
`embedded_groups`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from banso_common.clock import Clock
from banso_common.contracts.topics import Topic
from banso_common.errors import Full, SettingsError
from banso_common.log import embedded_chunks as chunks
from banso_common.log.embedded_alive import LifeSign
from banso_common.log.embedded_codec import encode
from banso_common.log.embedded_file import Changes, FileThread
from banso_common.log.embedded_groups import Group
from banso_common.log.embedded_limits import EmbeddedLimits
from banso_common.log.embedded_reader import EmbeddedReader
from banso_common.log.embedded_room import Rules
from banso_common.log.port import Assignee, Batch, Outgoing, Reader, Writer

__all__ = ["EmbeddedLimits", "EmbeddedLog"]


class EmbeddedLog:
    """A log in the file `path`, made on `start` if missing. `clock` gives the instants that records are kept from."""

    def __init__(self, path: Path, clock: Clock, limits: EmbeddedLimits | None = None) -> None:
        self._path = path.absolute()
        self._clock = clock
        self._limits = limits or EmbeddedLimits()
        self._writes = FileThread(self._path, self._limits.busy_ms_max, writes=True)
        self._reads = FileThread(self._path, self._limits.busy_ms_max, writes=False)
        self._changes = Changes()
        self._life: LifeSign | None = None

    async def start(self) -> None:
        """Open the file. Raises SettingsError when it cannot be opened, or is no log of this version."""
        if not self._path.parent.is_dir():
            raise SettingsError(f"there is no folder {self._path.parent} to keep the log in")
        await self._writes.start()
        await self._reads.start()

    async def create_topics(self, partitions: int, keep_days: Mapping[Topic, int]) -> None:
        """Create the topics that are missing; those that exist are left as they are."""
        await self._writes.run(
            lambda connection: chunks.create_topics(connection, partitions, keep_days, self._clock.now())
        )

    async def partitions(self, topic: Topic) -> int:
        """How many partitions a topic has. Raises SettingsError when there is no such topic."""
        return await self._reads.run(lambda connection: chunks.partitions(connection, topic))

    async def writer(self) -> Writer:
        return EmbeddedWriter(self._writes, self._changes, self._clock, self._limits)

    async def reader(
        self, topic: Topic, group: str, assignee: Assignee | None = None, *, with_headers: bool = False
    ) -> Reader:
        """A new member of the group; it takes its share on the first `read`."""
        partitions = await self.partitions(topic)
        if self._life is None:
            self._life = LifeSign(self._path)
        place = Group(topic, group, self._life.name, self._path.parent, self._limits)
        reader = EmbeddedReader((self._writes, self._reads), self._changes, place, partitions, with_headers)
        await reader.open(assignee)
        return reader

    async def scan(self, topic: Topic, partition: int, offset: int, records_max: int) -> Batch:
        """See the port."""
        return await self._reads.run(
            lambda connection: chunks.scan(connection, (topic, partition), offset, records_max)
        )

    async def stop(self) -> None:
        """Close the file, after what was written before is stored. Close readers and writers first."""
        await self._writes.stop()
        await self._reads.stop()
        life, self._life = self._life, None
        if life is not None:
            life.end()


class EmbeddedWriter:
    """See the port. One `write` is stored whole or not at all."""

    def __init__(self, writes: FileThread, changes: Changes, clock: Clock, limits: EmbeddedLimits) -> None:
        self._writes = writes
        self._changes = changes
        self._clock = clock
        self._limits = limits

    async def write(self, outgoing: Sequence[Outgoing]) -> None:
        """Store the records. Raises Full, Unavailable, TooLarge, SettingsError for an unknown partition."""
        ready = [chunk for part in outgoing for chunk in encode(part, self._limits)]
        if not ready:
            return
        size = sum(len(chunk.body) for chunk in ready)
        if self._writes.pending_bytes and self._writes.pending_bytes + size > self._limits.pending_bytes_max:
            raise Full(f"{self._writes.pending_bytes} bytes already wait for the disk")
        live_since = time.time() - self._limits.group_expiry_ms / 1000
        rules = Rules(self._clock.now(), live_since, self._limits.topic_bytes_max)
        self._writes.pending_bytes += size
        try:
            await self._writes.run(lambda connection: chunks.append(connection, ready, rules))
        finally:
            self._writes.pending_bytes -= size
        self._changes.tell()

    async def close(self) -> None:
        """Nothing is kept open by a writer."""
