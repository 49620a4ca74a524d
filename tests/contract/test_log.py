"""Both logs keep the port's promises about records: order, durability, offsets, headers, gaps."""

from __future__ import annotations

import asyncio
import os

import pytest

from banso_common.contracts.topics import Topic
from banso_common.errors import Full, SettingsError, TooLarge
from banso_common.log.columns import RECORD_BYTES_MAX
from banso_common.log.port import BEGINNING, Log, Outgoing, Reader
from tests.contract.places import (
    KEEP,
    PARTITIONS,
    TOPIC,
    WAIT_S,
    Place,
    Told,
    collect,
    collect_until,
    numbers,
    outgoing,
    values,
    write,
)


async def settled(log: Log) -> Reader:
    """A reader that has its share."""
    told = Told()
    reader = await log.reader(TOPIC, "g", told)
    await collect_until(reader, lambda _: bool(told.owned))
    return reader


async def test_records_of_a_partition_are_read_in_the_order_in_which_they_were_written(log: Log) -> None:
    writer = await log.writer()
    for start in range(0, 1_000, 100):
        rows = range(start, start + 100)
        await writer.write(
            [Outgoing(TOPIC, [r % 3 for r in rows], [b"k%d" % r for r in rows], numbers(start, start + 100))]
        )
    reader = await log.reader(TOPIC, "g")
    got = await collect(reader, 1_000, records_max=70)
    assert all(len(batch) <= 70 for batch in got)
    for partition in range(3):
        assert values(got, partition) == numbers(0, 1_000)[partition::3]
        mine = [batch for batch in got if batch.partition == partition]
        offsets = [offset for batch in mine for offset in batch.offsets]
        assert offsets == sorted(set(offsets))
        assert [key for batch in mine for key in batch.keys] == [b"k" + value for value in values(mine)]
        assert all(batch.next_offset == batch.offsets[-1] + 1 for batch in mine)


async def test_a_write_to_several_topics_and_partitions_arrives_in_each(log: Log) -> None:
    await write(log, outgoing(0, [b"a"]), outgoing(3, [b"b"], Topic.ACCOUNT_SIGNALS), outgoing(2, [b"c"]))
    assert [list((await log.scan(TOPIC, partition, 0, 10)).values) for partition in range(PARTITIONS)] == [
        [b"a"],
        [],
        [b"c"],
        [],
    ]
    assert list((await log.scan(Topic.ACCOUNT_SIGNALS, 3, 0, 10)).values) == [b"b"]


async def test_writes_at_the_same_time_keep_each_writers_order(log: Log) -> None:
    writer = await log.writer()

    async def hand(name: bytes) -> None:
        for number in range(20):
            await writer.write([outgoing(1, [b"%s%d" % (name, number)])])

    await asyncio.gather(*(hand(name) for name in (b"a", b"b", b"c", b"d")))
    got = list((await log.scan(TOPIC, 1, 0, 100)).values)
    for name in (b"a", b"b", b"c", b"d"):
        assert [value for value in got if value.startswith(name)] == [b"%s%d" % (name, n) for n in range(20)]


async def test_writes_are_full_before_memory_grows_without_bound_and_what_is_full_is_not_written(place: Place) -> None:
    place.bound_pending(100_000)
    log = await place.log()
    writer = await log.writer()
    rows = [b"%d" % number + os.urandom(20_000) for number in range(20)]
    outcomes = await asyncio.gather(*(writer.write([outgoing(0, [row])]) for row in rows), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Full, type(None)}
    taken = [row for row, outcome in zip(rows, outcomes, strict=True) if outcome is None]
    assert 1 <= len(taken) <= 5
    assert list((await log.scan(TOPIC, 0, 0, 100)).values) == taken
    await writer.write([outgoing(0, [b"x" * 200_000])])


async def test_an_empty_write_is_no_fault(log: Log) -> None:
    await write(log)
    await write(log, outgoing(0, []))
    assert len(await log.scan(TOPIC, 0, 0, 10)) == 0


