"""Gaps in the log: found only where a partition cannot go on, accepted once, with what was lost kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import ManualClock
from banso_common.contracts.topics import Topic
from banso_common.db.checkpoint import Claim, acquire, advance, checkpoint_table
from banso_common.db.engine import connect
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Fenced
from banso_common.log.port import Log
from banso_common.pipeline.gaps import AcceptedGap, Gap, accept, accepted_in, find, gap_table
from tests.contract.places import EmbeddedPlace, outgoing

metadata = MetaData()
TABLES = (checkpoint_table(metadata), gap_table(metadata))
TOPIC = Topic.ACCOUNT_ACTIVITY


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = connect(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def place(tmp_path: Path, clock: ManualClock, engine: AsyncEngine) -> AsyncIterator[EmbeddedPlace]:
    async with transaction(engine) as tx:
        await tx.run_sync(metadata.create_all)
    home = EmbeddedPlace(tmp_path / "log", clock)
    yield home
    await home.close()


async def holding(place: EmbeddedPlace, records: int) -> Log:
    log = await place.log()
    writer = await log.writer()
    await writer.write([outgoing(0, [b"x"] * records)])
    return log


async def applied(engine: AsyncEngine, offset: int) -> Claim:
    async with transaction(engine) as tx:
        return await advance(tx, TABLES[0], await acquire(tx, TABLES[0], TOPIC, 0), offset)


async def open_gaps(engine: AsyncEngine, log: Log) -> list[Gap]:
    async with reading(engine) as tx:
        return await find(tx, TABLES[0], log)


@pytest.mark.parametrize("offset", [0, 4, 10])
async def test_a_partition_that_can_go_on_has_no_gap(engine: AsyncEngine, place: EmbeddedPlace, offset: int) -> None:
    await applied(engine, offset)
    assert await open_gaps(engine, await holding(place, 10)) == []


async def test_a_partition_that_was_never_read_has_none(engine: AsyncEngine, place: EmbeddedPlace) -> None:
    log = await holding(place, 10)
    await place.lose(log, 0, 10)
    async with transaction(engine) as tx:
        await acquire(tx, TABLES[0], TOPIC, 0)
    assert await open_gaps(engine, log) == []


async def test_a_store_ahead_of_a_log_that_was_made_anew_begins_with_it_and_loses_none(
    engine: AsyncEngine, place: EmbeddedPlace
) -> None:
    await applied(engine, 50)
    (gap,) = await open_gaps(engine, await holding(place, 10))
    assert (gap, gap.lost) == (Gap(TOPIC, 0, 50, 0), 0)


async def test_a_gap_is_accepted_once_and_kept_with_its_reason(
    engine: AsyncEngine, place: EmbeddedPlace, clock: ManualClock
) -> None:
    member = await applied(engine, 4)
    log = await holding(place, 10)
    await place.lose(log, 0, 10)
    (gap,) = await open_gaps(engine, log)
    assert (gap, gap.lost) == (Gap(TOPIC, 0, 4, 10), 6)
    told = AcceptedGap(gap, clock.now(), "two days without a disk")
    async with transaction(engine) as tx:
        await accept(tx, TABLES, told)
    assert await open_gaps(engine, log) == []
    with pytest.raises(Fenced):
        async with transaction(engine) as tx:
            await advance(tx, TABLES[0], member, 5)
    with pytest.raises(Fenced):
        async with transaction(engine) as tx:
            await accept(tx, TABLES, AcceptedGap(gap, clock.now() + 1, "again"))
    async with reading(engine) as tx:
        assert await accepted_in(tx, TABLES[1]) == [told]
