"""Services, the log and the keys put together: what starts, in which order it stops, and the application they share.

The services are given in the order in which an event passes them. They start last to first, so that nobody
speaks before the next listens, and stop first to last, so that each drains into the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from banso_common.errors import Unavailable
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing
from banso_common.lifecycle import DRAIN_S_MAX, Service
from banso_common.log.port import Log
from banso_common.pipeline.backoff import Backoff
from banso_common.telemetry.logs import logger


class Composition:
    """One process: any of the services over one log."""

    def __init__(self, log: Log, services: Sequence[Service], keys: KeyRing) -> None:
        self.log = log
        self.services = services
        self.keys = keys
        self._logger = logger("composition")

    def app(self) -> FastAPI:
        """The HTTP application of all the services."""
        return make_app(self.services, self.keys, product_version())

    async def start(self) -> None:
        """Start the log, then the services; one that is away is waited for. Raises SettingsError."""
        await self._patiently("log", self.log.start)
        await self.prepare()
        for service in reversed(self.services):
            await self._patiently(service.name, service.start)

    async def prepare(self) -> None:
        """What must be there before the services start; in the distributed form a person has done it."""

    async def stop(self) -> None:
        """Drain every service in turn, then close the log; one that does not end in time is left."""
        for service in self.services:
            try:
                await asyncio.wait_for(service.stop(), DRAIN_S_MAX)
            except TimeoutError:
                self._logger.error("did not drain in time", service=service.name)
        await self.log.stop()

    async def _patiently(self, name: str, start: Callable[[], Awaitable[None]]) -> None:
        backoff = Backoff()
        while True:
            try:
                return await start()
            except Unavailable as fault:
                self._logger.warning("waiting", what=name, reason=str(fault))
                await asyncio.sleep(backoff.next_ms() / 1_000)


def product_version() -> str:
    """The version of this installation."""
    try:
        return version("banso")
    except PackageNotFoundError:
        return "0"
