"""Readiness says that a disk is full from the first write that it refused until there is room, and not longer."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from banso_common import disk
from banso_common.clock import ManualClock
from banso_common.contracts.topics import KEEP_DAYS, Topic
from banso_common.db.engine import connect
from banso_common.db.transaction import transaction
from banso_common.errors import Full
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.port import Outgoing
from tests.common.http.given import app_of, client_of

PAGES_MAX = 40


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(disk, "_full", {})


@contextmanager
def _no_file_grows() -> Iterator[None]:
    """As on a full disk, what is written is refused."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (disk.ROOM_BYTES // 2, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
        signal.signal(signal.SIGXFSZ, handler)


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_full_disk_is_not_ready_until_there_is_room_though_nobody_writes(tmp_path: Path) -> None:
    async with client_of(app_of(tmp_path / "keys")[0]) as client:
        assert (await client.get("/readyz")).status_code == 200
        disk.met_full(tmp_path)
        with _no_file_grows():
            for _ in range(2):
                ready = await client.get("/readyz")
                assert (ready.status_code, ready.json()["checks"]["disk"]) == (503, f"the disk of {tmp_path} is full")
        assert (await client.get("/readyz")).json()["checks"]["disk"] == "ok"
    assert _files(tmp_path) == []


async def test_a_disk_is_not_looked_at_more_often_than_it_has_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "LOOK_EVERY_S", 3_600.0)
    disk.met_full(tmp_path)
    assert await disk.full_disks() is not None


async def test_a_write_that_the_logs_disk_refuses_is_remembered(tmp_path: Path) -> None:
    log = EmbeddedLog(tmp_path / "log.db", ManualClock(0))
    await log.start()
    await log.create_topics(1, KEEP_DAYS)
    await log._writes.run(lambda connection: connection.execute(f"PRAGMA max_page_count = {PAGES_MAX}").fetchall())
    writer, large = await log.writer(), [os.urandom(500_000)] * 4
    with pytest.raises(Full, match="the disk is full") as refused:
        await writer.write([Outgoing(Topic.USAGE_EVENTS, [0] * 4, [None] * 4, large)])
    assert refused.value.retry_after_s == disk.RETRY_AFTER_S
    with _no_file_grows():
        assert await disk.full_disks() == f"the disk of {tmp_path} is full"
    await log.stop()


async def test_a_write_that_the_databases_disk_refuses_is_remembered(tmp_path: Path) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path / 'scoring.db'}")
    with pytest.raises(Full, match="the disk is full"):
        async with transaction(engine) as tx:
            await tx.exec_driver_sql(f"PRAGMA max_page_count = {PAGES_MAX}")
            await tx.exec_driver_sql("CREATE TABLE thing (body BLOB)")
            await tx.execute(text("INSERT INTO thing VALUES (zeroblob(4000000))"))
    with _no_file_grows():
        assert await disk.full_disks() == f"the disk of {tmp_path} is full"
    await engine.dispose()
