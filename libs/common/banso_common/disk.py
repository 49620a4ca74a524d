"""Whether the disks that this process writes to take writes: one that was met full counts as full until there is room.

It is looked at by a write of its own, so that readiness comes back by itself, even while nobody is let in to write.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic

from banso_common.errors import Full

ROOM_BYTES = 2**20
"""So much has to fit before a disk counts as having room again."""
LOOK_EVERY_S = 5.0
RETRY_AFTER_S = 60

_full: dict[Path, float] = {}
"""Folders whose disk was met full, with the machine's time of the last look."""


def met_full(folder: Path) -> Full:
    """Remember that the disk of `folder` refused a write; gives the error to raise."""
    _full[folder] = monotonic()
    return Full("the disk is full", RETRY_AFTER_S)


async def full_disks() -> str | None:
    """Which disks are full, for readiness; None when none is. Looks again, now and then, at those that were."""
    for folder, looked_at in list(_full.items()):
        if monotonic() - looked_at >= LOOK_EVERY_S:
            _full[folder] = monotonic()
            if await asyncio.to_thread(_has_room, folder):
                _full.pop(folder, None)
    told = ", ".join(sorted(str(folder) for folder in _full))
    return f"the disk of {told} is full" if told else None


def _has_room(folder: Path) -> bool:
    try:
        with TemporaryFile(dir=folder, prefix=".room-") as file:
            file.write(bytes(ROOM_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True
