"""A fresh database of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.db.engine import connect


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A connection to it."""
    made = connect(database_url)
    yield made
    await made.dispose()
