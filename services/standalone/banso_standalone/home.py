"""The standalone's data folder: one process at a time, tables brought up to date after a copy, and the first key."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.db.migrate import require_current, upgrade
from banso_common.errors import SettingsError
from banso_common.http.keys import KeyRing, Scope

FIRST_KEY = "first"
COPIES_MAX = 10_000


class Home:
    """The folder, locked from `enter` to `leave`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    def enter(self) -> None:
        """Make the folder if it is missing, and take it. Raises SettingsError when another process has it."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.leave()
            raise SettingsError(
                f"another banso runs in {self.folder}; stop it, or choose another folder with BANSO_DATA_DIR"
            ) from None
        except OSError as fault:
            raise SettingsError(f"BANSO_DATA_DIR: {self.folder} cannot be used ({fault.strerror})") from None

    def leave(self) -> None:
        """Let others have the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def first_key(self, keys: KeyRing) -> str | None:
        """The key that a newcomer uses, made on the first run; None once it was revoked.

        It is kept in a file that only its owner may read, so that it can be shown again.
        """
        file = self.folder / "first-key"
        if file.exists():
            secret = file.read_text().strip()
            return secret if keys.find(secret) is not None else None
        if keys.principals():
            return None
        secret = keys.create(FIRST_KEY, [Scope.ADMIN])
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(secret + "\n")
        return secret


async def bring_up_to_date(engine: AsyncEngine, package: str) -> Path | None:
    """Run the pending migrations; gives the copy that was made of an older SQLite file before."""
    try:
        await require_current(engine, package)
        return None
    except SettingsError:
        copy = _copy_of(engine)
    await upgrade(engine, package)
    return copy


def _copy_of(engine: AsyncEngine) -> Path | None:
    """A consistent copy beside the file, also of what is still in its write-ahead log; None for an empty one."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return None
    try:
        with closing(sqlite3.connect(name)) as source:
            if not source.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return None
            copy = next(path for n in range(1, COPIES_MAX) if not (path := Path(f"{name}.before-{n}")).exists())
            with closing(sqlite3.connect(copy)) as target:
                source.backup(target)
    except sqlite3.DatabaseError as fault:
        raise SettingsError(f"{name} cannot be copied before its tables change: {fault}") from None
    return copy
