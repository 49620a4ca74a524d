"""Migrations: a fresh database gets its tables, a second run changes nothing, and what is missing is said."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as alerts
from banso_common.db.migrate import require_current, upgrade
from banso_common.db.transaction import reading, transaction
from banso_common.errors import SettingsError
from banso_scoring import tables as scoring

SERVICES = {"banso_scoring": scoring.metadata, "banso_alerts": alerts.metadata}


@pytest.mark.parametrize("package", SERVICES)
async def test_a_fresh_database_gets_exactly_the_tables_of_the_code(engine: AsyncEngine, package: str) -> None:
    await upgrade(engine, package)
    await require_current(engine, package)
    metadata = SERVICES[package]

    def differences(connection: Connection) -> list[object]:
        ours = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        return list(
            compare_metadata(MigrationContext.configure(connection, opts={**ours, "compare_type": True}), metadata)
        )

    async with reading(engine) as tx:
        assert await tx.run_sync(differences) == []


async def test_a_second_run_changes_nothing_and_keeps_what_is_there(engine: AsyncEngine) -> None:
    await upgrade(engine, "banso_scoring")
    async with transaction(engine) as tx:
        await tx.execute(scoring.lane.insert().values(dict.fromkeys(scoring.lane.c.keys(), 1)))
    await upgrade(engine, "banso_scoring")
    async with reading(engine) as tx:
        assert len((await tx.execute(select(scoring.lane))).all()) == 1


async def test_two_services_can_share_a_database_or_not(engine: AsyncEngine) -> None:
    await upgrade(engine, "banso_scoring")
    with pytest.raises(SettingsError, match="banso_alerts is at version None"):
        await require_current(engine, "banso_alerts")


async def test_a_database_without_tables_is_told_with_what_to_do(engine: AsyncEngine) -> None:
    with pytest.raises(SettingsError, match="banso migrate"):
        await require_current(engine, "banso_scoring")
    with pytest.raises(SettingsError, match="banso migrate"):
        async with transaction(engine) as tx:
            await tx.execute(select(scoring.lane))


async def test_a_database_of_another_version_is_told_too(engine: AsyncEngine) -> None:
    await upgrade(engine, "banso_scoring")
    async with transaction(engine) as tx:
        await tx.execute(text("UPDATE banso_scoring_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="version 9999, this code needs"):
        await require_current(engine, "banso_scoring")


async def test_who_migrates_at_the_same_time_waits_for_the_other(engine: AsyncEngine) -> None:
    await asyncio.gather(*(upgrade(engine, "banso_scoring") for _ in range(3)))
    await require_current(engine, "banso_scoring")


async def test_a_migration_that_fails_leaves_nothing(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    create_index, asked = op.create_index, count()

    def failing(*given: Any, **named: Any) -> None:
        if next(asked) == 1:
            raise RuntimeError
        create_index(*given, **named)

    monkeypatch.setattr(op, "create_index", failing)
    with pytest.raises(RuntimeError):
        await upgrade(engine, "banso_scoring")
    async with reading(engine) as tx:
        assert await tx.run_sync(lambda connection: inspect(connection).get_table_names()) == []
