"""What a member takes is first asked for where it is told to go on, and not where its group once was."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from uuid import uuid4

from banso_common.contracts.topics import Topic
from banso_common.log.kafka import KafkaLog, KafkaSettings
from banso_common.log.kafka_reader import KafkaReader
from banso_common.log.port import BEGINNING, Outgoing, Reader

TOPIC = Topic.USAGE_EVENTS
WAIT_S = 30.0


class FromTheBeginning:
    """Takes every partition from its beginning, and looks at what is paused meanwhile."""

    def __init__(self) -> None:
        self.reader: KafkaReader | None = None
        self.paused_while_taking: list[int] = []

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        self.paused_while_taking = self.paused()
        return dict.fromkeys(partitions, BEGINNING)

    async def revoked(self, partitions: Sequence[int]) -> None:
        """Nothing is kept."""

    def paused(self) -> list[int]:
        """The partitions that aiokafka does not ask for now."""
        assert self.reader is not None
        assert self.reader._consumer is not None
        return sorted(place.partition for place in self.reader._consumer.paused())


async def first_read(reader: Reader) -> list[bytes]:
    """The first records that come."""
    ends_at = time.monotonic() + WAIT_S
    while not (batches := await reader.read(100, 100)):
        assert time.monotonic() < ends_at, "waited too long"
    return [value for batch in batches for value in batch.values]


async def test_a_partition_is_asked_for_only_once_its_taker_has_said_from_where(kafka_bootstrap: str) -> None:
    log = KafkaLog(KafkaSettings(kafka_bootstrap, prefix=f"test-{uuid4().hex[:12]}-", heartbeat_ms=100))
    await log.start()
    await log.create_topics(2, {TOPIC: 7})
    writer = await log.writer()
    await writer.write([Outgoing(TOPIC, [0, 1], [b"k", b"k"], [b"one", b"two"])])
    taker = FromTheBeginning()
    reader = await log.reader(TOPIC, "g", taker)
    assert isinstance(reader, KafkaReader)
    taker.reader = reader
    assert await first_read(reader)
    assert taker.paused_while_taking == [0, 1]
    assert taker.paused() == []
    reader.pause([1])
    assert taker.paused() == [1]
    await reader.close()
    await writer.close()
    await log.stop()
