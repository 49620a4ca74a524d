"""The local servers are real, keep what they acknowledged over a kill, and leave nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from playwright.async_api import Browser
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local import kafka, server
from deploy.local.kafka import KafkaServer
from deploy.local.member import Member
from deploy.local.postgres import PostgresServer

ROOT = Path(__file__).parents[2]


async def _sql(url: str, *statements: str) -> list[object]:
    """The first column of the last statement's rows."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for statement in statements[:-1]:
                await connection.execute(text(statement))
            result = await connection.execute(text(statements[-1]))
            return list(result.scalars()) if result.returns_rows else []
    finally:
        await engine.dispose()


async def test_postgres_keeps_what_it_committed_over_a_kill() -> None:
    with PostgresServer() as ours:
        url = ours.create_database("killed")
        await _sql(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
        before = ours.pid
        ours.kill()
        assert not ours.running
        ours.start()
        assert ours.pid != before
        assert await _sql(url, "SELECT n FROM kept") == [7]


async def test_postgres_is_as_durable_as_in_production(postgres_url: Callable[[], str]) -> None:
    url = postgres_url()
    assert await _sql(url, "SHOW fsync") == ["on"]
    assert await _sql(url, "SHOW synchronous_commit") == ["on"]
    assert await _sql(url, "SHOW full_page_writes") == ["on"]


async def test_each_postgres_url_is_a_database_of_its_own(postgres_url: Callable[[], str]) -> None:
    first, second = postgres_url(), postgres_url()
    await _sql(first, "CREATE TABLE mine (n int)")
    assert await _sql(second, "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'") == [0]


async def test_a_database_is_there_on_either_store(database_url: str) -> None:
    assert await _sql(database_url, "SELECT 1") == [1]


async def test_kafka_keeps_what_it_acknowledged_over_a_kill(kafka_server: KafkaServer) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("killed", 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka_server.bootstrap, acks="all")
    await producer.start()
    await producer.send_and_wait("killed", b"kept")
    await producer.stop()
    address = kafka_server.bootstrap
    kafka_server.kill()
    kafka_server.start()
    assert kafka_server.bootstrap == address
    consumer = AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition("killed", 0)])
    record = await consumer.getone()
    await consumer.stop()
    assert record.value == b"kept"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_and_its_folder_go_when_their_owner_dies(how: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert owner.stdout is not None
    pid, folder = owner.stdout.readline().split()
    assert _lives(int(pid))
    assert Path(folder).is_dir()
    owner.send_signal(how)
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 20
    while (_lives(int(pid)) or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(int(pid))
    assert not Path(folder).exists()


OWNER = """
import time
from deploy.local.postgres import PostgresServer
with PostgresServer() as server:
    print(server.pid, server.folder, flush=True)
    time.sleep(60)
"""


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # a zombie is dead; it waits for init to notice


def test_a_closed_server_leaves_no_folder() -> None:
    with PostgresServer() as opened:
        folder, pid = opened.folder, opened.pid
    assert not folder.exists()
    assert not _lives(pid)


def test_a_missing_program_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(server.ServerError, match="apt-get install openjdk-17-jre-headless"):
        server.program("java", "openjdk-17-jre-headless")


def test_a_server_that_cannot_start_says_why_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "START_WAIT_S_MAX", 3.0)
    broken = KafkaServer({"process.roles": "broker,nonsense"})
    with pytest.raises(server.ServerError, match="nonsense"), broken:
        pass
    assert not broken.folder.exists()


def test_a_member_that_refuses_to_start_says_why_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(server.ServerError, match="No such command"), Member("no-such-service", {}):
        pass
    assert time.monotonic() - began < server.START_WAIT_S_MAX / 2


def test_jars_are_kept_where_the_cache_is_told_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BANSO_CACHE_DIR", str(tmp_path))
    asked: list[Path] = []

    def pretend(target: Path) -> None:
        asked.append(target)
        target.mkdir()

    monkeypatch.setattr(kafka, "_run_maven", pretend)
    assert kafka.fetch_jars() == kafka.fetch_jars()
    assert len(asked) == 1
    assert asked[0].is_relative_to(tmp_path)


async def test_the_browser_is_real_and_has_japanese_letters(browser: Browser) -> None:
    """Without a font that has them, all kanji would be drawn as the same empty box."""
    page = await browser.new_page()
    draw = """letter => {
        const canvas = document.createElement('canvas');
        const pen = canvas.getContext('2d');
        pen.font = '40px sans-serif';
        pen.fillText(letter, 10, 60);
        return canvas.toDataURL();
    }"""
    drawn = {await page.evaluate(draw, letter) for letter in "伴走者"}
    assert len(drawn) == 3, "no Japanese font: apt-get install fonts-noto-cjk"
