"""What a running service is, and how a process starts its services, serves them, and drains at a signal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import uvicorn
from fastapi import APIRouter, FastAPI

from banso_common.telemetry.logs import logger

DRAIN_S_MAX = 30

Run = Callable[[], Coroutine[Any, Any, None]]


class Service(Protocol):
    """One of banso's services, as a composition sees it."""

    @property
    def name(self) -> str: ...

    @property
    def routers(self) -> Sequence[APIRouter]: ...

    async def start(self) -> None:
        """Check the settings and the store, then work in background tasks. Raises SettingsError."""
        ...

    async def stop(self) -> None:
        """Drain: finish what is in flight, take nothing new."""
        ...

    def readiness(self) -> Mapping[str, str | None]:
        """Each check by name: None when it is fine, else the reason why not."""
        ...


class Tasks:
    """The background tasks of a service. `failed` says of one that failed, or that ended unasked, what became of it:
    it is for readiness; a failure is in the log at once, too."""

    def __init__(self, name: str) -> None:
        self._logger = logger(name)
        self._draining: list[asyncio.Task[None]] = []
        self._others: list[asyncio.Task[None]] = []
        self.failed: str | None = None

    def start(self, *runs: Run, draining: int = 1) -> None:
        """Run these until they are stopped. The first `draining` return by themselves once they are told to drain."""
        tasks = [asyncio.create_task(run()) for run in runs]
        for task in tasks:
            task.add_done_callback(self._done)
        self._draining, self._others = tasks[:draining], tasks[draining:]

    async def stop(self) -> None:
        """Wait for those that were told to drain, then end the others."""
        await asyncio.gather(*self._draining, return_exceptions=True)
        for task in self._others:
            task.cancel()
        await asyncio.gather(*self._others, return_exceptions=True)
        self._draining, self._others = [], []

    def _done(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        if (fault := task.exception()) is None:
            self.failed = self.failed or "a background task has ended"
        else:
            self.failed = f"{type(fault).__name__}: {fault}"
            self._logger.error("a background task failed; restart the service", exc_info=fault)


class Server(uvicorn.Server):
    """An HTTP server inside a running event loop; `serve` returns after its drain once `should_exit` is set.

    Signals belong to the process: the server would raise them anew after its own drain, and so end the
    process before its services have drained.
    """

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=DRAIN_S_MAX,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process."""
        yield
