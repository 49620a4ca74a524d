"""Brings a service's tables to the version of its code: alembic, run by command, never by a service.

Each service keeps its own version table, so that the services may share a database or not.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.db.transaction import reading, transaction
from banso_common.errors import SettingsError

MIGRATION_LOCK = 0x62616E736F  # "banso": one migration at a time on a PostgreSQL database


def _config(package: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(package) / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = f"{package}_version"
    return config


async def upgrade(engine: AsyncEngine, package: str) -> None:
    """Run the migrations of `package` that this database has not seen."""

    def run(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        command.upgrade(_config(package, connection), "head")

    async with transaction(engine) as tx:
        await tx.run_sync(run)


async def require_current(engine: AsyncEngine, package: str) -> None:
    """Raises SettingsError unless the database is at the version of this code."""

    def version(connection: Connection) -> str | None:
        options: dict[str, Any] = {"version_table": f"{package}_version"}
        return MigrationContext.configure(connection, opts=options).get_current_revision()

    async with reading(engine) as tx:
        found = await tx.run_sync(version)
    head = ScriptDirectory.from_config(_config(package)).get_current_head()
    if found != head:
        raise SettingsError(
            f"the database of {package} is at version {found}, this code needs {head}; run `banso migrate`"
        )


def run_env() -> None:
    """The whole of a service's `migrations/env.py`."""
    attributes = context.config.attributes
    context.configure(connection=attributes["connection"], version_table=attributes["version_table"])
    with context.begin_transaction():
        context.run_migrations()
