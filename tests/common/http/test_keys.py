"""API keys: shown once, stored as hashes that nobody else may read, and counted at once when made or revoked."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from banso_common.errors import SettingsError
from banso_common.http.keys import KeyRing, Scope


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


def test_of_keys_made_at_once_none_is_forgotten(path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda n: KeyRing(path).create(f"key{n}", [Scope.ACCOUNTS_READ]), range(40)))
    ring = KeyRing(path)
    assert [secret for secret in made if ring.find(secret) is None] == []
