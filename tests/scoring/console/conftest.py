"""The console over a store of each kind, as a client sees it and as a browser does."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from banso_common.clock import ManualClock
from banso_common.lifecycle import Server
from banso_scoring.api.routes import make_router
from banso_scoring.console.pages import make_routers
from tests.scoring.api.given import Door, Tenant, door, tenant


@pytest.fixture
async def scoring(database_url: str, clock: ManualClock) -> AsyncIterator[Tenant]:
    """A member that owns all lanes of a fresh store."""
    async with tenant(database_url, clock) as made:
        yield made


@pytest.fixture
def console(scoring: Tenant, tmp_path: Path) -> Door:
    """The console and the API over that store."""
    return door([make_router(scoring.member), *make_routers(scoring.member)], tmp_path)


@pytest.fixture
async def visitor(console: Door) -> AsyncIterator[AsyncClient]:
    """A browser without a key, so far."""
    async with console.client("") as made:
        del made.headers["Authorization"]
        yield made


@pytest.fixture
async def reader(console: Door) -> AsyncIterator[AsyncClient]:
    """Who is signed in."""
    async with console.client() as made:
        yield made


@pytest.fixture
async def address(console: Door) -> AsyncIterator[str]:
    """The console served on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(console.app, "127.0.0.1", port)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving
