"""What the embedded log has taken, it has: over kills, refused neighbours and broken files."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from banso_common.clock import ManualClock, SystemClock
from banso_common.contracts.topics import Topic
from banso_common.errors import SettingsError, Unavailable
from banso_common.log.embedded import EmbeddedLimits, EmbeddedLog
from banso_common.log.port import Outgoing

TOPIC = Topic.USAGE_EVENTS
WRITES_FOR_EVER = """
import asyncio, sys
from pathlib import Path
from banso_common.clock import SystemClock
from banso_common.contracts.topics import Topic
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.port import Outgoing

async def main():
    log = EmbeddedLog(Path(sys.argv[1]), SystemClock())
    await log.start()
    await log.create_topics(2, {Topic.USAGE_EVENTS: 7})
    writer = await log.writer()
    number = (await log.scan(Topic.USAGE_EVENTS, 0, 0, 10**6)).next_offset
    while True:
        row = b"%d" % number
        await writer.write([Outgoing(Topic.USAGE_EVENTS, [0, 1], [None, None], [row, row])])
        print(number, flush=True)
        number += 1

asyncio.run(main())
"""


def one(value: bytes, partition: int = 0) -> list[Outgoing]:
    return [Outgoing(TOPIC, [partition], [None], [value])]


async def test_what_a_killed_writer_was_told_is_stored_and_a_write_is_never_stored_in_part(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite3"
    told = -1
    for kill in range(5):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITES_FOR_EVER, str(path), stdout=PIPE)
        assert process.stdout is not None
        for _ in range(3 + 17 * kill):
            told = int(await process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = (await process.communicate())[0].split()
        told = int(rest[-1]) if rest else told
        log = EmbeddedLog(path, SystemClock())
        await log.start()
        pages = [await log.scan(TOPIC, partition, 0, 10**6) for partition in (0, 1)]
        await log.stop()
        assert list(pages[0].values) == list(pages[1].values)
        assert [int(value) for value in pages[0].values] == list(range(len(pages[0])))
        assert told < len(pages[0]) <= told + 2, "nothing that was told is missing, at most the one in flight is more"


async def test_a_refused_write_does_not_harm_those_that_share_its_transaction(
    tmp_path: Path, clock: ManualClock
) -> None:
    log = EmbeddedLog(tmp_path / "log.sqlite3", clock)
    await log.start()
    await log.create_topics(1, {TOPIC: 7})
    writer = await log.writer()
    wrong = [*one(b"half"), *one(b"x", partition=9)]
    outcomes = await asyncio.gather(
        writer.write(one(b"a")), writer.write(wrong), writer.write(one(b"b")), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), SettingsError, type(None)]
    assert list((await log.scan(TOPIC, 0, 0, 10)).values) == [b"a", b"b"]
    await log.stop()


async def test_a_writer_waits_for_another_process_and_says_so_when_it_takes_too_long(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "log.sqlite3"
    log = EmbeddedLog(path, clock, EmbeddedLimits(busy_ms_max=50))
    await log.start()
    await log.create_topics(1, {TOPIC: 7})
    writer = await log.writer()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        await writer.write(one(b"a"))
    other.execute("ROLLBACK")
    await writer.write(one(b"b"))
    assert list((await log.scan(TOPIC, 0, 0, 10)).values) == [b"b"]
    other.close()
    await log.stop()


@pytest.mark.parametrize("content", [b"this is no database " * 100, b""])
async def test_a_file_that_is_no_log_is_refused_and_an_empty_one_is_taken(
    tmp_path: Path, clock: ManualClock, content: bytes
) -> None:
    path = tmp_path / "log.sqlite3"
    path.write_bytes(content)
    log = EmbeddedLog(path, clock)
    if content:
        with pytest.raises(SettingsError, match=r"log\.sqlite3"):
            await log.start()
        assert path.read_bytes() == content
    else:
        await log.start()
    await log.stop()


async def test_a_log_of_a_later_version_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "log.sqlite3"
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    log = EmbeddedLog(path, clock)
    with pytest.raises(SettingsError, match="99"):
        await log.start()
    await log.stop()


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        await EmbeddedLog(tmp_path / "nowhere" / "log.sqlite3", clock).start()


async def test_a_log_that_is_closed_is_away(tmp_path: Path, clock: ManualClock) -> None:
    log = EmbeddedLog(tmp_path / "log.sqlite3", clock)
    await log.start()
    await log.create_topics(1, {TOPIC: 7})
    writer = await log.writer()
    await log.stop()
    with pytest.raises(Unavailable):
        await writer.write(one(b"a"))


async def test_writes_that_wait_share_one_commit(tmp_path: Path, clock: ManualClock) -> None:
    """300 writes at once make a handful of transactions, as the counter in SQLite's header shows."""
    path = tmp_path / "log.sqlite3"
    log = EmbeddedLog(path, clock)
    await log.start()
    await log.create_topics(1, {TOPIC: 7})
    writer = await log.writer()
    other = sqlite3.connect(path)
    seen = set()

    async def watch() -> None:
        while True:
            seen.add(other.execute("SELECT next_offset FROM partitions").fetchone()[0])
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(writer.write(one(b"%d" % number)) for number in range(300)))
    watching.cancel()
    assert [int(value) for value in (await log.scan(TOPIC, 0, 0, 1_000)).values] == list(range(300))
    assert len(seen) < 20
    other.close()
    await log.stop()
