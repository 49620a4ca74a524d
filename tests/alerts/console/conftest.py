"""Alerts' pages over a store of each kind, as a client sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import ManualClock
from tests.alerts.console.given import Console, console_of
from tests.alerts.console.invented import room_of
from tests.alerts.room import Room


@pytest.fixture
def room(engine: AsyncEngine, noon: ManualClock) -> Room:
    return room_of(engine, noon)


@pytest.fixture
def console(room: Room, tmp_path: Path) -> Console:
    return console_of(room, tmp_path)


@pytest.fixture
async def reader(console: Console) -> AsyncIterator[AsyncClient]:
    """Who is signed in with a key that reads and writes."""
    async with console.signed_in() as client:
        yield client
