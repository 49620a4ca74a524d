"""Whether a process that has the embedded log open still lives: it holds a lock that dies with it.

So the members of a process that was killed are known as dead at once, and a restart need not wait for
their time-out, which remains for members that hang. Where the system has no such locks (`fcntl` is
missing), only the time-out tells.
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]


class LifeSign:
    """This process's lock, from creation until `end` or the process's death. `name` is the file beside the log."""

    def __init__(self, log: Path) -> None:
        self._path = log.with_name(f"{log.name}-alive-{uuid4().hex}")
        self.name = self._path.name
        self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        if fcntl is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def end(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def is_gone(sign: Path) -> bool:
    """True when the process behind this life sign is certainly dead. Its file is then removed."""
    if fcntl is None:
        return False
    try:
        descriptor = os.open(sign, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        sign.unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)
