"""Takes back what mail systems return: a report's recipients onto the suppression list, in one open transaction.

A report tells by our Message-ID which outreach came back; its address is the one that is listed, wherever the mail
was forwarded to. From a folder, into which anybody can write by mail, nothing else is believed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_alerts.channels.bounces import REPORT_BYTES_MAX, Bounce, bounces_of
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.suppression import Suppression
from banso_alerts.store import inbox, suppressions
from banso_common.db.transaction import transaction
from banso_common.errors import Refused
from banso_common.telemetry.logs import logger

FILES_MAX = 100
SEEN = ":2,S"  # what Maildir calls a mail that was read


@dataclass(frozen=True, slots=True)
class Returned:
    """What a report led to: `listed`, and those of whom it says nothing that ends their address, or nothing we know."""

    listed: list[Suppression]
    left: list[Bounce]


async def take_back(tx: AsyncConnection, raw: bytes, now: int, *, ours_only: bool) -> Returned:
    """List whom a raw report ends. `ours_only` believes a report only of a mail that we sent. Raises Refused."""
    returned = Returned([], [])
    for bounce in bounces_of(raw):
        address = await _address(tx, bounce, ours_only=ours_only)
        if bounce.reason is None or not address:
            returned.left.append(bounce)
            continue
        listed = await suppressions.add(tx, Suppression(address, bounce.reason, now, bounce.detail))
        returned.listed.append(listed)
    return returned


async def _address(tx: AsyncConnection, bounce: Bounce, *, ours_only: bool) -> str:
    """Whose address it is: of the outreach that came back, else the one that the report names."""
    row = await inbox.one(tx, bounce.outreach_id) if bounce.outreach_id is not None else None
    if row is not None and row.channel == ChannelName.EMAIL.value:
        return str(row.address or "")
    return "" if ours_only else bounce.address


class BounceFolder:
    """A Maildir folder to which returned mails are delivered. A mail is moved once it was read; read twice is once."""

    def __init__(self, engine: AsyncEngine, folder: Path, changed: Callable[[], None]) -> None:
        self._engine, self._folder, self._changed = engine, folder, changed
        self._logger = logger("alerts.bounces")

    async def read(self, now: int) -> int:
        """Read what is new, at most FILES_MAX; gives how many addresses were listed. Raises Unavailable."""
        listed = 0
        for file, raw in await asyncio.to_thread(self._new):
            try:
                async with transaction(self._engine) as tx:
                    returned = await take_back(tx, raw, now, ours_only=True)
                listed += len(returned.listed)
            except Refused as fault:
                self._logger.info("not a bounce", file=file.name, reason=fault.reason)
            await asyncio.to_thread(self._move, file)
        if listed:
            self._logger.info("bounces", listed=listed)
            self._changed()
        return listed

    def _new(self) -> list[tuple[Path, bytes]]:
        """The new mails, as much of each as a report may be long and one byte more."""
        try:
            files = sorted(file for file in (self._folder / "new").iterdir() if file.is_file())[:FILES_MAX]
        except OSError as fault:
            self._logger.warning("no folder of bounces", folder=str(self._folder), reason=str(fault))
            return []
        return [(file, raw) for file in files if (raw := self._read(file)) is not None]

    def _read(self, file: Path) -> bytes | None:
        try:
            with file.open("rb") as opened:
                return opened.read(REPORT_BYTES_MAX + 1)
        except OSError as fault:
            self._logger.warning("bounce unread", file=file.name, reason=str(fault))
            return None

    def _move(self, file: Path) -> None:
        """To `cur`, as read; another member may have been faster."""
        try:
            (self._folder / "cur").mkdir(exist_ok=True)
            file.rename(self._folder / "cur" / (file.name.partition(":")[0] + SEEN))
        except FileNotFoundError:
            return
        except OSError as fault:
            self._logger.warning("bounce not moved", file=file.name, reason=str(fault))