async def test_a_record_as_large_as_the_limit_passes_and_a_larger_one_is_refused(log: Log) -> None:
    await write(log, outgoing(0, [b"x", b"\0" * RECORD_BYTES_MAX, b"y"]))
    with pytest.raises(TooLarge):
        await write(log, outgoing(0, [b"\0" * (RECORD_BYTES_MAX + 1)]))
    reader = await log.reader(TOPIC, "g")
    assert [len(value) for value in values(await collect(reader, 3))] == [1, RECORD_BYTES_MAX, 1]


async def test_a_topic_or_partition_that_is_not_there_is_named(log: Log) -> None:
    with pytest.raises(SettingsError, match=TOPIC):
        await write(log, outgoing(PARTITIONS, [b"x"]))
    with pytest.raises(SettingsError, match=TOPIC):
        await log.scan(TOPIC, PARTITIONS, 0, 1)


async def test_a_missing_topic_is_named(place: Place) -> None:
    log = place.connect()
    await log.start()
    with pytest.raises(SettingsError, match=TOPIC):
        await log.partitions(TOPIC)
    with pytest.raises(SettingsError, match=TOPIC):
        await log.reader(TOPIC, "g")
    await log.stop()


async def test_topics_that_exist_are_left_as_they_are(log: Log) -> None:
    await write(log, outgoing(0, [b"x"]))
    await log.create_topics(PARTITIONS + 5, KEEP)
    assert await log.partitions(TOPIC) == PARTITIONS
    assert list((await log.scan(TOPIC, 0, 0, 10)).values) == [b"x"]


async def test_headers_are_read_when_asked_for(log: Log) -> None:
    headers = [(("a", b"1"), ("a", b"2")), (), (("x", b"\xff"),)]
    await write(log, Outgoing(TOPIC, [0, 0, 0], [None, b"", b"k"], [b"x", b"", b"z"], headers))
    with_them = await log.reader(TOPIC, "g", with_headers=True)
    (batch,) = await collect(with_them, 3)
    assert list(batch.headers or ()) == headers
    assert list(batch.keys) == [None, b"", b"k"]
    assert list(batch.values) == [b"x", b"", b"z"]
    await with_them.close()
    without = await log.reader(TOPIC, "h")
    (batch,) = await collect(without, 3)
    assert batch.headers is None


async def test_a_scan_reads_outside_of_any_group_with_headers(log: Log) -> None:
    await write(log, Outgoing(TOPIC, [0] * 9, [None] * 9, numbers(0, 9), [(("n", b"1"),)] * 9))
    page = await log.scan(TOPIC, 0, 0, 4)
    assert (list(page.values), page.next_offset, page.end_offset) == (numbers(0, 4), 4, 9)
    assert list(page.headers or ()) == [(("n", b"1"),)] * 4
    page = await log.scan(TOPIC, 0, page.next_offset, 100)
    assert (list(page.values), page.next_offset) == (numbers(4, 9), 9)
    assert len(await log.scan(TOPIC, 0, page.next_offset, 100)) == 0


async def test_groups_read_independently_and_each_goes_on_where_it_committed(log: Log) -> None:
    await write(log, outgoing(0, numbers(0, 10)))
    first = await log.reader(TOPIC, "g")
    assert values(await collect(first, 10)) == numbers(0, 10)
    await first.commit({0: 7})
    await first.close()
    again = await log.reader(TOPIC, "g")
    assert values(await collect(again, 3)) == numbers(7, 10)
    await again.close()
    other = await log.reader(TOPIC, "h")
    assert values(await collect(other, 10)) == numbers(0, 10)


async def test_what_was_read_but_not_committed_is_read_again(log: Log) -> None:
    await write(log, outgoing(0, numbers(0, 5)))
    for _ in range(2):
        reader = await log.reader(TOPIC, "g")
        assert values(await collect(reader, 5)) == numbers(0, 5)
        await reader.close()


async def test_the_assignee_says_where_to_go_on_before_the_groups_own_offset(log: Log) -> None:
    await write(log, outgoing(0, numbers(0, 10)), outgoing(1, numbers(0, 10)))
    reader = await log.reader(TOPIC, "g")
    await collect(reader, 20)
    await reader.commit({0: 2, 1: 4})
    await reader.close()
    told = Told(offsets={0: 8})
    reader = await log.reader(TOPIC, "g", told)
    got = await collect(reader, 8)
    assert values(got, 0) == numbers(8, 10)
    assert values(got, 1) == numbers(4, 10)
    assert told.events == [("assigned", tuple(range(PARTITIONS)))]


