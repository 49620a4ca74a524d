"""Promises 2 and 3: an offset moves only for who took the partition last, and only from where it believes to be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.contracts.topics import Topic
from banso_common.db.checkpoint import NONE_YET, Claim, acquire, advance, advance_all, checkpoint_table
from banso_common.db.engine import connect
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Fenced, Unavailable

metadata = MetaData()
checkpoint = checkpoint_table(metadata)
TOPIC = Topic.ACCOUNT_ACTIVITY


@pytest.fixture(autouse=True)
async def tables(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await tx.run_sync(metadata.create_all)


async def taken(engine: AsyncEngine, partition: int = 0) -> Claim:
    async with transaction(engine) as tx:
        return await acquire(tx, checkpoint, TOPIC, partition)


async def moved(engine: AsyncEngine, claim: Claim, to: int) -> Claim:
    async with transaction(engine) as tx:
        return await advance(tx, checkpoint, claim, to)


async def stored(engine: AsyncEngine) -> list[tuple[int, int, int]]:
    async with reading(engine) as tx:
        found = await tx.execute(select(checkpoint).order_by(checkpoint.c.partition))
        return [(row.partition, row.epoch, row.next_offset) for row in found]


async def test_each_taking_raises_the_epoch_and_keeps_the_offset(engine: AsyncEngine) -> None:
    assert await taken(engine) == Claim(TOPIC, 0, 1, NONE_YET)
    await moved(engine, Claim(TOPIC, 0, 1, NONE_YET), 7)
    assert await taken(engine) == Claim(TOPIC, 0, 2, 7)
    assert await taken(engine, 1) == Claim(TOPIC, 1, 1, NONE_YET)
    assert await stored(engine) == [(0, 2, 7), (1, 1, NONE_YET)]


async def test_a_claim_moves_on_from_where_it_is(engine: AsyncEngine) -> None:
    claim = await moved(engine, await taken(engine), 5)
    assert claim == Claim(TOPIC, 0, 1, 5)
    assert await moved(engine, claim, 5) == claim
    assert (await moved(engine, claim, 9)).next_offset == 9


async def test_an_old_epoch_is_fenced_even_without_moving(engine: AsyncEngine) -> None:
    old = await taken(engine)
    await taken(engine)
    for to in (old.next_offset, 3):
        with pytest.raises(Fenced):
            await moved(engine, old, to)
    assert await stored(engine) == [(0, 2, NONE_YET)]


async def test_a_wrong_belief_about_the_offset_is_fenced(engine: AsyncEngine) -> None:
    claim = await moved(engine, await taken(engine), 5)
    for believed in (NONE_YET, 4, 6):
        with pytest.raises(Fenced):
            await moved(engine, claim.at(believed), 8)
    with pytest.raises(Fenced):
        await moved(engine, replace(claim, partition=1), 8)
    assert await stored(engine) == [(0, 1, 5)]


async def test_many_partitions_move_at_once_or_not_at_all(engine: AsyncEngine) -> None:
    claims = [await taken(engine, partition) for partition in (2, 0, 1)]
    async with transaction(engine) as tx:
        claims = await advance_all(tx, checkpoint, {claim: 5 + claim.partition for claim in claims})
    assert [(claim.partition, claim.next_offset) for claim in claims] == [(2, 7), (0, 5), (1, 6)]
    await taken(engine, 1)
    with pytest.raises(Fenced, match="account-activity/1 "):
        async with transaction(engine) as tx:
            await advance_all(tx, checkpoint, dict.fromkeys(claims, 9))
    assert await stored(engine) == [(0, 1, 5), (1, 2, 6), (2, 1, 7)]
    async with transaction(engine) as tx:
        assert await advance_all(tx, checkpoint, {}) == []


async def test_who_moves_on_waits_for_who_takes_and_is_then_fenced(postgres_url: Callable[[], str]) -> None:
    database = connect(postgres_url())
    async with transaction(database) as tx:
        await tx.run_sync(metadata.create_all)
    old = [await taken(database, partition) for partition in (0, 1)]
    with pytest.raises(Fenced):
        async with transaction(database) as late:
            async with transaction(database) as taking:
                await acquire(taking, checkpoint, TOPIC, 1)
                moving = asyncio.ensure_future(advance_all(late, checkpoint, {old[1]: 4, old[0]: 3}))
                await asyncio.wait([moving], timeout=0.2)
                assert not moving.done()
            await moving
    assert await stored(database) == [(0, 1, NONE_YET), (1, 2, NONE_YET)]
    await database.dispose()


async def test_what_a_fenced_transaction_wrote_is_rolled_back(engine: AsyncEngine) -> None:
    old = await taken(engine)
    await taken(engine)
    with pytest.raises(Fenced):
        async with transaction(engine) as tx:
            await acquire(tx, checkpoint, TOPIC, 9)
            await advance(tx, checkpoint, old, 1)
    assert [partition for partition, *_ in await stored(engine)] == [0]


async def test_members_that_take_a_new_partition_at_once_are_told_apart(engine: AsyncEngine) -> None:
    claims = await asyncio.gather(*(taken(engine) for _ in range(5)))
    assert sorted(claim.epoch for claim in claims) == [1, 2, 3, 4, 5]


async def test_who_hangs_inside_a_transaction_is_not_waited_for_in_silence(
    postgres_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("banso_common.db.checkpoint.LOCK_WAIT_MS", 50)
    database = connect(postgres_url())
    async with transaction(database) as tx:
        await tx.run_sync(metadata.create_all)
    claim = await taken(database)
    async with transaction(database) as hanging:
        await advance(hanging, checkpoint, claim, 5)
        with pytest.raises(Unavailable, match="lock"):
            await taken(database)
    assert (await taken(database)).next_offset == 5
    await database.dispose()


async def test_a_transaction_in_which_nothing_happens_ends_with_its_locks(
    postgres_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("banso_common.db.engine.IDLE_IN_TRANSACTION_MS", 50)
    database = connect(postgres_url())
    async with transaction(database) as tx:
        await tx.run_sync(metadata.create_all)
    claim = await taken(database)
    with pytest.raises(Unavailable):
        async with transaction(database) as hanging:
            await advance(hanging, checkpoint, claim, 5)
            assert (await taken(database)).epoch == 2
    assert await stored(database) == [(0, 2, NONE_YET)]
    await database.dispose()
