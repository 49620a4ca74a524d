"""Ties servers and their folders to the process that started them: when it dies, by any death, they go too.

A small process of its own holds the reading end of a pipe. Only the owner holds the writing end, so the
pipe closes at the owner's end, even by `kill -9`; then every process still named is killed and every
folder named is removed. (`PR_SET_PDEATHSIG` would watch the starting *thread*, which a test may end early.)

Run as a script, this module is that small process; it therefore imports the standard library only.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

REMOVE_TRIES_MAX = 50
REMOVE_PAUSE_S = 0.1


class Leash:
    """Holds the pids and folders that must not outlive this process, until `close`."""

    def __init__(self) -> None:
        self._watcher = subprocess.Popen(
            [sys.executable, "-I", __file__], stdin=subprocess.PIPE, start_new_session=True
        )

    def hold_pid(self, pid: int) -> None:
        """Kill this process when we die."""
        self._say(f"+pid {pid}")

    def drop_pid(self, pid: int) -> None:
        """This process has ended; its number may soon be another's."""
        self._say(f"-pid {pid}")

    def hold_folder(self, folder: Path) -> None:
        """Remove this folder when we die, or at `close`."""
        self._say(f"+dir {folder}")

    def close(self) -> None:
        """End everything that is still held, now."""
        if self._watcher.stdin is not None:
            self._watcher.stdin.close()
        self._watcher.wait()

    def _say(self, line: str) -> None:
        assert self._watcher.stdin is not None
        self._watcher.stdin.write(f"{line}\n".encode())
        self._watcher.stdin.flush()


def _remove(folder: str) -> None:
    """Remove a folder that a dying server may still be writing to."""
    for _ in range(REMOVE_TRIES_MAX):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            return
        time.sleep(REMOVE_PAUSE_S)


def _watch() -> None:
    """Take notes until the owner is gone, then clear up after it."""
    pids: set[int] = set()
    folders: set[str] = set()
    for line in sys.stdin:
        verb, _, what = line.rstrip("\n").partition(" ")
        match verb:
            case "+pid":
                pids.add(int(what))
            case "-pid":
                pids.discard(int(what))
            case "+dir":
                folders.add(what)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for folder in folders:
        _remove(folder)


if __name__ == "__main__":
    _watch()
