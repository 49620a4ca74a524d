"""API keys: 256 random bits, shown once, stored as SHA-256 in one small file that every service may read.

A stolen file opens nothing. The file is read again when it changes, so that a key made or revoked counts
at once; in a cluster it is mounted as a secret. A key may expire; what an older version stored has no dates.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from banso_common.clock import Clock, SystemClock
from banso_common.errors import SettingsError
from banso_common.http.key_use import KeyUse
from banso_common.http.tickets import Tickets

PREFIX = "banso_"
KEY_BYTES = 32
NAME_CHARS_MAX = 100


class Scope(StrEnum):
    """What a key may do, a closed set."""

    EVENTS_WRITE = "events:write"
    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_WRITE = "accounts:write"
    OUTREACH_READ = "outreach:read"
    OUTREACH_WRITE = "outreach:write"
    ADMIN = "admin"


RETIRED = frozenset({"dead-letters:read", "dead-letters:write"})
"""Scopes that keys of before may have; nothing was ever behind them."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: the name that the key was given, and what it may do. `admin` may do everything. Instants in ms;
    `created_at` is None for a key of before, `expires_at` for one that never does."""

    name: str
    scopes: frozenset[Scope]
    created_at: int | None = None
    expires_at: int | None = None

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes


class KeyRing:
    """The keys of one installation, in one file; they expire by `clock`, the machine's."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self._path = path
        self._clock = clock or SystemClock()
        self._use = KeyUse(path)
        self.tickets = Tickets()
        self._stamp: tuple[int, ...] | None = None
        self._keys: dict[str, Principal] = {}

    def create(self, name: str, scopes: Iterable[Scope], expires_at: int | None = None) -> str:
        """Make a key and store its hash; the answer is the only time that the key itself is seen."""
        now = self._clock.now()
        if expires_at is not None and expires_at <= now:
            raise SettingsError("a key that has expired opens nothing: let it expire in the future")
        if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable() and name == name.strip()):
            raise SettingsError(f"a key's name has 1 to {NAME_CHARS_MAX} printable characters: it says who uses it")
        secret = PREFIX + secrets.token_urlsafe(KEY_BYTES)
        with self._alone():
            if any(principal.name == name for principal in self._keys.values()):
                raise SettingsError(f"there is a key named `{name}` already; revoke it or choose another name")
            self._keys[_digest(secret)] = Principal(name, frozenset(scopes), now, expires_at)
            self._store()
        return secret

    def revoke(self, name: str) -> None:
        """Forget a key. Raises SettingsError when there is none of that name."""
        with self._alone():
            kept = {digest: principal for digest, principal in self._keys.items() if principal.name != name}
            if len(kept) == len(self._keys):
                raise SettingsError(f"there is no key named `{name}`")
            self._use.forget(self._keys.keys() - kept.keys())
            self._keys = kept
            self._store()

    def principals(self) -> list[Principal]:
        """Who has a key."""
        self._refresh()
        return list(self._keys.values())

    def last_used(self) -> dict[str, int]:
        """By the name of the key, when it was last used, to the hour."""
        self._refresh()
        used = self._use.read()
        return {principal.name: used[digest] for digest, principal in self._keys.items() if digest in used}

    def find(self, secret: str) -> Principal | None:
        """Whose key this is, unless it has expired. The look-up is by hash, so its time tells nothing of the stored
        keys."""
        found = self._known(secret)
        return None if found is None or self.has_expired(found) else found

    def admit(self, secret: str) -> Principal | None:
        """As `find`, of a request: the use is noted."""
        found = self.find(secret)
        if found is not None:
            self._use.note(_digest(secret), self._clock.now())
        return found

    def expired(self, secret: str) -> Principal | None:
        """Whose key this was until it expired; only who has the key can ask."""
        found = self._known(secret)
        return found if found is not None and self.has_expired(found) else None

    def has_expired(self, principal: Principal) -> bool:
        """Whether this key's time is over."""
        return principal.expires_at is not None and self._clock.now() >= principal.expires_at

    def _known(self, secret: str) -> Principal | None:
        self._refresh()
        return self._keys.get(_digest(secret))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Change the file as it is now, and nobody else meanwhile: of two who write at once neither is forgotten."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            self._refresh()
            yield
        finally:
            os.close(folder)

    def _refresh(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._keys, self._stamp = {}, None
            return
        stamp = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
        if stamp != self._stamp:
            try:
                stored = json.loads(self._path.read_text())
                self._keys = {key["sha256"]: _read(key) for key in stored["keys"]}
            except (ValueError, KeyError, TypeError) as fault:
                raise SettingsError(
                    f"the keys file cannot be read ({fault}); make keys with `banso keys create`"
                ) from None
            self._stamp = stamp

    def _store(self) -> None:
        keys = [
            {
                "name": principal.name,
                "scopes": sorted(principal.scopes),
                "sha256": digest,
                "created_at": principal.created_at,
                "expires_at": principal.expires_at,
            }
            for digest, principal in self._keys.items()
        ]
        handle, fresh = mkstemp(dir=self._path.parent, prefix=self._path.name)  # for its owner only
        with os.fdopen(handle, "w") as file:
            json.dump({"keys": keys}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(self._path)
        self._stamp = None


def _read(key: dict[str, Any]) -> Principal:
    scopes = frozenset(Scope(scope) for scope in key["scopes"] if scope not in RETIRED)
    created_at, expires_at = (None if key.get(at) is None else int(key[at]) for at in ("created_at", "expires_at"))
    return Principal(key["name"], scopes, created_at, expires_at)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
