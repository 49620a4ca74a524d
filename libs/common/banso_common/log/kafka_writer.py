"""Writes to Kafka: batches built here, sent by an idempotent producer, awaited until all replicas have them.

An idempotent producer of aiokafka never gives a batch up. So after a fault it is abandoned with what it
still carries, before another one is made: a batch that was given up can then not arrive after its repeat.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka import errors as kafka
from aiokafka.producer.message_accumulator import BatchBuilder

from banso_common.errors import Full, SettingsError, TooLarge, Unavailable
from banso_common.log.columns import RECORD_BYTES_MAX, Split, by_partition, sizes
from banso_common.log.kafka_faults import AWAY, our_faults
from banso_common.log.kafka_settings import KafkaSettings
from banso_common.log.port import Outgoing


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A producer, and the event that tells all who wait for it that it was abandoned."""

    producer: AIOKafkaProducer
    lost: asyncio.Event = field(default_factory=asyncio.Event)


class KafkaWriter:
    """See the port. `KafkaLog.writer` makes it."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._line: _Line | None = None
        self._changing = asyncio.Lock()
        self._pending_bytes = 0

    async def write(self, outgoing: Sequence[Outgoing]) -> None:
        """Send the records and wait until all are stored. Raises Full, Unavailable, TooLarge, SettingsError."""
        weights = [sizes(part.keys, part.values, part.headers) for part in outgoing]
        largest = max((max(weight, default=0) for weight in weights), default=0)
        if largest > RECORD_BYTES_MAX:
            raise TooLarge("too_large", f"a record of {largest} bytes is over the log's {RECORD_BYTES_MAX}")
        size = sum(map(sum, weights))
        if self._pending_bytes and self._pending_bytes + size > self._settings.pending_bytes_max:
            raise Full(f"{self._pending_bytes} bytes already wait for the broker")
        self._pending_bytes += size
        try:
            await self._deliver(await self.open(), outgoing)
        finally:
            self._pending_bytes -= size

    async def open(self) -> _Line:
        """The producer, started if there is none. Raises Unavailable, SettingsError."""
        async with self._changing:
            if self._line is None:
                line = _Line(AIOKafkaProducer(**self._settings.producer_options()))
                try:
                    with our_faults():
                        await asyncio.wait_for(line.producer.start(), self._start_wait_s())
                except BaseException:
                    await self._abandon(line)
                    raise
                self._line = line
            return self._line

    async def close(self) -> None:
        """Disconnect. Writes that still wait are given up: they raise Unavailable."""
        async with self._changing:
            line, self._line = self._line, None
            if line is not None:
                await self._abandon(line)

    def _start_wait_s(self) -> float:
        """Each address may take two time-outs, and then the producer asks for its id. To cut a connect short
        would leave the connection open."""
        addresses = self._settings.bootstrap.count(",") + 1
        return (2 * addresses + 1) * self._settings.request_timeout_ms / 1000

    async def _deliver(self, line: _Line, outgoing: Sequence[Outgoing]) -> None:
        try:
            with our_faults():
                for part in outgoing:
                    await _check_exists(line.producer, self._settings.prefix + part.topic, part.partitions)
                await self._until_stored(line, outgoing)
        except (Unavailable, TooLarge):  # what it has numbered is lost: it would be out of order ever after
            await self._replace(line)
            raise

    async def _until_stored(self, line: _Line, outgoing: Sequence[Outgoing]) -> None:
        sending = asyncio.gather(
            *(
                _send(line.producer, (self._settings.prefix + part.topic, partition), columns)
                for part in outgoing
                for partition, columns in by_partition(part).items()
            )
        )
        losing = asyncio.ensure_future(line.lost.wait())
        # twice: aiokafka may wait that long for a place in its queue, and then for the broker's answer
        wait_s = 2 * self._settings.request_timeout_ms / 1000
        try:
            waiting: set[asyncio.Future[Any]] = {sending, losing}
            done, _ = await asyncio.wait(waiting, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            if sending not in done:
                raise TimeoutError("the broker did not take the records in time")
            await sending
        finally:
            losing.cancel()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _replace(self, line: _Line) -> None:
        async with self._changing:
            if self._line is line:
                self._line = None
                await self._abandon(line)

    async def _abandon(self, line: _Line) -> None:
        """Disconnect without delivering what is left; `stop` would try to deliver that for ever."""
        line.lost.set()
        sender = line.producer._sender.sender_task
        if sender is not None and not sender.done():
            sender.cancel()  # it still awaits the request in flight
            await asyncio.wait({sender}, timeout=2 * self._settings.request_timeout_ms / 1000)
        line.producer._closed = True
        with suppress(*AWAY):
            await line.producer.client.close()


async def _check_exists(producer: AIOKafkaProducer, topic: str, partitions: Sequence[int]) -> None:
    try:
        known = await producer.partitions_for(topic)
    except kafka.UnknownTopicOrPartitionError:
        raise SettingsError(f"Kafka has no topic {topic}") from None
    if unknown := set(partitions) - known:
        raise SettingsError(f"there is no partition {topic}/{min(unknown)}")


async def _send(producer: AIOKafkaProducer, place: tuple[str, int], columns: Split) -> None:
    """One partition's records, in order, in as many batches as they need; awaits them all."""
    topic, partition = place
    sent: list[asyncio.Future[object]] = []
    try:
        for batch in _batches(producer, columns):
            sent.append(await producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sent)
    finally:
        for future in sent:
            future.cancel()


def _batches(producer: AIOKafkaProducer, columns: Split) -> Iterator[BatchBuilder]:
    keys, values, headers = columns
    written_at = time.time_ns() // 1_000_000
    batch = producer.create_batch()
    for row, (key, value) in enumerate(zip(keys, values, strict=True)):
        own = list(headers[row]) if headers else []
        if batch.append(key=key, value=value, timestamp=written_at, headers=own) is None:
            yield batch
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=written_at, headers=own)
    if batch.record_count():
        yield batch
