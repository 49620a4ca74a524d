"""The log on Apache Kafka, over aiokafka: the port's promises kept by the broker and its consumer groups."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka import errors as kafka
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from banso_common.clock import DAY_MS
from banso_common.contracts.topics import Topic
from banso_common.errors import SettingsError, Unavailable
from banso_common.log.kafka_faults import our_faults
from banso_common.log.kafka_fetch import PlainFetch, batch_of
from banso_common.log.kafka_reader import KafkaReader
from banso_common.log.kafka_settings import MESSAGE_BYTES_MAX, KafkaSettings
from banso_common.log.kafka_writer import KafkaWriter
from banso_common.log.port import Assignee, Batch, Reader, Writer

__all__ = ["KafkaLog", "KafkaSettings"]

LOOK_AGAIN_S = 0.1
"""How often to look whether the cluster knows a new topic everywhere."""


class KafkaLog:
    """A cluster that answers at `settings.bootstrap` (`host:port`, several with commas)."""

    def __init__(self, bootstrap: str | KafkaSettings, prefix: str = "") -> None:
        self._settings = bootstrap if isinstance(bootstrap, KafkaSettings) else KafkaSettings(bootstrap, prefix)
        self._admin: AIOKafkaAdminClient | None = None

    async def start(self) -> None:
        """Connect. Raises Unavailable, SettingsError."""
        admin = AIOKafkaAdminClient(**self._settings.client_options())
        try:
            with our_faults():
                await admin.start()
        except ValueError as fault:
            await admin.close()
            raise SettingsError(f"not a Kafka address: {self._settings.bootstrap!r} ({fault})") from fault
        except BaseException:
            await admin.close()
            raise
        self._admin = admin

    async def create_topics(self, partitions: int, keep_days: Mapping[Topic, int]) -> None:
        """Create the topics that are missing; those that exist are left as they are."""
        wanted = [
            NewTopic(
                name=self._settings.prefix + topic,
                num_partitions=partitions,
                replication_factor=self._settings.replicas,
                replica_assignments={} if self._settings.replicas < 0 else None,  # what aiokafka asks for
                topic_configs={
                    "retention.ms": str(days * DAY_MS),
                    "max.message.bytes": str(MESSAGE_BYTES_MAX),
                },
            )
            for topic, days in keep_days.items()
        ]
        with our_faults():
            answer = await self._connected().create_topics(wanted)
            for name, code, *message in answer.topic_errors:
                fault = kafka.for_code(code)
                if fault not in {kafka.NoError, kafka.TopicAlreadyExistsError}:
                    raise fault(f"{name}: {' '.join(map(str, message))}")
        await self._until_known(keep_days)

    async def partitions(self, topic: Topic) -> int:
        """How many partitions a topic has. Raises Unavailable, SettingsError when there is no such topic."""
        found = await self._describe(topic)
        if found["error_code"] == kafka.UnknownTopicOrPartitionError.errno:
            raise SettingsError(
                f"Kafka has no topic {self._settings.prefix + topic}: create it, or run `banso migrate`"
            )
        with our_faults():
            if found["error_code"]:
                raise kafka.for_code(found["error_code"])(topic)
        return len(found["partitions"])

    async def writer(self) -> Writer:
        writer = KafkaWriter(self._settings)
        await writer.open()
        return writer

    async def reader(
        self, topic: Topic, group: str, assignee: Assignee | None = None, *, with_headers: bool = False
    ) -> Reader:
        """A new member of the group; it takes its share on the first `read`."""
        await self.partitions(topic)
        reader = KafkaReader(self._settings, topic, group, with_headers=with_headers)
        await reader.open(assignee)
        return reader

    async def scan(self, topic: Topic, partition: int, offset: int, records_max: int) -> Batch:
        """See the port."""
        if partition >= await self.partitions(topic):
            raise SettingsError(f"there is no partition {topic}/{partition}")
        place = TopicPartition(self._settings.prefix + topic, partition)
        consumer = AIOKafkaConsumer(**self._settings.consumer_options())
        try:
            with our_faults():
                return await asyncio.wait_for(
                    _scan(consumer, (topic, place), offset, records_max),
                    self._settings.request_timeout_ms / 1000,
                )
        finally:
            await consumer.stop()

    async def stop(self) -> None:
        """Disconnect. Close readers and writers first."""
        admin, self._admin = self._admin, None
        if admin is not None:
            await admin.close()

    def _connected(self) -> AIOKafkaAdminClient:
        if self._admin is None:
            raise Unavailable("the log is not started, or stopped")
        return self._admin

    async def _describe(self, topic: Topic) -> dict[str, Any]:
        with our_faults():
            found: list[dict[str, Any]] = await self._connected().describe_topics([self._settings.prefix + topic])
        return found[0]

    async def _until_known(self, topics: Mapping[Topic, int]) -> None:
        """Wait until each topic's partitions have leaders; a new topic is not known everywhere at once."""
        ends_at = time.monotonic() + self._settings.request_timeout_ms / 1000
        for topic in topics:
            while True:
                found = await self._describe(topic)
                if not found["error_code"] and not any(part["error_code"] for part in found["partitions"]):
                    break
                if time.monotonic() > ends_at:
                    raise Unavailable(f"the cluster has not set up {topic} yet")
                await asyncio.sleep(LOOK_AGAIN_S)


async def _scan(
    consumer: AIOKafkaConsumer, where: tuple[Topic, TopicPartition], offset: int, records_max: int
) -> Batch:
    topic, place = where
    await consumer.start()
    consumer.assign([place])
    first = (await consumer.beginning_offsets([place]))[place]
    end = (await consumer.end_offsets([place]))[place]
    position = max(offset, first)
    consumer.seek(place, position)
    fetching = PlainFetch(consumer, with_headers=True)
    while position < end:
        found = (await fetching.fetch(records_max, 1)).get(place)
        if found:
            return batch_of(topic, place, found, end)
        position = await consumer.position(place)
    return Batch(topic, place.partition, [], [], [], position, end, [])
