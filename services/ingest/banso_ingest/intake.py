"""Puts judged events into the log: whoever comes while a write is under way is written together by the next.

An answer waits for the log's own: when `write` returns, the log has the events.
"""

from __future__ import annotations

import asyncio

from banso_common.errors import Unavailable
from banso_ingest.columns import Judged
from banso_ingest.outlet import Outlet


class Intake:
    """One queue in front of the log. Its size is bounded by the room that requests have."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._waiting: list[tuple[Judged, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._closed = False

    async def write(self, judged: Judged) -> None:
        """Returns when the log has every record of `judged`. Raises Full, Unavailable; then a retry is right."""
        if self._closed:
            raise Unavailable("banso is stopping")
        if not judged.outgoing():
            return
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((judged, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await done

    async def close(self) -> None:
        """Take nothing new, and wait for what was taken."""
        self._closed = True
        if self._writing is not None:
            await self._writing

    async def _write_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            together = Judged()
            for judged, _ in group:
                together.extend(judged)
            fault: Exception | None = None
            try:
                await self._outlet.write(together.outgoing())
            except Exception as raised:  # whatever it is, each of those who wait must learn of it
                fault = raised
            for _, done in group:
                if done.cancelled():
                    continue
                if fault is None:
                    done.set_result(None)
                else:
                    done.set_exception(fault)
        self._writing = None
