"""Promise 8, gaps are loud: records that went unread stop their partition with an alarm, and the others go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from banso_common.clock import ManualClock
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import reading, transaction
from banso_common.log.port import Log
from banso_common.pipeline.gaps import AcceptedGap, Gap, accept, find
from banso_common.telemetry import metrics
from banso_scoring import tables as t
from banso_scoring.api.conservation import conservation
from banso_scoring.service import ScoringService
from banso_scoring.settings import ScoringSettings
from tests.conftest import START_AT
from tests.contract.places import EmbeddedPlace, KafkaPlace, Place, outgoing
from tests.fault.life import MODEL
from tests.scoring.promises.streams import event

WAIT_S = 60.0
GAP, WHOLE = 0, 2


@pytest.fixture(params=["embedded", "kafka"])
async def place(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Place]:
    """A fresh home for a log."""
    embedded = request.param == "embedded"
    chosen: Place = (
        EmbeddedPlace(tmp_path / "log", clock) if embedded else KafkaPlace(request.getfixturevalue("kafka_bootstrap"))
    )
    yield chosen
    await chosen.close()


@asynccontextmanager
async def serving(log: Log, url: str, clock: ManualClock) -> AsyncIterator[ScoringService]:
    """The service at work."""
    service = ScoringService(ScoringSettings(scoring_database_url=url), MODEL, log, clock)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


async def write(log: Log, partition: int, *numbers: int) -> None:
    writer = await log.writer()
    await writer.write([outgoing(partition, [encode(event(n, f"of-{partition}", "act", START_AT)) for n in numbers])])


async def reaches(service: ScoringService, partition: int, offset: int) -> None:
    """Wait until the checkpoint of a partition is there."""
    deadline = time.monotonic() + WAIT_S
    query = select(t.checkpoint.c.next_offset).where(t.checkpoint.c.partition == partition)
    found = None
    while found != offset:
        assert time.monotonic() < deadline, f"partition {partition} is at {found}: {service.readiness()}"
        await asyncio.sleep(0.02)
        async with reading(service.engine) as tx:
            found = (await tx.execute(query)).scalar_one_or_none()


async def halted(service: ScoringService) -> str:
    """What stands still, as soon as something does."""
    deadline = time.monotonic() + WAIT_S
    while (told := service.readiness()["scoring.partitions"]) is None:
        assert time.monotonic() < deadline, "no alarm"
        await asyncio.sleep(0.02)
    return told


def alarm() -> float | None:
    return metrics.REGISTRY.get_sample_value("banso_partition_halted", {"service": "scoring", "partition": str(GAP)})


async def test_records_that_are_gone_stop_their_partition_and_no_other_until_somebody_accepts_it(
    place: Place, tmp_path: Path, clock: ManualClock
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'store.db'}"
    engine = connect(url)
    await upgrade(engine, "banso_scoring")
    await engine.dispose()
    log = await place.log()
    for partition in (GAP, WHOLE):
        await write(log, partition, *range(partition * 100, partition * 100 + 10))
    async with serving(log, url, clock) as service:
        await reaches(service, GAP, 10)
        await reaches(service, WHOLE, 10)
        assert service.readiness()["scoring.partitions"] is None
    await write(log, GAP, *range(10, 15))
    await place.lose(log, GAP, 15)
    async with serving(log, url, clock) as service:
        await write(log, WHOLE, *range(210, 215))
        await reaches(service, WHOLE, 15)
        assert (await halted(service)).startswith(f"{GAP}: records are gone")
        assert alarm() == 1.0
        await reaches(service, GAP, 10)
    assert alarm() == 0.0, "who has let go of a partition raises no alarm for it"
    engine = connect(url)
    async with transaction(engine) as tx:
        (gap,) = await find(tx, t.checkpoint, log)
        assert gap == Gap(Topic.ACCOUNT_ACTIVITY, GAP, 10, 15)
        await accept(tx, (t.checkpoint, t.accepted_gap), AcceptedGap(gap, clock.now(), "the disk was full"))
    await engine.dispose()
    async with serving(log, url, clock) as service:
        await write(log, GAP, 15, 16)
        await reaches(service, GAP, (await log.scan(Topic.ACCOUNT_ACTIVITY, GAP, 0, 1)).end_offset)
        assert service.readiness()["scoring.partitions"] is None
        async with reading(service.engine) as tx:
            told = await conservation(tx)
        assert told.adds_up
        assert [(one.lane, one.from_offset, one.to_offset, one.reason) for one in told.gaps] == [
            (GAP, 10, 15, "the disk was full")
        ]
