"""A migrated database for alerts, on each store, and a handler and a deliverer over it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import ManualClock
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from tests.alerts.made import MONDAY_NOON


@pytest.fixture
def noon() -> ManualClock:
    """A clock that stands at noon of a working Monday in Tokyo."""
    return ManualClock(MONDAY_NOON)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Alerts' tables, empty."""
    opened = connect(database_url)
    await upgrade(opened, "banso_alerts")
    yield opened
    await opened.dispose()
