"""The embedded log is bounded in bytes and time, waits for the slow and not for the dead."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.topics import Topic
from banso_common.errors import Full, OffsetOutOfRange
from banso_common.log.embedded import EmbeddedLimits, EmbeddedLog
from banso_common.log.embedded_file import WAL_BYTES
from banso_common.log.port import Outgoing, Reader, Writer

TOPIC = Topic.USAGE_EVENTS
KB = 2**10
Open = Callable[[EmbeddedLimits], Awaitable[EmbeddedLog]]


@pytest.fixture
async def opened(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Open]:
    """Opens the one log of this test under given limits; it is closed after the test."""
    logs: list[EmbeddedLog] = []

    async def open_(limits: EmbeddedLimits) -> EmbeddedLog:
        log = EmbeddedLog(tmp_path / "log.sqlite3", clock, limits)
        await log.start()
        logs.append(log)
        await log.create_topics(2, dict.fromkeys(Topic, 7))
        return log

    yield open_
    for log in logs:
        await log.stop()


def noise(size: int, count: int = 1, partition: int = 0) -> Outgoing:
    """Records that no compression makes smaller."""
    return Outgoing(TOPIC, [partition] * count, [None] * count, [os.urandom(size) for _ in range(count)])


async def first_offset(log: EmbeddedLog, partition: int = 0) -> int:
    page = await log.scan(TOPIC, partition, 0, 1)
    return page.next_offset - len(page)


async def drained(reader: Reader) -> int:
    """Read and commit all there is; how many records."""
    count = 0
    while batches := await reader.read(1_000, 0):
        for batch in batches:
            count += len(batch)
            await reader.commit({batch.partition: batch.next_offset})
    return count


async def fill(writer: Writer) -> int:
    """Write until the log is full; how many writes it took."""
    for number in range(1_000):
        try:
            await writer.write([noise(4 * KB)])
        except Full:
            return number
    raise AssertionError("the log never said that it is full")


async def test_a_live_group_that_reads_slowly_holds_its_records_and_writes_are_full(opened: Open) -> None:
    log = await opened(EmbeddedLimits(topic_bytes_max=100 * KB))
    slow, writer = await log.reader(TOPIC, "slow"), await log.writer()
    written = await fill(writer)
    assert 20 <= written <= 25
    assert await first_offset(log) == 0
    assert await drained(slow) == written
    await writer.write([noise(4 * KB)])
    assert await first_offset(log) > 0
    await slow.close()


async def test_at_the_byte_limit_what_every_live_group_has_read_goes_first(opened: Open) -> None:
    log = await opened(EmbeddedLimits(topic_bytes_max=100 * KB))
    quick, slow, writer = await log.reader(TOPIC, "quick"), await log.reader(TOPIC, "slow"), await log.writer()
    written = await fill(writer)
    assert await drained(quick) == written
    with pytest.raises(Full):
        await writer.write([noise(4 * KB)])
    await slow.read(1_000, 0)
    await slow.commit({0: 10})
    for _ in range(10):
        await writer.write([noise(4 * KB)])
    with pytest.raises(Full):
        await writer.write([noise(4 * KB)])
    assert await first_offset(log) == 10
    await quick.close()
    await slow.close()


async def test_a_dead_group_holds_nothing_and_finds_its_gap_when_it_returns(opened: Open) -> None:
    limits = EmbeddedLimits(topic_bytes_max=100 * KB, group_expiry_ms=200)
    log = await opened(limits)
    writer = await log.writer()
    dead = await log.reader(TOPIC, "dead")
    await writer.write([noise(4 * KB)])
    await dead.read(10, 0)
    await dead.commit({0: 1})
    await dead.close()
    written = await fill(writer)
    while written < 60:  # its group expires meanwhile
        await asyncio.sleep(0.02)
        written += await fill_some(writer)
    back = await log.reader(TOPIC, "dead")
    with pytest.raises(OffsetOutOfRange) as gap:
        await back.read(10, 0)
    assert (gap.value.wanted, gap.value.first) == (1, await first_offset(log))
    await back.close()


async def fill_some(writer: Writer) -> int:
    """At most ten writes, fewer when the log is full."""
    for number in range(10):
        try:
            await writer.write([noise(4 * KB)])
        except Full:
            return number
    return 10


async def test_a_topic_that_nobody_reads_keeps_its_newest_bytes(opened: Open) -> None:
    log = await opened(EmbeddedLimits(topic_bytes_max=100 * KB))
    writer = await log.writer()
    for _ in range(100):
        await writer.write([noise(4 * KB)])
    page = await log.scan(TOPIC, 0, 0, 1_000)
    assert page.next_offset == 100
    assert 20 <= len(page) <= 25


async def test_the_file_stays_bounded_while_many_times_its_size_passes_through(opened: Open, tmp_path: Path) -> None:
    log = await opened(EmbeddedLimits(topic_bytes_max=2**20))
    reader, writer = await log.reader(TOPIC, "g"), await log.writer()
    passing = noise(1 * KB, 500)
    for _ in range(160):
        await writer.write([passing])
        await drained(reader)
        assert (tmp_path / "log.sqlite3").stat().st_size <= 3 * 2**20
        assert (tmp_path / "log.sqlite3-wal").stat().st_size <= WAL_BYTES + 2 * 2**20
    await reader.close()


async def test_disk_that_a_flood_took_is_given_back(
    opened: Open, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("banso_common.log.embedded_file.SPARE_PAGES_MAX", 8)
    log = await opened(EmbeddedLimits())
    writer = await log.writer()
    for _ in range(20):
        await writer.write([noise(1 * KB, 500)])
    full = await _file_bytes(log, tmp_path)
    clock.move_to(clock.now() + 8 * DAY_MS)
    for _ in range(5):
        await writer.write([noise(1 * KB)])
    assert full > 9 * 2**20
    assert await _file_bytes(log, tmp_path) < 2 * 2**20


async def _file_bytes(log: EmbeddedLog, folder: Path) -> int:
    """The file's size, with what still lies in the write-ahead file moved into it."""
    await log.stop()
    await log.start()
    return (folder / "log.sqlite3").stat().st_size


