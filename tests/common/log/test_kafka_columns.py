"""The lean fetch path hands over what `getmany` would, whatever lies in the topic."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import aiokafka
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from banso_common.contracts.topics import Topic
from banso_common.log.kafka import KafkaLog, KafkaSettings
from banso_common.log.kafka_columns import LeanFetch, _next_batch, _read_dense, fetch_of
from banso_common.log.kafka_fetch import Columns, Fetch, PlainFetch

TOPIC = Topic.USAGE_EVENTS
CODECS = (None, "gzip", "snappy", "lz4", "zstd")
WAIT_S = 60.0


@pytest.fixture
async def settings(kafka_bootstrap: str) -> KafkaSettings:
    """A fresh topic of one partition."""
    fresh = KafkaSettings(kafka_bootstrap, prefix=f"test-{uuid4().hex[:12]}-", heartbeat_ms=100, work_ms_max=500)
    log = KafkaLog(fresh)
    await log.start()
    await log.create_topics(1, {TOPIC: 7})
    await log.stop()
    return fresh


@pytest.fixture
async def consumers(settings: KafkaSettings) -> AsyncIterator[tuple[AIOKafkaConsumer, AIOKafkaConsumer]]:
    """Two consumers of the topic, outside of any group, at its beginning."""
    pair = []
    for _ in range(2):
        consumer = AIOKafkaConsumer(**settings.consumer_options())
        await consumer.start()
        consumer.assign([place(settings)])
        consumer.seek(place(settings), 0)
        pair.append(consumer)
    yield (pair[0], pair[1])
    for consumer in pair:
        await consumer.stop()


def place(settings: KafkaSettings) -> TopicPartition:
    return TopicPartition(settings.prefix + TOPIC, 0)


async def produce(settings: KafkaSettings, codec: str | None, start: int, count: int) -> None:
    producer = AIOKafkaProducer(**settings.client_options(), compression_type=codec, linger_ms=5)
    await producer.start()
    sent = [
        await producer.send(
            settings.prefix + TOPIC,
            value=None if number % 17 == 5 else b"v%d" % number * (number % 40),
            key=b"k%d" % number if number % 3 or number % 17 == 5 else None,
            headers=[("h", b"%d" % number), ("none", None)] if number % 2 else [],
        )
        for number in range(start, start + count)
    ]
    await asyncio.gather(*sent)
    await producer.stop()


async def produce_in_transaction(settings: KafkaSettings, value: bytes, *, abort: bool) -> None:
    producer = AIOKafkaProducer(**settings.client_options(), transactional_id=f"{settings.prefix}{uuid4()}")
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(settings.prefix + TOPIC, value)
    await (producer.abort_transaction() if abort else producer.commit_transaction())
    await producer.stop()


async def rows(fetch: Fetch, until: int, records_max: int) -> list[tuple[Any, ...]]:
    """(offset, key, value, headers) of each record up to offset `until`, and that no batch is over its limit."""
    found: list[tuple[Any, ...]] = []
    async with asyncio.timeout(WAIT_S):
        while not found or found[-1][0] < until:
            got = await fetch.fetch(records_max, 1.0)
            assert sum(len(columns.values) for columns in got.values()) <= records_max
            for columns in got.values():
                found += zip(columns.offsets, columns.keys, columns.values, _headers(columns), strict=True)
    return found


def both(consumers: tuple[AIOKafkaConsumer, AIOKafkaConsumer]) -> tuple[Fetch, Fetch]:
    """The lean and the plain way, each on its consumer."""
    lean, plain = consumers
    return fetch_of(lean, with_headers=True, lean=True), fetch_of(plain, with_headers=True, lean=False)


def _headers(columns: Columns) -> list[Any]:
    return list(columns.headers or ())


@pytest.mark.parametrize("records_max", [1, 7, 10_000])
async def test_every_codec_gives_what_getmany_gives(
    settings: KafkaSettings, consumers: tuple[AIOKafkaConsumer, AIOKafkaConsumer], records_max: int
) -> None:
    for number, codec in enumerate(CODECS):
        await produce(settings, codec, number * 60, 60)
    lean, plain = both(consumers)
    assert (type(lean), type(plain)) == (LeanFetch, PlainFetch)
    got = await rows(lean, 299, records_max)
    assert got == await rows(plain, 299, records_max)
    assert [row[0] for row in got] == list(range(300))
    assert got[5][2] == b"", "a record without value has an empty one"
    assert got[7] == (7, b"k7", b"v7" * 7, (("h", b"7"), ("none", b"")))


async def test_aborted_records_and_markers_are_passed_over_and_offsets_keep_their_holes(
    settings: KafkaSettings, consumers: tuple[AIOKafkaConsumer, AIOKafkaConsumer]
) -> None:
    await produce(settings, "lz4", 0, 3)
    await produce_in_transaction(settings, b"aborted", abort=True)
    await produce_in_transaction(settings, b"committed", abort=False)
    await produce(settings, "lz4", 3, 3)
    lean, plain = both(consumers)
    got = await rows(lean, 9, 100)
    offsets = [row[0] for row in got]
    assert len(offsets) == 7
    assert offsets == sorted(set(offsets))
    assert [row[2] for row in got if b"ed" in row[2]] == [b"committed"]
    assert got == await rows(plain, 9, 100)


async def test_a_seek_into_the_middle_of_a_batch_begins_there(
    settings: KafkaSettings, consumers: tuple[AIOKafkaConsumer, AIOKafkaConsumer]
) -> None:
    await produce(settings, "lz4", 0, 100)
    fetch = LeanFetch(consumers[0], with_headers=True)
    assert [row[0] for row in await rows(fetch, 9, 10)] == list(range(10))
    consumers[0].seek(place(settings), 57)
    assert [row[0] for row in await rows(fetch, 99, 10)] == list(range(57, 100))
    consumers[0].seek(place(settings), 3)
    assert (await rows(fetch, 3, 1))[0][0] == 3


@pytest.mark.parametrize(("offsets", "dense"), [((0, 1, 2), True), ((0, 3, 5), False), ((1, 2), False)])
async def test_a_batch_with_holes_is_noticed(offsets: tuple[int, ...], dense: bool) -> None:
    """As compaction leaves them."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, 0, 10_000)
    for offset in offsets:
        builder.append(offset, 1, b"k", b"%d" % offset, [])
    read = _read_dense(_next_batch(TopicPartition("t", 0), _records(bytes(builder.build()))))
    assert bool(read) is dense
    if read:
        assert list(read.offsets) == [int(value) for value in read.values]


