"""The only place that commits: a block of work happens whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_common.db.engine import WRITES
from banso_common.disk import met_full
from banso_common.errors import BansoError, SettingsError, Unavailable
from banso_common.failpoints import failpoint

_UNDEFINED_TABLE = "42P01"
_DISK_FULL = "database or disk is full"
_RETRY_HELPS = ("08", "40", "53", "55P03", "57P")
"""Classes of SQLSTATE: connection, deadlock or serialization, resources, a lock waited for, shutdown or start."""


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction that writes: commits when the block ends, rolls back when it raises.

    Raises Unavailable when the database is away (whether a commit in flight was applied is then unknown:
    reload from the store), SettingsError when its tables are missing.
    """
    async with _turn(engine), _named_faults(engine), engine.connect() as connection:
        await connection.execution_options(**{WRITES: True})
        async with connection.begin():
            yield connection
            failpoint("before-commit")
    failpoint("after-commit")


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One consistent view for reading, however many statements; raises as `transaction` does."""
    async with _named_faults(engine), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        async with connection.begin():
            yield connection


def _turn(engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    """SQLite has one writer at a time, and lets others sleep longer and longer between their tries: so the
    writers of one process wait in a queue of their own, and only those of other processes meet its lock."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _turns.setdefault(engine, asyncio.Lock())


_turns: WeakKeyDictionary[AsyncEngine, asyncio.Lock] = WeakKeyDictionary()


@asynccontextmanager
async def _named_faults(engine: AsyncEngine) -> AsyncIterator[None]:
    try:
        yield
    except BansoError:
        raise
    except (OSError, PoolTimeout) as fault:
        raise Unavailable(f"the database does not answer: {fault}") from fault
    except DBAPIError as fault:
        text = str(fault.orig)
        state = str(getattr(fault.orig, "sqlstate", None) or "")
        if "no such table" in text or state == _UNDEFINED_TABLE:
            raise SettingsError(f"the database has no tables of this version; run `banso migrate` ({text})") from fault
        if "file is not a database" in text:
            raise SettingsError("the database file is no SQLite database; move it away, or choose another") from fault
        if _DISK_FULL in text and engine.url.database:
            raise met_full(Path(engine.url.database).parent) from fault
        if fault.connection_invalidated or isinstance(fault, OperationalError | InterfaceError):
            raise Unavailable(f"the database does not answer: {text}") from fault
        if state.startswith(_RETRY_HELPS):
            raise Unavailable(f"the database does not answer: {text}") from fault
        raise
