"""Both logs are loud about records that are gone: nothing is skipped until somebody decides."""

from __future__ import annotations

import pytest

from banso_common.errors import OffsetOutOfRange
from banso_common.log.port import Log
from tests.contract.places import TOPIC, Place, Told, collect, collect_until, numbers, outgoing, values, write


async def test_a_gap_is_loud_until_somebody_decides(log: Log, place: Place) -> None:
    await write(log, outgoing(0, numbers(0, 10)))
    reader = await log.reader(TOPIC, "g")
    await collect(reader, 10)
    await reader.commit({0: 4})
    await reader.close()
    await place.lose(log, 0, 10)
    reader = await log.reader(TOPIC, "g")
    for _ in range(2):
        with pytest.raises(OffsetOutOfRange) as gap:
            await collect_until(reader, lambda _: False)
        assert (gap.value.topic, gap.value.partition, gap.value.wanted, gap.value.first) == (TOPIC, 0, 4, 10)


async def test_other_partitions_go_on_when_the_one_with_a_gap_is_paused(log: Log, place: Place) -> None:
    await write(log, outgoing(0, numbers(0, 10)))
    reader = await log.reader(TOPIC, "g")
    await collect(reader, 10)
    await reader.commit({0: 4})
    await reader.close()
    await place.lose(log, 0, 10)
    reader = await log.reader(TOPIC, "g")
    with pytest.raises(OffsetOutOfRange) as gap:
        await collect_until(reader, lambda _: False)
    reader.pause([0])
    await write(log, outgoing(1, numbers(0, 3)))
    assert values(await collect(reader, 3), 1) == numbers(0, 3)
    reader.seek(0, gap.value.first)
    reader.resume([0])
    await write(log, outgoing(0, [b"newest"]))
    assert values(await collect_until(reader, lambda got: b"newest" in values(got)), 0)[-1] == b"newest"


async def test_an_offset_beyond_the_end_is_a_gap_too(log: Log) -> None:
    await write(log, outgoing(0, numbers(0, 3)))
    reader = await log.reader(TOPIC, "g", Told(offsets={0: 50}))
    with pytest.raises(OffsetOutOfRange) as gap:
        await collect_until(reader, lambda _: False)
    assert (gap.value.wanted, gap.value.first) == (50, 0)