async def test_batches_with_holes_are_fetched_again_and_nothing_is_lost_or_repeated(
    settings: KafkaSettings,
    consumers: tuple[AIOKafkaConsumer, AIOKafkaConsumer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for start in range(0, 90, 30):
        await produce(settings, "lz4", start, 30)
    fetch = LeanFetch(consumers[0], with_headers=False)
    got: list[int] = []
    async with asyncio.timeout(WAIT_S):
        while len(got) < 90:
            for columns in (await fetch.fetch(7, 1.0)).values():
                got += columns.offsets
            if len(got) == 35:
                monkeypatch.setattr("banso_common.log.kafka_columns._read_dense", lambda _: False)
    assert got == list(range(90))


async def test_a_batch_whose_checksum_is_wrong_is_refused() -> None:
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, 0, 10_000)
    builder.append(0, 1, b"k", b"value", [])
    raw = bytearray(builder.build())
    assert _next_batch(TopicPartition("t", 0), _records(bytes(raw))) is not None
    raw[-3] ^= 1
    with pytest.raises(CorruptRecordException):
        _next_batch(TopicPartition("t", 0), _records(bytes(raw)))


def _records(raw: bytes) -> PartitionRecords:
    return PartitionRecords(TopicPartition("t", 0), MemoryRecords(raw), None, 0, None, None, True, READ_COMMITTED)


async def test_a_reader_that_reads_is_not_idle_to_aiokafka(settings: KafkaSettings) -> None:
    """aiokafka leaves the group for a reader that has been idle for `work_ms_max`: it must see the lean reads."""
    log = KafkaLog(settings)
    await log.start()
    reader = await log.reader(TOPIC, "g")
    ends_at = asyncio.get_running_loop().time() + 1.2
    owned = False
    while not owned or asyncio.get_running_loop().time() < ends_at:
        await reader.read(10, 50)
        now_owned = bool(await reader.end_offsets())
        assert now_owned or not owned, "the group threw a living reader out"
        owned = now_owned
    await reader.commit({0: 0})
    await reader.close()
    await log.stop()


@pytest.mark.parametrize("missing", ["version", "name"])
async def test_another_aiokafka_is_read_in_the_plain_way(
    consumers: tuple[AIOKafkaConsumer, AIOKafkaConsumer], monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    if missing == "version":
        monkeypatch.setattr(aiokafka, "__version__", "0.15.0")
        consumer: Any = consumers[0]
    else:
        consumer = SimpleNamespace(_fetcher=SimpleNamespace(_records={}))
    assert isinstance(fetch_of(consumer, with_headers=False, lean=True), PlainFetch)
