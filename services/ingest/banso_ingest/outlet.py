"""The way out to the log, which both doors share: opened when it is first needed, since the log may be away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from banso_common.contracts.topics import Topic
from banso_common.errors import Unavailable
from banso_common.log.port import Log, Outgoing, Writer


@dataclass(frozen=True, slots=True)
class Destinations:
    """How many partitions the two topics have that ingest writes."""

    activity: int
    dead_letters: int


class Outlet:
    """One writer of `log`, and how many partitions there are to write to."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._opening = asyncio.Lock()
        self._open: tuple[Writer, Destinations] | None = None

    async def open(self) -> Destinations:
        """Open the writer if it is not. Raises Unavailable; SettingsError when a topic is missing."""
        if self._open is None:
            async with self._opening:
                if self._open is None:
                    destinations = Destinations(
                        activity=await self._log.partitions(Topic.ACCOUNT_ACTIVITY),
                        dead_letters=await self._log.partitions(Topic.DEAD_LETTERS),
                    )
                    self._open = await self._log.writer(), destinations
        return self._open[1]

    async def write(self, outgoing: Sequence[Outgoing]) -> None:
        """As `Writer.write`."""
        if self._open is None:
            raise Unavailable("the log is not open")
        await self._open[0].write(outgoing)

    async def close(self) -> None:
        if self._open is not None:
            (writer, _), self._open = self._open, None
            await writer.close()
