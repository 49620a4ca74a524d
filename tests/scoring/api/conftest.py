"""A store of each kind with a member over it, and the API before it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from banso_common.clock import ManualClock
from banso_scoring.api.routes import make_router
from tests.scoring.api.given import Door, Tenant, door, tenant


@pytest.fixture
async def scoring(database_url: str, clock: ManualClock) -> AsyncIterator[Tenant]:
    """A member that owns all lanes of a fresh store."""
    async with tenant(database_url, clock) as made:
        yield made


@pytest.fixture
def api(scoring: Tenant, tmp_path: Path) -> Door:
    """The API over that store."""
    return door([make_router(scoring.member)], tmp_path)


@pytest.fixture
async def client(api: Door) -> AsyncIterator[AsyncClient]:
    """Who may read accounts."""
    async with api.client() as made:
        yield made
