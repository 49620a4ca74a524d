"""A migrated database for alerts, on each store, and a handler and a deliverer over it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import ManualClock
from banso_common.db.engine import connect
from tests.alerts.made import MONDAY_NOON
from tests.stores import give_tables, store_url

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def forking() -> Iterator[subprocess.Popen[bytes]]:
    """The process that forks delivering ones; it ends when its input does."""
    command = [sys.executable, "-m", "tests.alerts.nursery"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process


@pytest.fixture
def noon() -> ManualClock:
    """A clock that stands at noon of a working Monday in Tokyo."""
    return ManualClock(MONDAY_NOON)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The SQLAlchemy URL of a fresh database with alerts' tables; the test runs once on each store."""
    return store_url(request, tmp_path, "banso_alerts")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Alerts' tables, empty."""
    give_tables(database_url, "banso_alerts")
    opened = connect(database_url)
    yield opened
    await opened.dispose()
