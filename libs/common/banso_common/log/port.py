"""The log's promises. An adapter keeps all of them, and tests/contract/test_log.py holds it to them.

1. Order: records of one partition are read in the order in which they were written; offsets rise.
2. Durable: `Writer.write` returns after the log has every record on disk (all in-sync replicas on Kafka).
   It raises `Full` before memory grows without bound, and `Unavailable` when the log is away; then any
   prefix per partition may have been written, and a retry may write it twice.
3. At least once: a group goes on at its committed offset, or where its `Assignee` says.
4. Groups: each partition of a topic belongs to one live member of a group. When a member joins, leaves
   or dies, every member first loses what it had (`revoked`), then gets its share (`assigned`). A member
   that works long but lives keeps its partitions; one that no longer heartbeats loses them.
5. Fencing: a member that lost a partition cannot commit for it (`Fenced`). Stores fence by epoch besides.
6. Gaps are loud: an offset that the log no longer holds raises `OffsetOutOfRange`; nothing is skipped.
7. Bounded: the log keeps a topic for its keeping time and size, no longer.

Records come in batches of columns, not as objects: building an object for each record costs more than
reading it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from banso_common.contracts.dead_letter import Headers
from banso_common.contracts.topics import Topic

BEGINNING = -1
"""An assignee's offset that means the log's beginning, wherever that is, whatever the group has committed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of one partition, as columns of equal length.

    `offsets[i]` is the offset of record i; they rise but may have holes. `next_offset` is where reading
    goes on, `end_offset` the offset that the next written record will get (for lag). `headers` is None
    unless the reader was opened with `with_headers`.
    """

    topic: Topic
    partition: int
    keys: Sequence[bytes | None]
    values: Sequence[bytes]
    offsets: Sequence[int]
    next_offset: int
    end_offset: int
    headers: Sequence[Headers] | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Records to write to one topic, as columns of equal length; record i goes to `partitions[i]`."""

    topic: Topic
    partitions: Sequence[int]
    keys: Sequence[bytes | None]
    values: Sequence[bytes]
    headers: Sequence[Headers] | None = None


class Assignee(Protocol):
    """Who is told when partitions come and go."""

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """These partitions are now ours. Gives the offset to go on at, or BEGINNING; a partition left out
        goes on at the group's committed offset, if any. Reading starts after it returned."""
        ...

    async def revoked(self, partitions: Sequence[int]) -> None:
        """These partitions are no longer ours. Work in flight for them must be finished or dropped."""
        ...


class Reader(Protocol):
    """One member of one group, reading one topic."""

    async def read(self, records_max: int, wait_ms_max: int) -> list[Batch]:
        """At most `records_max` records, after at most `wait_ms_max`; [] when none came. Raises
        OffsetOutOfRange, Unavailable. Rebalances, and so the assignee's calls, happen inside `read`."""
        ...

    async def commit(self, offsets: Mapping[int, int]) -> None:
        """Store the group's offsets (of the next record). Raises Fenced, Unavailable."""
        ...

    def seek(self, partition: int, offset: int) -> None:
        """Go on at `offset`. For a partition that is no longer ours this, like pause and resume, does nothing."""
        ...

    def pause(self, partitions: Sequence[int]) -> None:
        """Read no more from these until resumed; they stay ours."""
        ...

    def resume(self, partitions: Sequence[int]) -> None: ...

    async def positions(self) -> Mapping[int, int]:
        """For each assigned partition the offset at which the next `read` goes on. Not while one is under way."""
        ...

    async def end_offsets(self) -> Mapping[int, int]:
        """For each assigned partition the offset that the next written record will get."""
        ...

    async def close(self) -> None:
        """Leave the group at once, so that others need not wait for a time-out. The assignee is not called."""
        ...


class Writer(Protocol):
    """Writes to any topic."""

    async def write(self, outgoing: Sequence[Outgoing]) -> None: ...

    async def close(self) -> None: ...


class Log(Protocol):
    """A connection to one log: what a composition chooses, and all that services see of it."""

    async def start(self) -> None:
        """Connect. Raises Unavailable, SettingsError."""
        ...

    async def create_topics(self, partitions: int, keep_days: Mapping[Topic, int]) -> None:
        """Create the topics that are missing; those that exist are left as they are."""
        ...

    async def partitions(self, topic: Topic) -> int:
        """How many partitions a topic has. Raises Unavailable, SettingsError when there is no such topic."""
        ...

    async def writer(self) -> Writer: ...

    async def reader(
        self, topic: Topic, group: str, assignee: Assignee | None = None, *, with_headers: bool = False
    ) -> Reader: ...

    async def scan(self, topic: Topic, partition: int, offset: int, records_max: int) -> Batch:
        """Records from `offset` on (or from the log's beginning when that is later), with headers,
        outside of any group: for people who look at a topic. An empty batch at the end."""
        ...

    async def stop(self) -> None: ...
