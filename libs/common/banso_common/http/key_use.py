"""When each key was last used, to the hour, in a small file beside the keys: whether anybody would miss it.

It says nothing about what may be done, so it is written in passing: a file that cannot be written (keys are mounted
read-only in a cluster) is left alone, and of two processes that write at once one is told an hour later.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from banso_common.clock import HOUR_MS

SUFFIX = ".used"


class KeyUse:
    """Last uses by the digest of the key, ms since the epoch."""

    def __init__(self, keys_path: Path) -> None:
        self._path = keys_path.with_name(keys_path.name + SUFFIX)
        self._noted: dict[str, int] = {}

    def note(self, digest: str, now: int) -> None:
        """This key is used now; written at most once an hour."""
        if now - self._noted.get(digest, -HOUR_MS) < HOUR_MS:
            return
        self._noted[digest] = now
        with suppress(OSError):
            self._store(self.read() | {digest: now})

    def read(self) -> dict[str, int]:
        """What the file says; nothing when there is none, or it is no such file."""
        try:
            return {str(digest): int(at) for digest, at in json.loads(self._path.read_text()).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def forget(self, digests: set[str]) -> None:
        """These keys are revoked."""
        found = self.read()
        if digests & found.keys():
            with suppress(OSError):
                self._store({digest: at for digest, at in found.items() if digest not in digests})

    def _store(self, used: dict[str, int]) -> None:
        handle, fresh = mkstemp(dir=self._path.parent, prefix=self._path.name)  # for its owner only
        with os.fdopen(handle, "w") as file:
            json.dump(used, file)
        Path(fresh).replace(self._path)
