"""Both logs keep the port's promises about groups: one owner each, revoked before assigned, fencing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

import pytest

from banso_common.errors import Fenced, Unavailable
from banso_common.log.port import Log, Reader
from tests.contract.places import (
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
)

ALL = set(range(PARTITIONS))
pytestmark = pytest.mark.parametrize("place", ["embedded", "kafka"], indirect=True)  # groups know no fetch path


async def turn_until(readers: Sequence[Reader], enough: Callable[[], bool]) -> list[bytes]:
    """Let all members read, at the same time, until it is enough; what they read."""
    got: list[bytes] = []
    ends_at = time.monotonic() + WAIT_S
    while not enough():
        assert time.monotonic() < ends_at, "waited too long"
        for batches in await asyncio.gather(*(reader.read(100, 50) for reader in readers)):
            got += values(batches)
    return got


async def pair(log: Log, one: Told, two: Told) -> tuple[Reader, Reader]:
    """Two members that share the partitions, the first of which had them all before."""
    first = await log.reader(TOPIC, "g", one)
    await turn_until([first], lambda: one.owned == ALL)
    second = await log.reader(TOPIC, "g", two)
    await turn_until([first, second], lambda: len(one.owned) == len(two.owned) == PARTITIONS // 2)
    return first, second


async def test_a_member_that_joins_takes_its_share_after_all_was_given_up(log: Log) -> None:
    one, two = Told(), Told()
    await pair(log, one, two)
    assert one.owned | two.owned == ALL
    assert one.events == [
        ("assigned", tuple(sorted(ALL))),
        ("revoked", tuple(sorted(ALL))),
        ("assigned", tuple(sorted(one.owned))),
    ]
    assert two.events == [("assigned", tuple(sorted(two.owned)))]


async def test_a_member_that_leaves_hands_over_at_once_and_is_not_called_back(log: Log) -> None:
    one, two = Told(), Told()
    first, second = await pair(log, one, two)
    before = list(one.events)
    await first.close()
    await turn_until([second], lambda: two.owned == ALL)
    assert [name for name, _ in two.events] == ["assigned", "revoked", "assigned"]
    assert one.events == before


async def test_members_share_the_records_without_overlap(log: Log) -> None:
    writer = await log.writer()
    first, second = await pair(log, Told(), Told())
    await writer.write([outgoing(partition, [b"%d" % partition]) for partition in range(PARTITIONS)])
    got: list[bytes] = []
    ends_at = time.monotonic() + WAIT_S
    while len(got) < PARTITIONS and time.monotonic() < ends_at:
        for reader in (first, second):
            got += values(await reader.read(100, 50))
    assert sorted(got) == numbers(0, PARTITIONS)
    for reader in (first, second):
        assert await reader.read(100, 50) == []


async def test_groups_do_not_rebalance_each_other(log: Log) -> None:
    one, two = Told(), Told()
    first = await log.reader(TOPIC, "g", one)
    await turn_until([first], lambda: one.owned == ALL)
    second = await log.reader(TOPIC, "h", two)
    await turn_until([first, second], lambda: two.owned == ALL)
    assert [name for name, _ in one.events] == ["assigned"]


async def test_more_members_than_partitions_leaves_some_waiting(log: Log) -> None:
    told = [Told() for _ in range(PARTITIONS + 1)]
    readers = [await log.reader(TOPIC, "g", one) for one in told]
    await turn_until(readers, lambda: sorted(len(one.owned) for one in told) == [0] + [1] * PARTITIONS)
    assert sum(len(one.owned) for one in told) == len(set.union(*(one.owned for one in told))) == PARTITIONS
    (waiting,) = [number for number, one in enumerate(told) if not one.owned]
    leaving = readers.pop(waiting - 1)
    told.pop(waiting - 1)
    await leaving.close()
    await turn_until(readers, lambda: [len(one.owned) for one in told] == [1] * PARTITIONS)


async def test_what_is_finished_in_revoked_may_still_be_committed_then(log: Log) -> None:
    writer = await log.writer()
    await writer.write([outgoing(partition, numbers(0, 5)) for partition in range(PARTITIONS)])

    class Finishes(Told):
        reader: Reader | None = None

        async def revoked(self, partitions: Sequence[int]) -> None:
            assert self.reader is not None
            await self.reader.commit(dict.fromkeys(partitions, 5))
            await super().revoked(partitions)

    one, two = Finishes(), Told()
    first = await log.reader(TOPIC, "g", one)
    one.reader = first
    assert len(values(await collect(first, 5 * PARTITIONS))) == 5 * PARTITIONS
    second = await log.reader(TOPIC, "g", two)
    again = await turn_until([first, second], lambda: bool(two.owned) and len(one.events) == 3)
    again += [value for reader in (first, second) for value in values(await reader.read(100, 100))]
    assert again == []


async def test_a_member_cannot_commit_for_a_partition_that_it_lost(log: Log) -> None:
    one, two = Told(), Told()
    first, second = await pair(log, one, two)
    lost = min(two.owned)
    with pytest.raises(Fenced):
        await first.commit({lost: 1})
    await second.commit({lost: 0})
    await first.close()
    with pytest.raises(Fenced):
        await first.commit({min(one.owned): 1})


async def test_to_seek_pause_or_resume_what_was_lost_does_nothing(log: Log) -> None:
    one, two = Told(), Told()
    first, _ = await pair(log, one, two)
    lost = min(two.owned)
    first.seek(lost, 99)
    first.pause([lost])
    first.resume([lost])
    assert await first.read(10, 20) == []


async def test_an_assignee_that_cannot_take_its_share_is_asked_again(log: Log) -> None:
    class Reluctant(Told):
        async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
            await super().assigned(partitions)
            if len(self.events) == 1:
                raise Unavailable("the store is away")
            return {0: 2}

    writer = await log.writer()
    await writer.write([outgoing(0, numbers(0, 4))])
    one = Reluctant()
    reader = await log.reader(TOPIC, "g", one)
    with pytest.raises(Unavailable, match="the store is away"):
        await collect_until(reader, lambda _: False)
    assert values(await collect(reader, 2)) == numbers(2, 4)
    assert [name for name, _ in one.events] == ["assigned", "assigned"]


async def test_a_member_that_works_long_but_lives_keeps_its_partitions(log: Log, place: Place) -> None:
    """The work takes longer than the session time-out; only its heartbeat runs meanwhile."""
    one = Told()
    reader = await log.reader(TOPIC, "g", one)
    await turn_until([reader], lambda: one.owned == ALL)
    await asyncio.sleep(place.session_timeout_ms / 1_000 * 1.2)
    await reader.commit({0: 0})
    await reader.read(10, 50)
    assert [name for name, _ in one.events] == ["assigned"]


async def test_a_rebalance_waits_for_a_member_that_works(log: Log) -> None:
    one, two = Told(), Told()
    first = await log.reader(TOPIC, "g", one)
    await turn_until([first], lambda: one.owned == ALL)
    second = await log.reader(TOPIC, "g", two)
    for _ in range(3):
        assert await second.read(10, 50) == []
    assert two.events == []
    await first.commit({0: 0})
    await turn_until([first, second], lambda: bool(two.owned))
