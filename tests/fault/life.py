"""One life of a scoring member: the real service over a real log and store, until all is applied or it is killed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from banso_common import failpoints
from banso_common.clock import ManualClock, SystemClock
from banso_common.contracts.topics import KEEP_DAYS, Topic
from banso_common.db import engine
from banso_common.db.outbox import waiting
from banso_common.db.transaction import reading
from banso_common.errors import Unavailable
from banso_common.log.embedded import EmbeddedLimits, EmbeddedLog
from banso_common.log.kafka import KafkaLog, KafkaSettings
from banso_common.log.port import Log, Outgoing
from banso_common.pipeline import relay
from banso_common.pipeline.worker import WorkerLimits
from banso_scoring import tables as t
from banso_scoring.service import ScoringService
from banso_scoring.settings import ScoringSettings
from tests.fault.stream import PARTITIONS, Day
from tests.scoring.domain.builders import small_model

MODEL = small_model()
RECORDS_AT_ONCE = 24
SESSION_MS = 6_000
"""Of a Kafka member; a broker allows no less."""
IDLE_IN_TRANSACTION_MS = 5_000
"""Longer than a busy machine lets a member wait between two statements."""
KEPT_DAYS = 10_000
"""Of the outbox: the verdict reads all that was ever said, and a long run lives through more than a month."""


class Place(msgspec.Struct, frozen=True):
    """Where a member works: its store, and its log: a file, or a broker with the prefix of our topics."""

    store: str
    file: str = ""
    bootstrap: str = ""
    prefix: str = ""

    def log(self) -> Log:
        """A connection to the log."""
        if self.file:
            return EmbeddedLog(Path(self.file), SystemClock(), EmbeddedLimits(poll_ms=10))
        return KafkaLog(KafkaSettings(self.bootstrap, self.prefix, session_timeout_ms=SESSION_MS, heartbeat_ms=500))


class Life(msgspec.Struct, frozen=True):
    """A life to be lived: where, on which instant, and what is to happen in it."""

    place: Place
    now: int
    failpoint: str = ""
    kill_after_ms: int | None = None
    until_drained: bool = True
    listens_ms: int = 0
    """How long it listens after all is applied, before it is drained: the clock goes on by that."""


async def make_topics(log: Log) -> None:
    """The topics, as a fresh installation makes them."""
    await log.create_topics(PARTITIONS, KEEP_DAYS)


async def write(log: Log, day: Day) -> None:
    """Write a day's records to the log."""
    writer = await log.writer()
    for partition in range(PARTITIONS):
        values = [raw for at, raw in day if at == partition]
        await writer.write([Outgoing(Topic.ACCOUNT_ACTIVITY, [partition] * len(values), [None] * len(values), values)])
    await writer.close()


async def live(life: Life) -> None:
    """Serve; ends when all is applied and told, or never."""
    failpoints._armed = failpoints._Armed(life.failpoint)
    engine.IDLE_IN_TRANSACTION_MS = IDLE_IN_TRANSACTION_MS
    relay.KEEP_DAYS = KEPT_DAYS
    clock = ManualClock(life.now)
    log = life.place.log()
    await log.start()
    settings = ScoringSettings(scoring_database_url=life.place.store)
    service = ScoringService(settings, MODEL, log, clock)
    service.worker.limits = WorkerLimits(RECORDS_AT_ONCE, wait_ms_max=20, gather_ms_max=5)
    await service.start()
    while not (life.until_drained and await _drained(service) and _listened(life, clock)):
        await asyncio.sleep(0.005)
        if failed := service.readiness()["scoring.tasks"]:
            raise RuntimeError(failed)
    await service.stop()
    await log.stop()


def _listened(life: Life, clock: ManualClock) -> bool:
    """Whether it has listened for long enough; else the time has come, and it looks once more."""
    if clock.now() >= life.now + life.listens_ms:
        return True
    clock.move_to(life.now + life.listens_ms)
    return False


async def _drained(service: ScoringService) -> bool:
    """Whether all is applied, swept and told."""
    try:
        if len(service.member.lanes()) < PARTITIONS or not await service.worker.caught_up():
            return False
        await service.sweep.tick(force=True)
        async with reading(service.engine) as tx:
            return not await waiting(tx, t.outbox, range(PARTITIONS), 1)
    except Unavailable:
        return False
