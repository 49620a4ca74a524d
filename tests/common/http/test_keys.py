"""API keys: shown once, stored as hashes that nobody else may read, and counted at once when made or revoked."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS, ManualClock
from banso_common.errors import SettingsError
from banso_common.http.keys import KeyRing, Scope

NOW = 1_772_442_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "keys.json"


def test_the_file_holds_no_key_and_is_for_its_owner_only(path: Path) -> None:
    before = os.umask(0)
    try:
        secret = KeyRing(path).create("ci", [Scope.EVENTS_WRITE])
    finally:
        os.umask(before)
    assert secret.startswith("banso_") and len(secret) > 40
    assert secret not in path.read_text() and secret[6:] not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["keys.json"]


def test_a_left_over_file_that_anybody_may_read_is_not_written_to(path: Path) -> None:
    path.parent.mkdir(parents=True)
    left = path.with_suffix(".new")
    left.write_text("x")
    left.chmod(0o666)
    KeyRing(path).create("ci", [Scope.EVENTS_WRITE])
    assert path.stat().st_mode & 0o777 == 0o600
    assert left.read_text() == "x"


def test_a_key_is_found_by_who_has_it_with_what_it_may_do(path: Path) -> None:
    ring = KeyRing(path)
    secret = ring.create("crm", [Scope.ACCOUNTS_READ])
    found = ring.find(secret)
    assert found is not None and found.name == "crm"
    assert found.may(Scope.ACCOUNTS_READ) and not found.may(Scope.ACCOUNTS_WRITE)
    for wrong in ("", secret[:-1], secret + "x", secret.upper(), "ü" * 40):
        assert ring.find(wrong) is None
    root = ring.find(ring.create("root", [Scope.ADMIN]))
    assert root is not None and all(root.may(scope) for scope in Scope)


def test_what_another_process_makes_or_revokes_counts_at_once(path: Path) -> None:
    serving, command = KeyRing(path), KeyRing(path)
    assert serving.find("banso_x") is None
    for turn in range(50):
        secret = command.create(f"key{turn % 2}", [Scope.ACCOUNTS_READ])
        assert serving.find(secret) is not None
        command.revoke(f"key{turn % 2}")
        assert serving.find(secret) is None
        assert serving.principals() == []


def test_a_change_within_the_same_tick_and_of_the_same_size_counts_too(path: Path) -> None:
    serving, command = KeyRing(path), KeyRing(path)
    first = command.create("a", [Scope.ACCOUNTS_READ])
    assert serving.find(first) is not None
    stamp = path.stat()
    command.revoke("a")
    second = command.create("b", [Scope.ACCOUNTS_READ])
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_size == stamp.st_size
    assert serving.find(first) is None
    assert serving.find(second) is not None


def test_a_name_is_given_once(path: Path) -> None:
    ring = KeyRing(path)
    ring.create("crm", [Scope.ACCOUNTS_READ])
    with pytest.raises(SettingsError, match="crm"):
        KeyRing(path).create("crm", [Scope.ADMIN])
    with pytest.raises(SettingsError, match="nobody"):
        ring.revoke("nobody")
    assert [principal.name for principal in ring.principals()] == ["crm"]


def test_a_file_that_is_removed_opens_nothing(path: Path) -> None:
    ring = KeyRing(path)
    secret = ring.create("crm", [Scope.ACCOUNTS_READ])
    path.unlink()
    assert ring.find(secret) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"keys":[{"name":"x"}]}', '{"keys":[{"name":"x","sha256":"y","scopes":["all"]}]}']
)
def test_a_file_that_cannot_be_read_is_said_and_lets_nobody_in(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(SettingsError, match="banso keys create"):
        KeyRing(path).find("banso_x")


def test_the_file_is_json_that_a_cluster_can_hold_as_a_secret(path: Path) -> None:
    KeyRing(path).create("crm", [Scope.ACCOUNTS_WRITE, Scope.ACCOUNTS_READ])
    (key,) = json.loads(path.read_text())["keys"]
    assert key["name"] == "crm" and key["scopes"] == ["accounts:read", "accounts:write"] and len(key["sha256"]) == 64


@pytest.mark.parametrize("name", ["", " ", "a\nb", " crm", "\u202ecrm", "x" * 101])
def test_a_key_that_nobody_could_tell_from_others_is_not_made(path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="printable"):
        KeyRing(path).create(name, [Scope.ADMIN])
    assert not path.exists()


def test_a_key_counts_until_it_expires_and_says_since_when(path: Path) -> None:
    clock = ManualClock(NOW)
    ring = KeyRing(path, clock)
    secret = ring.create("visit", [Scope.ACCOUNTS_READ], expires_at=NOW + DAY_MS)
    clock.move_to(NOW + DAY_MS - 1)
    assert ring.find(secret) is not None and ring.expired(secret) is None
    clock.move_to(NOW + DAY_MS)
    assert ring.find(secret) is None and ring.admit(secret) is None
    gone = ring.expired(secret)
    assert gone is not None and (gone.name, gone.created_at, gone.expires_at) == ("visit", NOW, NOW + DAY_MS)
    assert [ring.has_expired(one) for one in KeyRing(path, clock).principals()] == [True]
    assert ring.expired("banso_wrong") is None


def test_a_key_that_would_be_dead_at_once_is_not_made(path: Path) -> None:
    with pytest.raises(SettingsError, match="future"):
        KeyRing(path, ManualClock(NOW)).create("late", [Scope.ADMIN], expires_at=NOW)
    assert not path.exists()


def test_a_file_of_before_has_keys_without_dates_and_scopes_that_are_no_more(path: Path) -> None:
    path.parent.mkdir(parents=True)
    digest = hashlib.sha256(b"banso_old").hexdigest()
    scopes = ["accounts:read", "dead-letters:read", "dead-letters:write"]
    path.write_text(json.dumps({"keys": [{"name": "old", "scopes": scopes, "sha256": digest}]}))
    found = KeyRing(path).find("banso_old")
    assert found is not None and found.scopes == {Scope.ACCOUNTS_READ}
    assert (found.created_at, found.expires_at) == (None, None)
    assert KeyRing(path).last_used() == {}


def test_the_last_use_is_known_to_the_hour_and_forgotten_with_the_key(path: Path) -> None:
    clock = ManualClock(NOW)
    serving = KeyRing(path, clock)
    secret = serving.create("crm", [Scope.ACCOUNTS_READ])
    serving.find(secret)
    assert KeyRing(path).last_used() == {}, "who only looks does not use it"
    used = path.with_name("keys.json.used")
    for minutes, written_at in ((0, NOW), (59, NOW), (60, NOW + HOUR_MS)):
        clock.move_to(NOW + minutes * MINUTE_MS)
        assert serving.admit(secret) is not None
        assert KeyRing(path).last_used() == {"crm": written_at}
    assert used.stat().st_mode & 0o777 == 0o600 and secret not in used.read_text()
    KeyRing(path).revoke("crm")
    KeyRing(path).create("crm", [Scope.ACCOUNTS_READ])
    assert KeyRing(path).last_used() == {}


def test_a_use_that_cannot_be_written_keeps_nobody_out(path: Path) -> None:
    ring = KeyRing(path)
    secret = ring.create("crm", [Scope.ACCOUNTS_READ])
    path.with_name("keys.json.used").mkdir()
    assert ring.admit(secret) is not None
    path.with_name("keys.json.used").rmdir()
    path.with_name("keys.json.used").write_text("[1]")
    assert KeyRing(path).admit(secret) is not None


def test_of_keys_made_at_once_none_is_forgotten(path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda n: KeyRing(path).create(f"key{n}", [Scope.ACCOUNTS_READ]), range(40)))
    ring = KeyRing(path)
    assert [secret for secret in made if ring.find(secret) is None] == []
