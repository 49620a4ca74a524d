"""Ingest on a real broker: what other clients write there is read, tombstones and headers included."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from banso_common.clock import ManualClock
from banso_common.contracts.topics import KEEP_DAYS, Topic
from banso_common.log.kafka import KafkaLog
from banso_ingest.dead_letters import Choice, letters
from banso_ingest.service import IngestService
from banso_ingest.settings import IngestSettings
from tests.ingest.given import CLOUDEVENT, PLAIN
from tests.ingest.logs import activities

WAIT_S = 60.0
BINARY = [(f"ce_{name}", CLOUDEVENT[name].encode()) for name in ("specversion", "id", "source", "type", "account")]


async def test_records_of_another_client_are_forwarded_or_set_aside(
    kafka_bootstrap: str, ingest_clock: ManualClock
) -> None:
    prefix = f"ingest-{uuid4().hex[:12]}-"
    log = KafkaLog(kafka_bootstrap, prefix)
    await log.start()
    await log.create_topics(2, KEEP_DAYS)
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, client_id="product") as producer:
        topic = prefix + Topic.USAGE_EVENTS
        await producer.send_and_wait(topic, json.dumps(PLAIN).encode(), key=b"acme")
        await producer.send_and_wait(topic, b'{"format": "pdf"}', headers=BINARY)
        await producer.send_and_wait(topic, None, key=b"gone", headers=[("trace", b"\xff")])
    service = IngestService(IngestSettings(), log, ingest_clock)
    await service.start()
    async with asyncio.timeout(WAIT_S):
        while not await service.worker.caught_up():  # noqa: ASYNC110 -- the log tells nobody that its end was reached
            await asyncio.sleep(0.05)
    await service.stop()
    assert {each.id for each in await activities(log)} == {"p-1", "e-1"}
    (kept,) = [each async for each in letters(log, Choice())]
    assert (kept.letter.key, kept.letter.value, kept.letter.headers) == (b"gone", b"", (("trace", b"\xff"),))
    assert kept.letter.code == "not-json"
    await log.stop()
