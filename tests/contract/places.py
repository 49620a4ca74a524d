"""Where a log can stand: the embedded file and a real Kafka, so that one suite holds both to the port."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.topics import Topic
from banso_common.log.embedded import EmbeddedLimits, EmbeddedLog
from banso_common.log.kafka import KafkaLog, KafkaSettings
from banso_common.log.port import Assignee, Batch, Log, Outgoing, Reader, Writer

TOPIC = Topic.ACCOUNT_ACTIVITY
PARTITIONS = 4
KEEP = dict.fromkeys(Topic, 7)
WAIT_S = 40.0
"""How long a test waits for what must happen; only a failing test waits so long."""


class Tracked(Log):
    """A log that closes what was opened on it."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._opened: list[Reader | Writer] = []

    async def start(self) -> None:
        await self.log.start()

    async def create_topics(self, partitions: int, keep_days: Mapping[Topic, int]) -> None:
        await self.log.create_topics(partitions, keep_days)

    async def partitions(self, topic: Topic) -> int:
        return await self.log.partitions(topic)

    async def writer(self) -> Writer:
        writer = await self.log.writer()
        self._opened.append(writer)
        return writer

    async def reader(
        self, topic: Topic, group: str, assignee: Assignee | None = None, *, with_headers: bool = False
    ) -> Reader:
        reader = await self.log.reader(topic, group, assignee, with_headers=with_headers)
        self._opened.append(reader)
        return reader

    async def scan(self, topic: Topic, partition: int, offset: int, records_max: int) -> Batch:
        return await self.log.scan(topic, partition, offset, records_max)

    async def stop(self) -> None:
        for opened in self._opened:
            await opened.close()
        await self.log.stop()


class Place(ABC):
    """One log's home. Each `log()` connects to it anew, as another process would."""

    session_timeout_ms: int

    def __init__(self) -> None:
        self._logs: list[Tracked] = []

    async def log(self) -> Log:
        """Another connection, with the topics there. What a test opens on it is closed after the test."""
        log = Tracked(self.connect())
        self._logs.append(log)
        await log.start()
        await log.create_topics(PARTITIONS, KEEP)
        return log

    async def close(self) -> None:
        for log in self._logs:
            await log.stop()

    @abstractmethod
    def connect(self) -> Log: ...

    @abstractmethod
    def arguments(self) -> list[str]:
        """How `tests.contract.member` finds this place."""

    @abstractmethod
    def bound_pending(self, size: int) -> None:
        """From the next connection on, only so many bytes may wait in memory to be stored."""

    @abstractmethod
    async def lose(self, log: Log, partition: int, first: int) -> None:
        """Make the log forget what lies before `first` in a partition of TOPIC."""


class EmbeddedPlace(Place):
    """A file; `limits` may be changed before a connection is made."""

    def __init__(self, path: Path, clock: ManualClock) -> None:
        super().__init__()
        self.path, self.clock = path, clock
        self.session_timeout_ms = 1_000
        self.limits = EmbeddedLimits(session_timeout_ms=self.session_timeout_ms, heartbeat_ms=100, poll_ms=20)

    def connect(self) -> Log:
        return EmbeddedLog(self.path, self.clock, self.limits)

    def arguments(self) -> list[str]:
        return ["embedded", str(self.limits.session_timeout_ms), str(self.path)]

    def bound_pending(self, size: int) -> None:
        self.limits = replace(self.limits, pending_bytes_max=size)

    async def lose(self, log: Log, partition: int, first: int) -> None:
        """The keeping time passes and the groups are long dead; the next write then removes what is old."""
        self.clock.move_to(self.clock.now() + (KEEP[TOPIC] + 1) * DAY_MS)
        self.limits = replace(self.limits, group_expiry_ms=0)
        writer = await (await self.log()).writer()
        await writer.write([outgoing(partition, [b"newer"])])
        assert (await log.scan(TOPIC, partition, 0, 1)).offsets[0] == first


class KafkaPlace(Place):
    """A prefix of its own on a real broker."""

    def __init__(self, bootstrap: str, *, lean: bool = True) -> None:
        super().__init__()
        self.session_timeout_ms = 6_000  # a broker's least
        self.settings = KafkaSettings(
            bootstrap,
            prefix=f"test-{uuid4().hex[:12]}-",
            session_timeout_ms=self.session_timeout_ms,
            heartbeat_ms=200,
            lean_fetch=lean,
        )

    def connect(self) -> Log:
        return KafkaLog(self.settings)

    def arguments(self) -> list[str]:
        return ["kafka", str(self.session_timeout_ms), self.settings.bootstrap, self.settings.prefix]

    def bound_pending(self, size: int) -> None:
        self.settings = replace(self.settings, pending_bytes_max=size)

    async def lose(self, log: Log, partition: int, first: int) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.bootstrap)
        await admin.start()
        place = TopicPartition(self.settings.prefix + TOPIC, partition)
        await admin.delete_records({place: RecordsToDelete(before_offset=first)})
        await admin.close()
        assert (await log.scan(TOPIC, partition, 0, 1)).next_offset == first


@dataclass
class Told(Assignee):
    """An assignee that remembers what it was told, in order; `offsets` is where it wants to go on."""

    offsets: Mapping[int, int] = field(default_factory=dict)
    owned: set[int] = field(default_factory=set)
    events: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        self.events.append(("assigned", tuple(partitions)))
        self.owned |= set(partitions)
        return {partition: offset for partition, offset in self.offsets.items() if partition in partitions}

    async def revoked(self, partitions: Sequence[int]) -> None:
        self.events.append(("revoked", tuple(partitions)))
        self.owned -= set(partitions)


def outgoing(partition: int, values: Sequence[bytes], topic: Topic = TOPIC) -> Outgoing:
    """Values without keys, all to one partition."""
    return Outgoing(topic, [partition] * len(values), [None] * len(values), values)


def numbers(start: int, stop: int) -> list[bytes]:
    return [b"%d" % number for number in range(start, stop)]


async def collect(reader: Reader, count: int, records_max: int = 1_000) -> list[Batch]:
    """Batches until they hold `count` records."""
    return await collect_until(reader, lambda got: sum(map(len, got)) >= count, records_max)


async def collect_until(reader: Reader, enough: Callable[[list[Batch]], bool], records_max: int = 1_000) -> list[Batch]:
    """Batches until they are enough."""
    got: list[Batch] = []
    ends_at = time.monotonic() + WAIT_S
    while not enough(got):
        assert time.monotonic() < ends_at, f"waited too long; got {[(b.partition, list(b.values)) for b in got]}"
        got += await reader.read(records_max, 200)
    return got


def values(batches: Sequence[Batch], partition: int | None = None) -> list[bytes]:
    return [value for batch in batches if partition in {None, batch.partition} for value in batch.values]


async def write(log: Log, *parts: Outgoing) -> None:
    """Write with a writer of its own."""
    writer = await log.writer()
    async with asyncio.timeout(WAIT_S):
        await writer.write(parts)
