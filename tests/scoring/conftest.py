"""A store of each kind with scoring's tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores import store_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The SQLAlchemy URL of a fresh database with scoring's tables; the test runs once on each store."""
    return store_url(request, tmp_path, "banso_scoring")
