"""Writes to Kafka: batches built here, sent by an idempotent producer, awaited until all replicas have them.

After a fault the producer is replaced, since what it had numbered is lost with it; the batches that it
still carried are given up or delivered before the new one sends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from aiokafka import errors as kafka

from banso_common.contracts.dead_letter import Headers
from banso_common.errors import Full, SettingsError, TooLarge, Unavailable
from banso_common.log.columns import by_partition, sizes
from banso_common.log.embedded_limits import RECORD_BYTES_MAX
from banso_common.log.kafka_faults import AWAY, our_faults
from banso_common.log.kafka_settings import KafkaSettings
from banso_common.log.port import Outgoing


class KafkaWriter:
    """See the port. `KafkaLog.writer` makes it."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._pending_bytes = 0

    async def write(self, outgoing: Sequence[Outgoing]) -> None:
        """Send the records and wait until all are stored. Raises Full, Unavailable, TooLarge."""
        weights = [sizes(part.keys, part.values, part.headers) for part in outgoing]
        largest = max((max(weight, default=0) for weight in weights), default=0)
        if largest > RECORD_BYTES_MAX:
            raise TooLarge("too_large", f"a record of {largest} bytes is over the log's {RECORD_BYTES_MAX}")
        size = sum(map(sum, weights))
        if self._pending_bytes and self._pending_bytes + size > self._settings.pending_bytes_max:
            raise Full(f"{self._pending_bytes} bytes already wait for the broker")
        self._pending_bytes += size
        try:
            producer = await self.open()
            await self._deliver(producer, outgoing)
        finally:
            self._pending_bytes -= size

    async def open(self) -> AIOKafkaProducer:
        """The producer, started if there is none. Raises Unavailable, SettingsError."""
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(**self._settings.producer_options())
                try:
                    with our_faults():
                        await asyncio.wait_for(producer.start(), self._settings.request_timeout_ms / 1000)
                except BaseException:
                    await self._end(producer)
                    raise
                self._producer = producer
            return self._producer

    async def close(self) -> None:
        """Wait for what was written, then disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await self._end(producer)

    async def _deliver(self, producer: AIOKafkaProducer, outgoing: Sequence[Outgoing]) -> None:
        sending = [
            asyncio.ensure_future(self._send(producer, self._settings.prefix + part.topic, partition, columns))
            for part in outgoing
            for partition, columns in by_partition(part).items()
        ]
        # twice: aiokafka may wait that long for a place in its queue, and then for the broker's answer
        wait_s = 2 * self._settings.request_timeout_ms / 1000
        try:
            with our_faults():
                await asyncio.wait_for(asyncio.gather(*sending), wait_s)
        except Unavailable:
            await self._replace(producer)
            raise
        finally:
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)

    async def _send(
        self,
        producer: AIOKafkaProducer,
        topic: str,
        partition: int,
        columns: tuple[Sequence[bytes | None], Sequence[bytes], Sequence[Headers] | None],
    ) -> None:
        """One partition's records, in order, in as many batches as they need; awaits them all."""
        await _check_exists(producer, topic, partition)
        keys, values, headers = columns
        written_at = time.time_ns() // 1_000_000
        sent = []
        batch = producer.create_batch()
        for row, (key, value) in enumerate(zip(keys, values, strict=True)):
            own = list(headers[row]) if headers else []
            if batch.append(key=key, value=value, timestamp=written_at, headers=own) is None:
                sent.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(key=key, value=value, timestamp=written_at, headers=own)
        if batch.record_count():
            sent.append(await producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sent)

    async def _replace(self, broken: AIOKafkaProducer) -> None:
        async with self._starting:
            if self._producer is broken:
                self._producer = None
                await self._end(broken)

    async def _end(self, producer: AIOKafkaProducer) -> None:
        with suppress(*AWAY):
            await asyncio.wait_for(producer.stop(), 2 * self._settings.request_timeout_ms / 1000)


async def _check_exists(producer: AIOKafkaProducer, topic: str, partition: int) -> None:
    try:
        known = await producer.partitions_for(topic)
    except kafka.UnknownTopicOrPartitionError:
        raise SettingsError(f"Kafka has no topic {topic}") from None
    if partition not in known:
        raise SettingsError(f"there is no partition {topic}/{partition}")
