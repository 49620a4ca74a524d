"""The data folder belongs to one process, keeps the first key, and is copied before its tables change."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from banso_common.db.engine import connect
from banso_common.db.migrate import require_current
from banso_common.errors import SettingsError
from banso_common.http.keys import KeyRing, Scope
from banso_standalone.home import FIRST_KEY, Home, bring_up_to_date

PACKAGE = "banso_scoring"


def test_a_folder_is_used_by_one_process_at_a_time(tmp_path: Path) -> None:
    first, second = Home(tmp_path / "data"), Home(tmp_path / "data")
    first.enter()
    with pytest.raises(SettingsError, match="another banso runs in"):
        second.enter()
    first.leave()
    second.enter()
    second.leave()


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="BANSO_DATA_DIR"):
        Home(tmp_path / "file" / "data").enter()


def test_the_first_key_may_do_everything_and_is_shown_again_while_it_is_valid(tmp_path: Path) -> None:
    home, ring = Home(tmp_path), KeyRing(tmp_path / "keys.json")
    key = home.first_key(ring)
    assert key is not None
    principal = ring.find(key)
    assert principal is not None
    assert (principal.name, principal.scopes) == (FIRST_KEY, frozenset({Scope.ADMIN}))
    assert home.first_key(KeyRing(tmp_path / "keys.json")) == key
    ring.revoke(FIRST_KEY)
    assert home.first_key(KeyRing(tmp_path / "keys.json")) is None


def test_the_first_key_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    Home(tmp_path).first_key(KeyRing(tmp_path / "keys.json"))
    assert (tmp_path / "first-key").stat().st_mode & 0o777 == 0o600


def test_who_has_made_keys_gets_none_unasked(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    ring.create("mine", [Scope.ACCOUNTS_READ])
    assert Home(tmp_path).first_key(ring) is None
    assert [principal.name for principal in ring.principals()] == ["mine"]


def copies(folder: Path) -> list[Path]:
    return list(folder.glob("*.before-*"))


async def test_a_new_database_is_made_without_a_copy(tmp_path: Path) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path / 'scoring.db'}")
    try:
        assert await bring_up_to_date(engine, PACKAGE) is None
        await require_current(engine, PACKAGE)
        assert await bring_up_to_date(engine, PACKAGE) is None, "nothing is pending any more"
    finally:
        await engine.dispose()
    assert not copies(tmp_path)


async def test_a_database_with_something_in_it_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "scoring.db")) as old:
        old.execute("PRAGMA journal_mode=WAL")
        old.execute("CREATE TABLE old_news (said TEXT)")
        old.execute("INSERT INTO old_news VALUES ('kept')")
        old.commit()
        engine = connect(f"sqlite+aiosqlite:///{tmp_path / 'scoring.db'}")
        try:
            copy = await bring_up_to_date(engine, PACKAGE)
            await require_current(engine, PACKAGE)
        finally:
            await engine.dispose()
    assert copy == tmp_path / "scoring.db.before-1"
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT said FROM old_news").fetchall() == [("kept",)], "also what was in the WAL only"
        assert not kept.execute("SELECT name FROM sqlite_master WHERE name = 'account'").fetchall()


async def test_a_file_that_is_no_database_is_a_clear_error_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "scoring.db"
    file.write_text("my shopping list, which is long enough to be no database")
    engine = connect(f"sqlite+aiosqlite:///{file}")
    try:
        with pytest.raises(SettingsError, match="not a database"):
            await bring_up_to_date(engine, PACKAGE)
    finally:
        await engine.dispose()
    assert file.read_text().startswith("my shopping list")
    assert not copies(tmp_path)
