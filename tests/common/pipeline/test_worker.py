"""The one loop: what is read is applied once and in order, whatever fails on the way."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from banso_common.errors import BansoError, Fenced, SettingsError, Unavailable
from banso_common.log.port import Log
from banso_common.pipeline.halts import Halt
from banso_common.pipeline.worker import Worker
from banso_common.telemetry import metrics
from tests.common.pipeline.given import TOPIC, ListHandler, Script, Stateless, records, worked


def script(partitions: int = 2) -> Script:
    return Script({p: records(p) for p in range(partitions)})


def halted(partition: int) -> float:
    value = metrics.REGISTRY.get_sample_value(
        "banso_partition_halted", {"service": "scoring", "partition": str(partition)}
    )
    assert value is not None
    return value


def standing(worker: Worker[Any]) -> str | None:
    """Which partitions stand still, as the readiness probe tells it."""
    return worker.readiness()["scoring.partitions"]


async def test_everything_is_stored_in_order_and_told_to_the_log() -> None:
    told, handler = script(), ListHandler()
    await worked(told, handler)
    assert handler.stored == told.records
    assert told.readers[-1].committed == {0: 20, 1: 20}
    assert told.readers[-1].closed
    assert handler.memory == {}, "what is given up is forgotten"


@pytest.mark.parametrize("fault", [Unavailable("away"), Fenced("taken")])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_commit_that_fails_is_done_again_from_what_the_store_says(fault: BansoError, times: int) -> None:
    told, handler = script(), ListHandler()
    told.events[3] = lambda _: handler.faults.extend([fault] * times)
    await worked(told, handler)
    assert handler.stored == told.records
    assert handler.loads > 1
    assert len(told.readers) == (times + 1 if isinstance(fault, Fenced) else 1), "who is fenced leaves the group"


async def test_a_log_that_is_away_is_asked_again() -> None:
    told, handler = script(), ListHandler()

    def away(_: object) -> None:
        raise Unavailable("no broker")

    told.events |= {2: away, 3: away, 5: away}
    await worked(told, handler)
    assert handler.stored == told.records


async def test_work_beside_the_loop_that_failed_makes_it_start_over_once() -> None:
    told, handler = script(), ListHandler()
    failed: list[Worker[Any]] = []

    def until(worker: Worker[Any]) -> bool:
        if not failed and told.reads > 1:
            failed.append(worker)
            worker.fail(Unavailable("the sweep failed"))
        return handler.stored == told.records and handler.loads > 1

    worker = await worked(told, handler, until=until)
    assert handler.loads == 2
    assert worker.away is None


async def test_a_fault_that_no_retry_mends_ends_the_loop() -> None:
    told, handler = script(), ListHandler()
    handler.faults.append(SettingsError("no tables"))
    with pytest.raises(SettingsError):
        await worked(told, handler)


async def test_what_was_read_before_partitions_were_lost_is_dropped() -> None:
    told, handler = script(), ListHandler()
    for read in (2, 4, 7):
        told.events[read] = lambda reader: reader.rebalance([0, 1])
    await worked(told, handler)
    assert handler.stored == told.records


async def test_partitions_that_went_to_another_member_are_forgotten() -> None:
    told, handler = script(), ListHandler()
    told.events[2] = lambda reader: reader.rebalance([1])
    worker = await worked(told, handler, until=lambda _: handler.stored.get(1) == told.records[1])
    assert len(handler.stored[0]) < 20
    assert worker._owned == set()
    assert set(told.readers[-1].committed) <= {0, 1}


async def test_a_store_that_is_away_while_partitions_go_keeps_nothing_of_them() -> None:
    told, handler = script(), ListHandler()

    async def lose(reader: object) -> None:
        handler.away_while_revoked = True
        await reader.rebalance([1])  # type: ignore[attr-defined]

    told.events[2] = lose
    await worked(told, handler, until=lambda _: handler.stored.get(1) == told.records[1])
    assert 0 not in handler.memory, "a partition that is another's must not be taken again"


async def test_a_partition_that_must_halt_waits_while_the_others_go_on_and_is_tried_again() -> None:
    told, handler = script(), ListHandler()
    handler.halts[b"0:7"] = Halt(0, "too many are unreadable", retry_after_ms=1)
    seen: list[float] = []

    def until(worker: Worker[Any]) -> bool:
        if standing(worker) and handler.stored.get(1) == told.records[1] and b"0:7" in handler.halts:
            seen.append(halted(0))
            assert "too many" in str(standing(worker))
            handler.halts.clear()
        return handler.stored == told.records

    await worked(told, handler, until=until)
    assert seen == [1.0]
    assert halted(0) == 0.0


async def test_a_gap_halts_its_partition_with_an_alarm_and_loses_nothing_of_the_others() -> None:
    told, handler = script(3), ListHandler()
    told.gone_below[1] = 100
    worker = await worked(told, handler, until=lambda _: all(handler.stored.get(p) == told.records[p] for p in (0, 2)))
    assert handler.stored[1] == []
    assert halted(1) == 0.0, "given up with the partition"
    assert standing(worker) is None


async def test_a_gap_is_an_alarm_until_somebody_acts_also_after_starting_over() -> None:
    told, handler = script(2), ListHandler()
    told.gone_below[1] = 100
    alarms: list[float] = []

    def until(worker: Worker[Any]) -> bool:
        if handler.stored.get(0) == told.records[0] and not alarms and standing(worker):
            alarms.append(halted(1))
            assert "records are gone" in str(standing(worker))
            worker.fail(Unavailable("the sweep failed"))
        return len(alarms) == 1 and handler.loads == 2 and standing(worker) is not None

    await worked(told, handler, until=until)
    assert alarms == [1.0]


async def test_a_halted_partition_is_read_again_after_starting_over() -> None:
    told, handler = script(2), ListHandler()
    handler.halts[b"0:7"] = Halt(0, "the circuit is open")

    def until(worker: Worker[Any]) -> bool:
        if standing(worker) and handler.halts:
            handler.halts.clear()
            worker.fail(Unavailable("the sweep failed"))
        return handler.stored == told.records

    await asyncio.wait_for(worked(told, handler, until=until), 20)
    assert handler.stored == told.records


async def test_who_lost_the_group_starts_over_when_the_log_says_so() -> None:
    told, handler = script(), ListHandler()

    def lose(reader: object) -> None:
        reader.fenced = True  # type: ignore[attr-defined]

    told.events[3] = lose
    worker = await worked(told, handler)
    assert handler.stored == told.records
    assert standing(worker) is None


async def test_a_partition_of_which_nothing_new_comes_is_caught_up_where_the_log_let_us_begin() -> None:
    """A stateless service knows nothing of it after a restart: the log's own position counts."""
    told, handler = script(), Stateless()
    for partition in told.records:
        told.begins[partition] = len(told.records[partition])
    worker = Worker(cast(Log, told), TOPIC, "ingest", handler)
    task = asyncio.create_task(worker.run())
    while told.reads < 3:  # noqa: ASYNC110 -- a script tells nobody that it was read
        await asyncio.sleep(0)
    assert await worker.caught_up()
    await worker.stop()
    await task
    assert not handler.stored[0], "nothing was read again"


async def test_caught_up_means_that_all_that_the_log_holds_is_applied() -> None:
    told, handler = script(), ListHandler()
    answers: list[bool] = []
    worker = Worker(cast(Log, told), TOPIC, "scoring", handler)
    assert not await worker.caught_up()
    task = asyncio.create_task(worker.run())
    while not answers or not answers[-1]:
        answers.append(await worker.caught_up())
        assert answers[-1] == (handler.stored == told.records)
        await asyncio.sleep(0)
    await worker.stop()
    await task
