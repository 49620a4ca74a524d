"""What every test can ask for: real servers, fresh databases, a clock that stands, a real browser.

A server that the environment names is used; else one is started here, once for the whole run. What is
missing on the machine is an error that names its package, never a skip.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, async_playwright
from pydantic._internal import _docs_extraction, _fields

from banso_common.clock import ManualClock
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer, postgres_program
from deploy.local.server import program
from tests.stores import migrate, store_url

# A router's shapes tell their fields in docstrings, for which pydantic reads and parses the source of each anew.
_fields.__dict__["extract_docstrings_from_cls"] = cache(_docs_extraction.extract_docstrings_from_cls)

settings.register_profile("claims", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("claims")  # how fast a busy machine is is no claim

START_AT = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()) * 1_000
WHOLE = {"deploy", "fault", "story", "standalone", "contract", "prove"}
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts the whole product goes first, then the modules with the most tests: one that is long and begins
    last would keep one core waiting."""
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.parent.name not in WHOLE, -sizes[item.path], item.path))


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at Monday 2026-03-02T09:00:00Z until the test moves it."""
    return ManualClock(START_AT)


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """A broker of our own. A test that kills it must have it running again at its end."""
    with KafkaServer() as server:
        yield server


@pytest.fixture
def kafka_bootstrap(request: pytest.FixtureRequest) -> str:
    """The address of a real broker: BANSO_TEST_KAFKA, else our own."""
    named = os.environ.get("BANSO_TEST_KAFKA")
    if named:
        return named
    server: KafkaServer = request.getfixturevalue("kafka_server")
    return server.bootstrap


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of our own. A test that kills it must have it running again at its end."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Each call gives the SQLAlchemy URL of a fresh PostgreSQL database, with the tables of the package that it names
    or empty, on the server that BANSO_TEST_POSTGRES_URL names, else on our own. They are removed after the run."""
    create = _creating(request)
    templates: dict[str, str] = {"": ""}
    names = (f"banso_test_{os.getpid()}_{number}" for number in count())

    def fresh(package: str = "") -> str:
        if package not in templates:
            template = next(names)
            migrate(create(template, ""), package)
            templates[package] = template
        return create(next(names), templates[package])

    return fresh


def _creating(request: pytest.FixtureRequest) -> Callable[[str, str], str]:
    """What creates the database of a name as a copy of another, or empty, and gives its URL."""
    named = os.environ.get("BANSO_TEST_POSTGRES_URL")
    if not named:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.create_database
    admin = named.replace("postgresql+asyncpg:", "postgresql:")

    def sql(statement: str) -> None:
        subprocess.run([postgres_program("psql"), "-q", "-d", admin, "-c", statement], check=True)

    def create(name: str, template: str) -> str:
        sql(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        request.addfinalizer(lambda: sql(f"DROP DATABASE {name} WITH (FORCE)"))
        return "postgresql+asyncpg:" + admin.partition(":")[2].rpartition("/")[0] + f"/{name}"

    return create


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The SQLAlchemy URL of a fresh, empty database; the test runs once on each store."""
    return store_url(request, tmp_path)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium, driven by Playwright's async API."""
    chromium = program("chromium", "chromium")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGS))
        yield opened
        await opened.close()
