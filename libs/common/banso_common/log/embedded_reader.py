"""One member of one group on the embedded log: takes part in rebalances, reads its share, stores offsets.

`read` first settles how the member stands (thrown out, a generation behind, waiting for others, or due its
share), then reads. The heartbeat runs beside it, so a member may work as long as it likes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from banso_common.errors import Fenced, OffsetOutOfRange, Unavailable
from banso_common.log import embedded_chunks as chunks
from banso_common.log import embedded_groups as groups
from banso_common.log.embedded_codec import Columns, cut
from banso_common.log.embedded_file import Changes, FileThread
from banso_common.log.port import BEGINNING, Assignee, Batch


@dataclass(slots=True, eq=False)
class _Place:
    """Where reading goes on in a partition, and the chunks from there on that are decoded already."""

    offset: int
    ahead: list[Columns] = field(default_factory=list)

    @property
    def fetch_from(self) -> int:
        return self.ahead[-1].next_offset if self.ahead else self.offset


class EmbeddedReader:
    """See the port. `EmbeddedLog.reader` makes it."""

    def __init__(
        self,
        files: tuple[FileThread, FileThread],
        changes: Changes,
        group: groups.Group,
        partitions: int,
        headers: bool,
    ) -> None:
        self._writes, self._reads = files
        self._changes = changes
        self._group = group
        self._partitions = partitions
        self._with_headers = headers
        self._assignee: Assignee | None = None
        self._member = ("", 0)
        self._owned: dict[int, _Place] = {}
        self._settled = False
        self._paused: set[int] = set()
        self._heart: asyncio.Task[None] | None = None
        self._turn = 0

    async def open(self, assignee: Assignee | None) -> None:
        """Join the group and begin to send heartbeats."""
        self._assignee = assignee
        await self._join()
        self._heart = asyncio.create_task(self._beat())

    async def read(self, records_max: int, wait_ms_max: int) -> list[Batch]:
        ends_at = time.monotonic() + wait_ms_max / 1000
        while True:
            seen = self._changes.count
            if await self._settle() and (batches := await self._fetch(records_max)):
                return batches
            wait_s = ends_at - time.monotonic()
            if wait_s <= 0:
                return []
            await self._changes.after(seen, min(wait_s, self._group.limits.poll_ms / 1000))

    async def commit(self, offsets: Mapping[int, int]) -> None:
        if lost := offsets.keys() - self._owned.keys():
            raise Fenced(f"{self._group.name} does not own {self._group.topic}/{sorted(lost)}")
        group, member, stored = self._group, self._member, dict(offsets)
        await self._writes.run(lambda connection: groups.commit(connection, group, member, stored))

    def seek(self, partition: int, offset: int) -> None:
        if partition in self._owned:
            self._owned[partition] = _Place(offset)

    def pause(self, partitions: Sequence[int]) -> None:
        self._paused.update(self._owned.keys() & set(partitions))

    def resume(self, partitions: Sequence[int]) -> None:
        self._paused.difference_update(partitions)
        self._changes.tell()

    async def positions(self) -> Mapping[int, int]:
        return {partition: place.offset for partition, place in self._owned.items()}

    async def end_offsets(self) -> Mapping[int, int]:
        topic, owned = self._group.topic, [(partition, place.offset) for partition, place in self._owned.items()]
        found = await self._reads.run(lambda connection: chunks.fetch(connection, topic, owned, 0))
        return {partition: stretch.end_offset for (partition, _), stretch in zip(owned, found, strict=True)}

    async def close(self) -> None:
        heart, self._heart = self._heart, None
        if heart is None:
            return
        heart.cancel()
        with suppress(asyncio.CancelledError):
            await heart
        self._owned, self._settled = {}, False
        group, member = self._group, self._member[0]
        with suppress(Unavailable):  # then its time-out tells the others
            await self._writes.run(lambda connection: groups.leave(connection, group, member, time.time()))
        self._changes.tell()

    async def _join(self) -> None:
        group = self._group
        self._member = await self._writes.run(lambda connection: groups.join(connection, group, time.time()))
        self._changes.tell()

    async def _beat(self) -> None:
        group = self._group
        while True:
            await asyncio.sleep(group.limits.heartbeat_ms / 1000)
            member = self._member[0]
            with suppress(Unavailable):  # the next one tries again; `read` says what is wrong
                await self._writes.run(lambda connection: groups.beat(connection, group, member, time.time()))  # noqa: B023 - runs before the next turn
                self._changes.tell()

    async def _settle(self) -> bool:
        """Bring the member into its group's newest generation. False while others are still on their way."""
        group = self._group
        while True:
            member = self._member[0]
            state = await self._reads.run(lambda connection: groups.standing(connection, group, member, time.time()))  # noqa: B023 - runs before the next turn
            if state.generation == state.newest and state.settled:
                if not self._settled:
                    await self._take(state.share(member, self._partitions))
                return True
            if state.generation != state.newest:
                await self._give_up()
                await self._follow()
            elif state.overdue:
                await self._writes.run(lambda connection: groups.beat(connection, group, member, time.time()))  # noqa: B023 - runs before the next turn
                self._changes.tell()
            else:
                return False

    async def _follow(self) -> None:
        """Take part in the newest generation, as a new member if this one was thrown out."""
        group, member = self._group, self._member[0]
        generation = await self._writes.run(lambda connection: groups.rejoin(connection, group, member, time.time()))
        if generation is None:
            await self._join()
        else:
            self._member = (member, generation)
            self._changes.tell()

    async def _give_up(self) -> None:
        """Tell the assignee, who may still commit until it returns; told once, even when it fails."""
        lost = sorted(self._owned)
        try:
            if lost and self._assignee is not None:
                await self._assignee.revoked(lost)
        finally:
            self._owned, self._settled = {}, False
            self._paused.clear()

    async def _take(self, share: tuple[int, ...]) -> None:
        """Ask the assignee where to go on; when that fails, the next `read` asks again."""
        told = await self._assignee.assigned(share) if share and self._assignee is not None else {}
        group = self._group
        stored = await self._reads.run(lambda connection: groups.starts(connection, group))
        if BEGINNING in told.values():
            begins = await self._reads.run(lambda connection: groups.begins(connection, group.topic))
            told = {p: begins[p] if offset == BEGINNING else offset for p, offset in told.items()}
        self._owned = {partition: _Place(told.get(partition, stored[partition])) for partition in share}
        self._settled = True

    async def _fetch(self, records_max: int) -> list[Batch]:
        """Up to `records_max` records, the partitions taking turns at being first."""
        order = [partition for partition in sorted(self._owned) if partition not in self._paused]
        if not order:
            return []
        self._turn = (self._turn + 1) % len(order)
        places = [(partition, self._owned[partition]) for partition in order[self._turn :] + order[: self._turn]]
        topic, wanted = self._group.topic, [(partition, place.fetch_from) for partition, place in places]
        missing = records_max - sum(place.fetch_from - place.offset for _, place in places)
        found = await self._reads.run(lambda connection: chunks.fetch(connection, topic, wanted, missing))
        still = [
            (partition, place, stretch)
            for (partition, place), stretch in zip(places, found, strict=True)
            if self._owned.get(partition) is place and partition not in self._paused  # no seek, pause or close since
        ]
        for partition, place, stretch in still:
            if not place.ahead and not stretch.first_offset <= place.offset <= stretch.end_offset:
                raise OffsetOutOfRange(topic, partition, place.offset, stretch.first_offset)
        batches: list[Batch] = []
        for partition, place, stretch in still:
            place.ahead += stretch.columns
            if place.ahead and records_max > 0:
                batches.append(self._take_batch(partition, place, stretch.end_offset, records_max))
                records_max -= len(batches[-1])
        return batches

    def _take_batch(self, partition: int, place: _Place, end_offset: int, records_max: int) -> Batch:
        """At most `records_max` of what is decoded, as one batch; the rest stays for the next read."""
        start, stop = place.offset, min(place.ahead[-1].next_offset, place.offset + records_max)
        keys, values, headers = cut(place.ahead, start, stop, with_headers=self._with_headers)
        place.offset = stop
        place.ahead = [columns for columns in place.ahead if columns.next_offset > stop]
        return Batch(self._group.topic, partition, keys, values, range(start, stop), stop, end_offset, headers)
