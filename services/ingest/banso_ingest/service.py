"""Ingest as one service: its worker on usage-events and its HTTP door, over one way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from fastapi import APIRouter

from banso_common.clock import Clock
from banso_common.contracts.topics import Topic
from banso_common.errors import Unavailable
from banso_common.lifecycle import Tasks
from banso_common.log.port import Log
from banso_common.pipeline.worker import Worker
from banso_ingest.api import make_router
from banso_ingest.body import Room
from banso_ingest.door import Door
from banso_ingest.handler import IngestHandler
from banso_ingest.outlet import Outlet
from banso_ingest.settings import IngestSettings


class IngestService:
    """One member of ingest. It has no store: the log is all that it needs."""

    name = "ingest"

    def __init__(self, settings: IngestSettings, log: Log, clock: Clock) -> None:
        rules = settings.rules
        self._outlet = Outlet(log)
        self._door = Door(self._outlet, clock, rules)
        self._router = make_router(self._door, Room(settings.in_flight_bytes_max))
        handler = IngestHandler(self._outlet, clock, rules, settings.breaker)
        self.worker = Worker(log, Topic.USAGE_EVENTS, self.name, handler, with_headers=True)
        self._tasks = Tasks(self.name)

    @property
    def routers(self) -> Sequence[APIRouter]:
        """`POST /v1/events` and the Segment paths."""
        return [self._router]

    async def start(self) -> None:
        """Look whether the topics are there, then work. A log that is away is waited for. Raises SettingsError."""
        with suppress(Unavailable):
            await self._outlet.open()
        self._tasks.start(self.worker.run)

    async def stop(self) -> None:
        """Answer and finish what was taken, take nothing new."""
        await self._door.close()
        await self.worker.stop()
        await self._tasks.stop()
        await self._outlet.close()

    def readiness(self) -> Mapping[str, str | None]:
        """What keeps ingest from working."""
        return {**self.worker.readiness(), "ingest.tasks": self._tasks.failed}


async def build(settings: IngestSettings, log: Log, clock: Clock) -> IngestService:
    """Ingest over a log that is started. Keys are asked for at the door of the application that it is put in."""
    return IngestService(settings, log, clock)
