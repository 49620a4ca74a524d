"""Opens a database so that a commit that returned is on disk: SQLite (WAL, FULL) or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from banso_common.errors import SettingsError

POOL_SIZE = 5
BUSY_TIMEOUT_MS = 30_000
CONNECT_TIMEOUT_S = 10
IDLE_IN_TRANSACTION_MS = 30_000
"""A process that hangs inside a transaction loses it after so long, with the lock on its partitions."""
WRITES = "banso_writes"


def connect(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///file` or `postgresql+asyncpg://…`. Dispose of it at the end.

    Raises SettingsError for any other URL. Does not touch the network yet.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError("the database URL cannot be read; write postgresql+asyncpg://user@host/name") from None
    if parsed.drivername == "sqlite+aiosqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url, pool_size=POOL_SIZE)
        event.listen(engine.sync_engine, "connect", _durable_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername in ("postgresql", "postgresql+asyncpg"):
        return create_async_engine(
            parsed.set(drivername="postgresql+asyncpg"),
            pool_size=POOL_SIZE,
            pool_pre_ping=True,
            connect_args={
                "timeout": CONNECT_TIMEOUT_S,
                "server_settings": {"idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS)},
            },
        )
    raise SettingsError(
        f"banso keeps its data in SQLite or PostgreSQL, not `{parsed.drivername}`; "
        "write sqlite+aiosqlite:///file.db or postgresql+asyncpg://user@host/name"
    )


def _durable_sqlite(connection: Any, _record: object) -> None:
    """Every commit reaches the disk; transactions are begun by `_begin_sqlite`, not by the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the write lock at once, so that it never fails half-way for want of it."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