async def test_an_assignee_that_knows_nothing_begins_with_the_log_whatever_its_group_committed(
    log: Log,
) -> None:
    await write(log, outgoing(0, numbers(0, 10)))
    reader = await log.reader(TOPIC, "g")
    await collect(reader, 10)
    await reader.commit({0: 7})
    await reader.close()
    reader = await log.reader(TOPIC, "g", Told(offsets={0: BEGINNING}))
    assert values(await collect(reader, 10), 0) == numbers(0, 10)


async def test_lag_is_known_from_a_batch_and_from_the_end_offsets(log: Log) -> None:
    await write(log, outgoing(2, numbers(0, 10)))
    reader = await log.reader(TOPIC, "g")
    (batch,) = await collect(reader, 4, records_max=4)
    assert (batch.next_offset, batch.end_offset) == (4, 10)
    await write(log, outgoing(2, numbers(10, 15)))
    assert await reader.end_offsets() == {0: 0, 1: 0, 2: 15, 3: 0}


async def test_positions_say_where_the_next_read_goes_on(log: Log) -> None:
    await write(log, outgoing(0, numbers(0, 3)), outgoing(2, numbers(0, 10)))
    reader = await log.reader(TOPIC, "g")
    await collect(reader, 13)
    await reader.commit({0: 3, 2: 8})
    await reader.close()
    reader = await log.reader(TOPIC, "g", Told(offsets={3: 0}))
    await collect(reader, 2)
    assert await reader.positions() == {0: 3, 1: 0, 2: 10, 3: 0}
    reader.seek(2, 4)
    assert (await reader.positions())[2] == 4


async def test_seek_reads_again_from_there(log: Log) -> None:
    await write(log, outgoing(0, numbers(0, 10)))
    reader = await log.reader(TOPIC, "g")
    await collect(reader, 4, records_max=4)
    reader.seek(0, 1)
    assert values(await collect(reader, 9)) == numbers(1, 10)
    reader.seek(0, 9)
    assert values(await collect(reader, 1)) == numbers(9, 10)


async def test_a_paused_partition_waits_while_others_are_read(log: Log) -> None:
    reader = await settled(log)
    reader.pause([0])
    await write(log, outgoing(0, numbers(0, 3)), outgoing(1, numbers(0, 3)))
    got = await collect(reader, 3)
    got += await reader.read(100, 300)
    assert values(got) == values(got, 1) == numbers(0, 3)
    reader.resume([0])
    assert values(await collect(reader, 3), 0) == numbers(0, 3)


async def test_pausing_in_the_middle_loses_and_repeats_nothing(log: Log) -> None:
    await write(log, outgoing(0, numbers(0, 10)))
    reader = await log.reader(TOPIC, "g")
    got = await collect(reader, 4, records_max=4)
    reader.pause([0])
    assert await reader.read(100, 50) == []
    reader.resume([0])
    got += await collect(reader, 6)
    assert values(got) == numbers(0, 10)


async def test_a_waiting_read_returns_when_something_is_written(log: Log) -> None:
    reader = await settled(log)
    waiting = asyncio.create_task(reader.read(10, int(WAIT_S * 1_000)))
    await asyncio.sleep(0)
    await write(log, outgoing(0, [b"x"]))
    async with asyncio.timeout(WAIT_S / 2):
        assert values(await waiting) == [b"x"]


async def test_a_read_without_records_ends_in_its_time(log: Log) -> None:
    reader = await settled(log)
    async with asyncio.timeout(5):
        assert await reader.read(10, 20) == []


async def test_a_cancelled_read_loses_nothing(log: Log) -> None:
    reader = await settled(log)
    writer = await log.writer()
    got: list[bytes] = []
    for number in range(30):
        reading = asyncio.create_task(reader.read(10, 1_000))
        await asyncio.sleep(0.002 * (number % 3))
        await writer.write([outgoing(0, [b"%d" % number])])
        reading.cancel()
        try:
            got += values(await reading)
        except asyncio.CancelledError:
            continue
    got += values(await collect(reader, 30 - len(got))) if len(got) < 30 else []
    assert got == numbers(0, 30)
