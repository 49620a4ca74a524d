"""A broker that goes away: Kafka's side of the promise is `Unavailable`, and to go on by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from banso_common.errors import SettingsError, Unavailable
from banso_common.log.kafka import KafkaLog, KafkaSettings
from deploy.local.kafka import KafkaServer
from tests.contract.places import (
    PARTITIONS,
    TOPIC,
    WAIT_S,
    KafkaPlace,
    Told,
    collect,
    collect_until,
    numbers,
    outgoing,
    values,
)


@pytest.fixture
async def place(kafka_server: KafkaServer) -> AsyncIterator[KafkaPlace]:
    """A place on the broker that we may kill; whatever the test does, it runs again afterwards."""
    place = KafkaPlace(kafka_server.bootstrap)
    place.settings = replace(place.settings, request_timeout_ms=2_000, away_ms=1_000)
    yield place
    await asyncio.to_thread(kafka_server.start)
    await place.close()


async def until_it_works(attempt: Callable[[], Awaitable[None]]) -> None:
    """Try as a service would, until it is no longer Unavailable."""
    ends_at = time.monotonic() + WAIT_S
    while True:
        try:
            return await attempt()
        except Unavailable:
            assert time.monotonic() < ends_at, "the broker is back, the log is not"
            await asyncio.sleep(0.1)


async def test_readers_and_writers_say_that_the_broker_is_away_and_go_on_when_it_is_back(
    place: KafkaPlace, kafka_server: KafkaServer
) -> None:
    log = await place.log()
    writer, reader = await log.writer(), await log.reader(TOPIC, "g", Told())
    await writer.write([outgoing(0, numbers(0, 5))])
    got = values(await collect(reader, 5))
    await reader.commit({0: 5})
    await asyncio.to_thread(kafka_server.kill)
    with pytest.raises(Unavailable):
        await writer.write([outgoing(0, [b"may be written twice"])])
    for attempt in (reader.commit({0: 5}), collect_until(reader, lambda _: False)):
        with pytest.raises(Unavailable):
            await attempt
        reader.resume(range(PARTITIONS))  # as a loop does that starts over
        with pytest.raises(Unavailable):  # still: else the loop would say that it works, for as long as away_ms
            await reader.read(10, 50)
    with pytest.raises(Unavailable):
        await log.partitions(TOPIC)
    await asyncio.to_thread(kafka_server.start)
    await until_it_works(lambda: writer.write([outgoing(0, numbers(5, 10))]))

    async def read_on() -> None:
        got.extend(values(await collect_until(reader, lambda batches: b"9" in values(batches))))

    await until_it_works(read_on)
    assert [value for value in got if value != b"may be written twice"] == numbers(0, 10)

    async def commit() -> None:
        await collect_until(reader, lambda _: True)
        await reader.commit({0: 10})

    await until_it_works(commit)


async def test_a_restart_under_load_loses_nothing_that_was_written(
    place: KafkaPlace, kafka_server: KafkaServer
) -> None:
    log = await place.log()
    writer = await log.writer()
    written: list[bytes] = []

    async def write_one() -> None:
        await writer.write([outgoing(0, [b"%d" % len(written)])])
        written.append(b"%d" % len(written))

    restarting = None
    while len(written) < 400 or not (restarting and restarting.done()):
        await until_it_works(write_one)
        if len(written) == 50:
            restarting = asyncio.create_task(asyncio.to_thread(kafka_server.restart))
    for _ in range(50):
        await until_it_works(write_one)
    page = await log.scan(TOPIC, 0, 0, 10**6)
    assert list(dict.fromkeys(page.values)) == written
    assert len(page) <= len(written) + 5, "only what was in doubt may be there twice"


async def test_a_broker_that_never_answered_is_away_and_a_wrong_address_is_a_wrong_setting() -> None:
    with pytest.raises(Unavailable):
        await KafkaLog(KafkaSettings("127.0.0.1:1", request_timeout_ms=1_000)).start()
    with pytest.raises(SettingsError, match="no-port"):
        await KafkaLog("127.0.0.1:no-port").start()


async def test_a_log_that_is_not_started_is_away() -> None:
    with pytest.raises(Unavailable):
        await KafkaLog("127.0.0.1:1").partitions(TOPIC)
