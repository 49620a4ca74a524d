"""Fresh stores for tests, with a service's tables or empty; tables are made once in a run, and copied from then on.

A copy is what `banso_common.db.migrate.upgrade` made, whose own tests begin with an empty store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade

SQLITE = "sqlite+aiosqlite:///"


def store_url(request: pytest.FixtureRequest, tmp_path: Path, package: str = "") -> str:
    """The URL of a fresh store of the kind that `request` asks for, with the tables of `package` or empty."""
    if request.param == "postgresql":
        fresh: Callable[[str], str] = request.getfixturevalue("postgres_url")
        return fresh(package)
    url = f"{SQLITE}{tmp_path / 'banso.sqlite'}"
    if package:
        give_tables(url, package)
    return url


def give_tables(url: str, package: str) -> None:
    """Let a SQLite store that is not there yet have the tables of `package`; any other URL has them already."""
    file = Path(url.removeprefix(SQLITE))
    if url.startswith(SQLITE) and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_sqlite_tables(package))


def migrate(url: str, package: str) -> None:
    """Run the migrations, also where an event loop runs already."""

    async def run() -> None:
        engine = connect(url)
        try:
            await upgrade(engine, package)
        finally:
            await engine.dispose()

    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, run()).result()


@cache
def _sqlite_tables(package: str) -> bytes:
    """A database's file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "banso.sqlite"
        migrate(f"{SQLITE}{file}", package)
        return file.read_bytes()
