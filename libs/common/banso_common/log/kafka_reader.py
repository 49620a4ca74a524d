"""One member of one group on Kafka: aiokafka's consumer, held to the port.

aiokafka rebalances in a task of its own; `_Rebalance` makes it wait until `read` has told the assignee
what is lost, and tells what comes on the next `read`. Every position is set by us, never by the client.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka import errors as kafka

from banso_common.contracts.topics import Topic
from banso_common.errors import Fenced, OffsetOutOfRange, Unavailable
from banso_common.log.kafka_columns import fetch_of
from banso_common.log.kafka_faults import AWAY, our_faults
from banso_common.log.kafka_fetch import Fetch, Fetched, batch_of
from banso_common.log.kafka_settings import KafkaSettings
from banso_common.log.port import BEGINNING, Assignee, Batch


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped
    """What aiokafka's rebalance wants of us: `losing` waits for `read`, `coming` is told by it.

    What comes stays paused until we have said where to go on: else aiokafka asks for what follows the group's
    offset, and where that is the end of the log, waits for it half a second, twice.
    """

    def __init__(self, consumer: AIOKafkaConsumer | None) -> None:
        self._consumer = consumer
        self.owned: frozenset[int] = frozenset()
        self.losing: asyncio.Future[None] | None = None
        self.coming: frozenset[int] | None = None
        self.wake = asyncio.Event()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        self.coming = None
        if self.owned:
            self.losing = asyncio.get_running_loop().create_future()
            self.wake.set()
            await self.losing

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        self.coming = frozenset(place.partition for place in assigned)
        self.wake.set()
        if self._consumer is not None:
            self._consumer.pause(*assigned)

    def let_go(self) -> None:
        """Nothing is owned any more; a rebalance that waited goes on."""
        self.owned = frozenset()
        if self.losing is not None and not self.losing.done():
            self.losing.set_result(None)
        self.losing = None


class KafkaReader:
    """See the port. `KafkaLog.reader` makes it."""

    def __init__(self, settings: KafkaSettings, topic: Topic, group: str, *, with_headers: bool) -> None:
        self._settings = settings
        self._topic = topic
        self._group = group
        self._with_headers = with_headers
        self._assignee: Assignee | None = None
        self._rebalance = _Rebalance(None)
        self._consumer: AIOKafkaConsumer | None = None
        self._fetching: Fetch | None = None
        self._paused: set[int] = set()
        self._heard_at, self._silent = 0.0, False  # silent until it answers: who starts over does not work yet
        self._closed = False

    async def open(self, assignee: Assignee | None) -> None:
        """Connect and begin to join the group; the share is taken by `read`. Raises Unavailable."""
        self._assignee = assignee
        await self._connect()

    async def read(self, records_max: int, wait_ms_max: int) -> list[Batch]:
        ends_at = time.monotonic() + wait_ms_max / 1000
        while True:
            consumer = self._consumer or await self._connect()
            self._rebalance.wake.clear()
            await self._settle(consumer)
            if self._rebalance.owned and self._rebalance.losing is None:
                if found := await self._fetch(consumer, records_max, ends_at):
                    return self._batches(consumer, found)
            else:
                await self._wait_for_rebalance(ends_at)
            if time.monotonic() >= ends_at:
                await self._check_away(consumer)
                return []

    async def commit(self, offsets: Mapping[int, int]) -> None:
        consumer = self._consumer
        lost = offsets.keys() - self._rebalance.owned
        # A member that the group has thrown out knows no generation: its commit would count as one from
        # outside of the group, and could pass once everyone else has left.
        if lost or consumer is None or consumer._coordinator.generation < 0:
            raise Fenced(f"{self._group} does not own {self._topic}/{sorted(lost or offsets)}")
        places = {self._place(partition): offset for partition, offset in offsets.items()}
        if places:
            self._silent = True
            with our_faults():
                await asyncio.wait_for(consumer.commit(places), self._settings.request_timeout_ms / 1000)
            self._silent = False

    def seek(self, partition: int, offset: int) -> None:
        if self._consumer is not None and partition in self._rebalance.owned:
            with our_faults():
                self._consumer.seek(self._place(partition), offset)

    def pause(self, partitions: Sequence[int]) -> None:
        ours = self._rebalance.owned & set(partitions)
        self._paused |= ours
        if self._consumer is not None and ours:
            self._consumer.pause(*map(self._place, ours))

    def resume(self, partitions: Sequence[int]) -> None:
        ours = self._paused & set(partitions)
        self._paused -= ours
        if not self._silent:
            self._heard()  # what was paused, or not read for long, was not asked for
        if self._consumer is not None and ours:
            self._consumer.resume(*map(self._place, ours))

    async def positions(self) -> Mapping[int, int]:
        owned, consumer = self._rebalance.owned, self._consumer
        if consumer is None or self._rebalance.coming is not None:
            return {}
        with our_faults():
            return {partition: await consumer.position(self._place(partition)) for partition in sorted(owned)}

    async def end_offsets(self) -> Mapping[int, int]:
        places = [self._place(partition) for partition in self._rebalance.owned]
        if self._consumer is None or not places:
            return {}
        with our_faults():
            ends = await self._consumer.end_offsets(places)
        return {place.partition: end for place, end in ends.items()}

    async def close(self) -> None:
        self._closed = True
        await self._disconnect()

    async def _connect(self) -> AIOKafkaConsumer:
        if self._closed:
            raise Unavailable(f"the reader of {self._topic} is closed")
        consumer = AIOKafkaConsumer(**self._settings.member_options(self._group))
        self._rebalance = _Rebalance(consumer)
        try:
            with our_faults():
                await consumer.start()
                consumer.subscribe([self._settings.prefix + self._topic], listener=self._rebalance)
        except BaseException:
            await _stop(consumer, self._settings)
            raise
        self._consumer = consumer
        self._fetching = fetch_of(consumer, with_headers=self._with_headers, lean=self._settings.lean_fetch)
        self._heard()
        return consumer

    async def _disconnect(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._paused.clear()
        self._rebalance.let_go()
        if consumer is not None:
            await _stop(consumer, self._settings)

    def _place(self, partition: int) -> TopicPartition:
        return TopicPartition(self._settings.prefix + self._topic, partition)

    async def _settle(self, consumer: AIOKafkaConsumer) -> None:
        """Tell the assignee what was lost and what came, in this order."""
        if self._rebalance.losing is not None:
            lost = sorted(self._rebalance.owned)
            try:
                if self._assignee is not None:
                    await self._assignee.revoked(lost)
            finally:
                self._paused.clear()
                self._rebalance.let_go()
        share = self._rebalance.coming
        if share:
            await self._take(consumer, share)

    async def _take(self, consumer: AIOKafkaConsumer, share: frozenset[int]) -> None:
        """Ask the assignee where to go on; when that fails, the next `read` asks again."""
        with our_faults():
            starts = await asyncio.wait_for(self._starts(consumer, share), self._settings.request_timeout_ms / 1000)
        if self._rebalance.coming is not share:
            return
        self._rebalance.owned = share
        try:
            told = await self._assignee.assigned(sorted(share)) if self._assignee is not None else {}
            with our_faults():
                begins = await self._begins(consumer, [p for p in share if told.get(p) == BEGINNING])
        except BaseException:
            self._rebalance.let_go()
            raise
        if self._rebalance.coming is share:
            self._rebalance.coming = None
            offsets = {**starts, **told, **begins}
            for partition in share:
                consumer.seek(self._place(partition), offsets[partition])
            consumer.resume(*(self._place(partition) for partition in share - self._paused))
            self._heard()

    async def _starts(self, consumer: AIOKafkaConsumer, share: Collection[int]) -> dict[int, int]:
        """Where the group goes on in each partition: its committed offset, or the log's beginning."""
        places = [self._place(partition) for partition in sorted(share)]
        found = dict(zip(places, await asyncio.gather(*map(consumer.committed, places)), strict=True))
        known = {place.partition: offset for place, offset in found.items() if offset is not None}
        return known | await self._begins(consumer, [p for p in share if p not in known])

    async def _begins(self, consumer: AIOKafkaConsumer, partitions: Sequence[int]) -> dict[int, int]:
        """Where the log begins in these partitions."""
        found = await consumer.beginning_offsets([self._place(p) for p in partitions]) if partitions else {}
        return {place.partition: offset for place, offset in found.items()}

    async def _wait_for_rebalance(self, ends_at: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rebalance.wake.wait(), max(0, ends_at - time.monotonic()))

    async def _fetch(self, consumer: AIOKafkaConsumer, records_max: int, ends_at: float) -> Fetched:
        """What has come, waiting for it until `ends_at` or until a rebalance wants us."""
        assert self._fetching is not None
        try:
            with our_faults():
                there = await self._fetching.fetch(records_max, 0)
                return there or await self._fetch_waiting(self._fetching, records_max, ends_at)
        except Unavailable as fault:
            if isinstance(fault.__cause__, kafka.OffsetOutOfRangeError):
                place, wanted = next(iter(fault.__cause__.args[0].items()))
                if place.partition in self._paused:  # it was fetched before it was paused
                    return {}
                raise await self._out_of_range(consumer, place, wanted) from fault
            await self._reopen()
            raise

    async def _fetch_waiting(self, fetching: Fetch, records_max: int, ends_at: float) -> Fetched:
        getting = asyncio.ensure_future(fetching.fetch(records_max, max(0, ends_at - time.monotonic())))
        waking = asyncio.ensure_future(self._rebalance.wake.wait())
        try:
            await asyncio.wait({getting, waking}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if getting.done() and getting.exception() is None:  # nobody gets these records: read them again
                for place, columns in getting.result().items():
                    self.seek(place.partition, columns.offsets[0])
            raise
        finally:
            waking.cancel()
            getting.cancel()
        with suppress(asyncio.CancelledError):
            return await getting
        return {}

    def _batches(self, consumer: AIOKafkaConsumer, found: Fetched) -> list[Batch]:
        self._heard()
        return [batch_of(self._topic, place, columns, consumer.highwater(place)) for place, columns in found.items()]

    async def _out_of_range(self, consumer: AIOKafkaConsumer, place: TopicPartition, wanted: int) -> OffsetOutOfRange:
        with our_faults():
            first = (await consumer.beginning_offsets([place]))[place]
        return OffsetOutOfRange(self._topic, place.partition, wanted, first)

    async def _check_away(self, consumer: AIOKafkaConsumer) -> None:
        """Nothing came: because there is nothing, or because nobody answers? Raises Unavailable."""
        listening = self._rebalance.owned - self._paused
        if listening:
            polls = [consumer.last_poll_timestamp(self._place(partition)) or 0 for partition in listening]
            self._heard_at = max(self._heard_at, max(polls) / 1000)
        elif not self._rebalance.owned and time.time() - self._heard_at > self._settings.away_ms / 1000:
            with our_faults():
                await asyncio.wait_for(consumer.topics(), self._settings.request_timeout_ms / 1000)
            self._heard()
        self._silent = bool(listening) and time.time() - self._heard_at > self._settings.away_ms / 1000
        if self._silent:
            raise Unavailable(f"Kafka has not answered for {self._settings.away_ms} ms")

    def _heard(self) -> None:
        """Kafka answered, or was not asked."""
        self._heard_at, self._silent = time.time(), False

    async def _reopen(self) -> None:
        """Give up a consumer that failed, and all that it owned; the next `read` makes another."""
        lost = sorted(self._rebalance.owned)
        try:
            if lost and self._assignee is not None:
                await self._assignee.revoked(lost)
        finally:
            await self._disconnect()


async def _stop(consumer: AIOKafkaConsumer, settings: KafkaSettings) -> None:
    with suppress(*AWAY):
        await asyncio.wait_for(consumer.stop(), settings.request_timeout_ms / 1000)
