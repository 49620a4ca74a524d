"""Bulk upserts: alike on both databases, for every type of column that the services use."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, MetaData, String, Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.db.rows import upsert
from banso_common.db.transaction import reading, transaction

metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("name", String(256), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger),
    Column("share", Float),
    Column("raw", LargeBinary),
    Column("known", Boolean),
)
only_keys = Table("only_keys", metadata, Column("name", String(8), primary_key=True))

ROWS: dict[str, list[Any]] = {
    "name": ["a", "ä'\";--", "株式会社"],
    "day": [1, -1, 2**31 - 1],
    "total": [2**63 - 1, -(2**63), None],
    "share": [0.1, None, 1e300],
    "raw": [b"", b"\0\xff", None],
    "known": [True, False, None],
}


@pytest.fixture(autouse=True)
async def tables(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await tx.run_sync(metadata.create_all)


async def stored(engine: AsyncEngine, table: Table = thing) -> list[tuple[Any, ...]]:
    async with reading(engine) as tx:
        return sorted(tuple(row) for row in await tx.execute(select(table)))


async def test_what_is_put_is_found(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await upsert(tx, thing, ROWS)
    assert await stored(engine) == sorted(zip(*ROWS.values(), strict=True))


async def test_a_row_whose_key_exists_is_replaced_in_the_columns_given_and_no_others(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await upsert(tx, thing, ROWS)
        await upsert(tx, thing, {"total": [5, 6], "name": ["a", "new"], "day": [1, 1]})
    found = {row[:2]: row for row in await stored(engine)}
    assert found[("a", 1)] == ("a", 1, 5, 0.1, b"", True)
    assert found[("new", 1)] == ("new", 1, 6, None, None, None)
    assert len(found) == 4


async def test_without_replace_it_is_left_alone(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await upsert(tx, thing, ROWS)
        await upsert(tx, thing, {"name": ["a", "b"], "day": [1, 1], "total": [5, 6]}, replace=False)
    found = {row[:2]: row[2] for row in await stored(engine)}
    assert (found[("a", 1)], found[("b", 1)]) == (2**63 - 1, 6)


async def test_a_table_of_keys_takes_a_key_twice(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await upsert(tx, only_keys, {"name": ["a", "b"]})
        await upsert(tx, only_keys, {"name": ["b", "c"]})
    assert await stored(engine, only_keys) == [("a",), ("b",), ("c",)]


async def test_no_rows_are_no_statement(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await upsert(tx, thing, {})
        await upsert(tx, thing, {"name": [], "day": []})
    assert await stored(engine) == []


async def test_many_rows_go_in_one_call(engine: AsyncEngine) -> None:
    many = 20_000
    async with transaction(engine) as tx:
        await upsert(tx, thing, {"name": [str(n) for n in range(many)], "day": [0] * many, "raw": [b"x"] * many})
    assert len(await stored(engine)) == many
