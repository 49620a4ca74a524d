"""One SQLite file, and the two threads that alone touch it: one writes, one reads.

Writes that arrive while one is being stored are stored together, in one transaction with one fsync
(group commit); each is still all or nothing, and each learns its own outcome.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from banso_common.disk import met_full
from banso_common.errors import SettingsError, Unavailable

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

SCHEMA_VERSION = 1
JOBS_MAX = 256
"""The most writes that share one transaction."""
WAL_BYTES = 32 * 2**20
"""The write-ahead file is moved into the log at this size, and cut back to it."""
PAGE_BYTES = 16_384

SPARE_PAGES_MAX = 4_096
"""Free pages (64 MiB) are kept for the next records; more are given back to the disk, …"""
GIVE_BACK_PAGES_MAX = 512
"""… this many after one commit, since each has to be moved."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (
    topic TEXT PRIMARY KEY, partitions INTEGER NOT NULL, keep_ms INTEGER NOT NULL, trimmed_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS partitions (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    first_offset INTEGER NOT NULL, next_offset INTEGER NOT NULL, bytes INTEGER NOT NULL,
    UNIQUE (topic, partition)
);
CREATE TABLE IF NOT EXISTS chunks (
    partition_id INTEGER NOT NULL, base_offset INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    written_at INTEGER NOT NULL, bytes INTEGER NOT NULL, body BLOB NOT NULL,
    UNIQUE (partition_id, base_offset)
);
CREATE TABLE IF NOT EXISTS member_groups (
    topic TEXT, name TEXT, generation INTEGER NOT NULL, changed_at REAL NOT NULL, seen_at REAL NOT NULL,
    PRIMARY KEY (topic, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (
    id TEXT PRIMARY KEY, topic TEXT NOT NULL, name TEXT NOT NULL, process TEXT NOT NULL,
    generation INTEGER NOT NULL, alive_until REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS committed (
    topic TEXT, name TEXT, partition INTEGER, next_offset INTEGER NOT NULL,
    PRIMARY KEY (topic, name, partition)
) WITHOUT ROWID;
"""


def connect(path: Path, busy_ms_max: int) -> sqlite3.Connection:
    """A connection that commits to disk (WAL, FULL) and begins transactions only when told to."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=busy_ms_max / 1000)
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_BYTES // PAGE_BYTES}")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
    return connection


def create_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a fresh file. Raises SettingsError for a file of another version."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in {0, SCHEMA_VERSION}:
        raise SettingsError(f"{path} is a log of version {version}; this program reads {SCHEMA_VERSION}")
    if version == 0:
        connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")


def give_back(connection: sqlite3.Connection) -> None:
    """Cut spare pages off the file; another process that writes right now puts it off."""
    with suppress(sqlite3.Error):
        spare = connection.execute("PRAGMA freelist_count").fetchone()[0] - SPARE_PAGES_MAX
        if spare > 0:  # as a script, since `execute` takes a single step, which is a single page
            connection.executescript(f"PRAGMA incremental_vacuum({min(spare, GIVE_BACK_PAGES_MAX)})")


def named(fault: Exception, path: Path) -> Exception:
    """SQLite's error as one of ours: a full disk is Full, anything else of it means that the log is away."""
    if not isinstance(fault, sqlite3.Error):
        return fault
    if fault.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return met_full(path.parent)
    return Unavailable(f"the embedded log: {fault}")


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work[Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]


class FileThread:
    """A thread with a connection of its own that runs what it is given inside transactions.

    With `writes` waiting jobs share one transaction; without, each job sees one snapshot.
    """

    def __init__(self, path: Path, busy_ms_max: int, *, writes: bool) -> None:
        self._path = path
        self._busy_ms_max = busy_ms_max
        self._writes = writes
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.pending_bytes = 0
        """Bytes that writers of this process wait for."""

    async def start(self) -> None:
        """Open the file. Raises SettingsError when it cannot be opened or is no log."""
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        self._thread = threading.Thread(
            target=self._run, args=(loop, opened), name=f"log-{'writes' if self._writes else 'reads'}", daemon=True
        )
        self._thread.start()
        await opened

    async def run(self, work: Work[T]) -> T:
        """What `work` returns, once its transaction is on disk. Raises what it raises, Full, Unavailable."""
        if self._thread is None:
            raise Unavailable("the embedded log is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, done))
        return await done

    async def stop(self) -> None:
        """Finish what was given before, then close the file."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    def _run(self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[None]) -> None:
        try:
            connection = connect(self._path, self._busy_ms_max)
            try:
                create_schema(connection, self._path)
            except BaseException:
                connection.close()
                raise
        except (sqlite3.Error, SettingsError) as fault:
            refusal = SettingsError(f"cannot open {self._path} as a log: {fault}")
            loop.call_soon_threadsafe(_resolve, opened, refusal, None)
            return
        loop.call_soon_threadsafe(_resolve, opened, None, None)
        while jobs := self._take():
            for job, (fault_, result) in zip(jobs, self._transact(connection, jobs), strict=True):
                with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                    job.loop.call_soon_threadsafe(_resolve, job.done, fault_, result)
            if self._writes:
                give_back(connection)
        connection.close()

    def _take(self) -> list[_Job]:
        """The next job and, for the writer, those that wait behind it; none at the end."""
        first = self._jobs.get()
        jobs = [] if first is None else [first]
        while jobs and self._writes and len(jobs) < JOBS_MAX:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
        return jobs

    def _transact(self, connection: sqlite3.Connection, jobs: list[_Job]) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        try:
            connection.execute("BEGIN IMMEDIATE" if self._writes else "BEGIN")
            outcomes = [_apply(connection, job) for job in jobs]
            connection.execute("COMMIT")
        except sqlite3.Error as fault:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            return [(named(fault, self._path), None)] * len(jobs)
        return [(None if fault_ is None else named(fault_, self._path), result) for fault_, result in outcomes]


_Outcome = tuple[Exception | None, Any]


def _apply(connection: sqlite3.Connection, job: _Job) -> _Outcome:
    """One job, all or nothing inside the shared transaction."""
    connection.execute("SAVEPOINT job")
    try:
        result = job.work(connection)
    except Exception as fault:  # whatever it is belongs to the caller of this job, not to its neighbours
        if isinstance(fault, sqlite3.Error) and not connection.in_transaction:
            raise  # a full disk: SQLite has rolled all back, the savepoint too
        connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        return fault, None
    connection.execute("RELEASE job")
    return None, result


def _resolve(done: asyncio.Future[Any], fault: Exception | None, result: Any) -> None:
    if done.done():
        return
    if fault is None:
        done.set_result(result)
    else:
        done.set_exception(fault)


class Changes:
    """Wakes the readers of this process when something was written: a counter, and who waits for it."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        """Something changed."""
        self.count += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def after(self, count: int, wait_s: float) -> None:
        """Return when the counter has left `count`, or after `wait_s`."""
        if self.count != count or wait_s <= 0:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait([waiter], timeout=wait_s)
        finally:
            self._waiting.discard(waiter)
