"""A block of work happens whole or not at all, and a database that is away is Unavailable, never a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.db.engine import connect
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Refused, SettingsError, Unavailable
from deploy.local.postgres import PostgresServer
from tests.scoring.promises.failing import armed

metadata = MetaData()
number = Table("number", metadata, Column("n", Integer, primary_key=True))


async def tables(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await tx.run_sync(metadata.create_all)


async def add(engine: AsyncEngine, *some: int) -> None:
    async with transaction(engine) as tx:
        for n in some:
            await tx.execute(insert(number).values(n=n))


async def count(engine: AsyncEngine) -> int:
    async with reading(engine) as tx:
        return int((await tx.execute(select(func.count()).select_from(number))).scalar_one())


async def test_a_block_that_ends_is_kept_and_one_that_raises_is_not(engine: AsyncEngine) -> None:
    await tables(engine)
    await add(engine, 1, 2)
    with pytest.raises(Refused):
        async with transaction(engine) as tx:
            await tx.execute(insert(number).values(n=3))
            raise Refused("x", "y")
    assert await count(engine) == 2


async def test_a_block_that_is_cancelled_is_not_kept(engine: AsyncEngine) -> None:
    await tables(engine)
    began = asyncio.Event()

    async def slow() -> None:
        async with transaction(engine) as tx:
            await tx.execute(insert(number).values(n=1))
            began.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(slow())
    await began.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await count(engine) == 0
    await add(engine, 1)


async def test_before_commit_nothing_is_there_and_after_commit_all_is(engine: AsyncEngine) -> None:
    await tables(engine)
    with armed("before-commit:fail"), pytest.raises(Unavailable):
        await add(engine, 1)
    assert await count(engine) == 0
    with armed("after-commit:fail"), pytest.raises(Unavailable):
        await add(engine, 1)
    assert await count(engine) == 1


async def test_a_reader_sees_one_moment_however_many_statements_it_makes(engine: AsyncEngine) -> None:
    await tables(engine)
    await add(engine, 1)
    async with reading(engine) as tx:
        before = (await tx.execute(select(func.count()).select_from(number))).scalar_one()
        await add(engine, 2, 3)
        assert (await tx.execute(select(func.count()).select_from(number))).scalar_one() == before
    assert await count(engine) == 3


async def test_writers_wait_for_each_other(engine: AsyncEngine) -> None:
    await tables(engine)
    await asyncio.gather(*(add(engine, n) for n in range(20)))
    assert await count(engine) == 20


async def test_a_fault_of_the_statement_is_not_taken_for_an_absent_database(engine: AsyncEngine) -> None:
    await tables(engine)
    await add(engine, 1)
    with pytest.raises(Exception, match=r"UNIQUE|unique") as fault:
        await add(engine, 1)
    assert not isinstance(fault.value, Unavailable)


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite:///x.db", ""])
def test_another_database_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(SettingsError, match=r"sqlite\+aiosqlite|postgresql\+asyncpg"):
        connect(url)


async def test_a_commit_on_sqlite_is_on_disk(tmp_path: Path) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path / 'a' / 'b.db'}")
    async with reading(engine) as tx:
        found = [(await tx.execute(text(f"PRAGMA {name}"))).scalar_one() for name in ("journal_mode", "synchronous")]
    await engine.dispose()
    assert found == ["wal", 2]


async def test_a_deadlock_is_worth_a_retry(postgres_url: Callable[[], str]) -> None:
    engine = connect(postgres_url())
    await tables(engine)
    await add(engine, 1, 2)
    both = asyncio.Barrier(2)

    async def lock(first: int, then: int) -> None:
        async with transaction(engine) as tx:
            await tx.execute(select(number).where(number.c.n == first).with_for_update())
            await both.wait()
            await tx.execute(select(number).where(number.c.n == then).with_for_update())

    found = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    await engine.dispose()
    assert [type(one) for one in found if one is not None] == [Unavailable]


async def test_a_database_without_room_for_one_more_connection_is_unavailable(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("crowded")
    engine = connect(url)
    async with transaction(engine) as tx:
        await tx.execute(text("CREATE ROLE single LOGIN CONNECTION LIMIT 1"))
    await engine.dispose()
    name = make_url(url)
    one, other = (connect(name.set(username="single").render_as_string(hide_password=False)) for _ in range(2))
    async with reading(one):
        with pytest.raises(Unavailable):
            async with reading(other):
                pass
    for opened in (one, other):
        await opened.dispose()


async def test_a_database_that_goes_away_is_unavailable_until_it_is_back() -> None:
    with PostgresServer() as server:
        engine = connect(server.create_database("away"))
        await tables(engine)
        await add(engine, 1)
        with pytest.raises(Unavailable):
            async with transaction(engine) as tx:
                await tx.execute(insert(number).values(n=2))
                await asyncio.to_thread(server.kill)
                await tx.execute(insert(number).values(n=3))
        for _ in range(2):
            with pytest.raises(Unavailable):
                await add(engine, 4)
            with pytest.raises(Unavailable):
                await count(engine)
        await asyncio.to_thread(server.start)
        assert await count(engine) == 1
        await asyncio.to_thread(server.restart)
        await add(engine, 5)
        assert await count(engine) == 2
        await engine.dispose()
