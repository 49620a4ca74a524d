"""A durable log in one file for each test, with the topics that a fresh installation has, and a door to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from banso_common.clock import ManualClock
from banso_common.contracts.topics import KEEP_DAYS
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing, Scope
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.port import Log
from banso_ingest.service import IngestService
from banso_ingest.settings import BODY_BYTES_MAX, IngestSettings
from tests.ingest.gate import Gate
from tests.ingest.given import NOW

PARTITIONS = 4


@pytest.fixture
def ingest_clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def log(tmp_path: Path, ingest_clock: ManualClock) -> AsyncIterator[Log]:
    opened = EmbeddedLog(tmp_path / "log.sqlite", ingest_clock)
    await opened.start()
    await opened.create_topics(PARTITIONS, KEEP_DAYS)
    yield opened
    await opened.stop()


@pytest.fixture
def gate(log: Log) -> Gate:
    return Gate(log)


@pytest.fixture
async def client(gate: Gate, ingest_clock: ManualClock, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key that may write events."""
    service = IngestService(IngestSettings(in_flight_bytes_max=2 * BODY_BYTES_MAX), gate, ingest_clock)
    keys = KeyRing(tmp_path / "keys.json")
    key = keys.create("product", [Scope.EVENTS_WRITE])
    app = make_app([service], keys, "0")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://banso", headers={"Authorization": f"Bearer {key}"}
    ) as opened:
        yield opened
    gate.fault = None
    gate.open()
    await service.stop()