async def test_records_leave_when_their_keeping_time_is_over(opened: Open, clock: ManualClock) -> None:
    log = await opened(EmbeddedLimits())
    writer = await log.writer()
    await writer.write([noise(100)])
    clock.move_to(clock.now() + 5 * DAY_MS)
    await writer.write([noise(100)])
    assert await first_offset(log) == 0
    clock.move_to(clock.now() + 3 * DAY_MS)
    await writer.write([noise(100)])
    assert await first_offset(log) == 1


async def test_a_jump_of_the_clock_takes_nothing_from_a_live_group_that_has_yet_to_read_it(
    opened: Open, clock: ManualClock
) -> None:
    """A replay moves a virtual clock over weeks while its readers are minutes behind."""
    log = await opened(EmbeddedLimits())
    reader, writer = await log.reader(TOPIC, "g"), await log.writer()
    for _ in range(10):
        await writer.write([noise(100)])
        clock.move_to(clock.now() + 10 * DAY_MS)
    assert await drained(reader) == 10
    await reader.close()


async def test_writes_are_full_before_memory_grows_without_bound(opened: Open) -> None:
    log = await opened(EmbeddedLimits(pending_bytes_max=64 * KB))
    writer = await log.writer()
    outcomes = await asyncio.gather(*(writer.write([noise(10 * KB)]) for _ in range(50)), return_exceptions=True)
    full = [outcome for outcome in outcomes if isinstance(outcome, Full)]
    assert len(full) == 44
    page = await log.scan(TOPIC, 0, 0, 100)
    assert len(page) == 50 - len(full)
