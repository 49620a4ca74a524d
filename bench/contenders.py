"""Who is measured: each reads one topic to its end and says how long that took, wall and CPU.

Run as a process of its own on one core: `python -m bench.contenders NAME BOOTSTRAP PREFIX EVENTS [URL]`.
The clock starts when the member owns its partitions, so that joining a group counts for nobody.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import REGISTRY
from pydantic import BaseModel
from sqlalchemy import text

from banso_common.clock import DAY_MS, SystemClock
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import transaction
from banso_common.log.kafka import KafkaLog
from banso_scoring.model.load import default_model
from banso_scoring.service import PACKAGE, ScoringService
from banso_scoring.settings import ScoringSettings
from bench.streams import PARTITIONS

MAX_RECORDS = 10_000
POLL_S = 0.005
WAIT_S_MAX = 300
CORE = int(os.environ.get("BENCH_CORE", "0"))


@dataclass(frozen=True, slots=True)
class Task:
    """What to read and where to keep what comes of it."""

    bootstrap: str
    prefix: str
    events: int
    url: str


class Timer:
    """Wall and CPU time of this process since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def result(self, events: int) -> dict[str, float]:
        """Nanoseconds an event."""
        return {
            "wall_ns": (time.perf_counter() - self._wall) / events * 1e9,
            "cpu_ns": (time.process_time() - self._cpu) / events * 1e9,
        }


async def raw(task: Task) -> dict[str, float]:
    """aiokafka's getmany, nothing done with the records."""
    consumer = AIOKafkaConsumer(bootstrap_servers=task.bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(task.prefix + Topic.ACCOUNT_ACTIVITY, p) for p in range(PARTITIONS)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        timer, count = Timer(), 0
        while count < task.events:
            found = await consumer.getmany(timeout_ms=200, max_records=MAX_RECORDS)
            count += sum(len(records) for records in found.values())
        return timer.result(count)
    finally:
        await consumer.stop()


async def path(task: Task) -> dict[str, float]:
    """Scoring as a user runs it: dedupe, facts, health, phases, signals, offsets, its relay and its sweep.

    The time ends when every record is applied and a whole sweep over all accounts has been stored.
    """
    settings = ScoringSettings(scoring_database_url=task.url)
    engine = connect(task.url)
    await upgrade(engine, PACKAGE)
    await engine.dispose()
    log = KafkaLog(task.bootstrap, task.prefix)
    await log.start()
    service = ScoringService(settings, default_model(), log, SystemClock())
    await service.start()
    await _until(service, lambda: _owns_all(service))
    timer = Timer()
    await _until(service, lambda: _applied(task.events))
    await service.sweep.tick(force=True)
    result = timer.result(task.events)
    engine = connect(task.url)
    async with transaction(engine) as tx:
        row = (await tx.execute(text("SELECT sum(received), sum(applied) FROM lane"))).one()
    await engine.dispose()
    if (row[0], row[1]) != (task.events, task.events):
        raise RuntimeError(f"of {task.events} events {row[0]} were received and {row[1]} applied")
    await service.stop()
    await log.stop()
    return result


async def _owns_all(service: ScoringService) -> bool:
    return len(service.member.lanes()) == PARTITIONS


async def _applied(events: int) -> bool:
    """Whether so many events are stored. The log is not asked how far it reaches: behind a fetch that waits for
    more records, the answer comes half a second late."""
    return (REGISTRY.get_sample_value("banso_scoring_events_total", {"result": "applied"}) or 0) >= events


async def _until(service: ScoringService, holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait, a bounded time and not for a service that has failed."""
    ends_at = time.monotonic() + WAIT_S_MAX
    while not await holds():
        if service.readiness()["scoring.tasks"] is not None or time.monotonic() > ends_at:
            raise RuntimeError(f"scoring did not get on: {service.readiness()}")
        await asyncio.sleep(POLL_S)


Contender = Callable[[Task], Coroutine[Any, Any, dict[str, float]]]


class NaiveEvent(BaseModel):
    """The event as a typical service reads it."""

    id: str
    source: str
    account: str
    name: str
    occurred_at: int
    user: str | None = None


UPSERT = text(
    "INSERT INTO naive_usage (account, day, name, n) VALUES (:account, :day, :name, 1) "
    "ON CONFLICT (account, day, name) DO UPDATE SET n = naive_usage.n + 1"
)


async def naive(task: Task) -> dict[str, float]:
    """pydantic, and one upsert and one commit an event: no dedupe, no health, no offsets with the state."""
    engine = connect(task.url)
    async with transaction(engine) as tx:
        await tx.execute(
            text("CREATE TABLE naive_usage (account TEXT, day INT, name TEXT, n INT, PRIMARY KEY (account, day, name))")
        )
    consumer = AIOKafkaConsumer(bootstrap_servers=task.bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(task.prefix + Topic.ACCOUNT_ACTIVITY, p) for p in range(PARTITIONS)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        timer, count = Timer(), 0
        while count < task.events:
            record = await consumer.getone()
            event = NaiveEvent.model_validate_json(record.value)
            values = {"account": event.account, "day": event.occurred_at // DAY_MS, "name": event.name}
            async with transaction(engine) as tx:
                await tx.execute(UPSERT, values)
            count += 1
        return timer.result(count)
    finally:
        await consumer.stop()
        await engine.dispose()


CONTENDERS: dict[str, Contender] = {
    "raw": raw,
    "path": path,
    "naive": naive,
}


def main() -> None:
    """Run one contender on its core and print its times."""
    os.sched_setaffinity(0, {CORE})
    name, bootstrap, prefix, events, *url = sys.argv[1:]
    task = Task(bootstrap, prefix, int(events), url[0] if url else "")
    print(json.dumps(asyncio.run(CONTENDERS[name](task))))


if __name__ == "__main__":
    main()
