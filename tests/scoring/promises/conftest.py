"""A store of each kind with a member over it; hypothesis runs its examples on one store, wiped between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from banso_common.clock import ManualClock
from tests.scoring.promises.room import Room, room_of


@pytest.fixture
async def room(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """A member that owns all lanes of a fresh store, on each kind of store."""
    async with room_of(database_url, clock) as made:
        yield made


@pytest.fixture
async def quick_room(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Room]:
    """The same on SQLite alone, for many examples."""
    async with room_of(f"sqlite+aiosqlite:///{tmp_path / 'quick.db'}", clock) as made:
        yield made
