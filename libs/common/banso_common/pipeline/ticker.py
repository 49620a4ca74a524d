"""Timed work: calls an action when the clock has moved far enough, and never twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from banso_common.clock import Clock
from banso_common.errors import Fenced, Unavailable
from banso_common.telemetry.logs import logger

POLL_S = 0.2

log = logger("ticker")


class Ticker:
    """Runs `action(now)` every `every_ms` of the given clock, which may be a virtual one.

    A store that is away or an epoch that is old skips this round: the next one does the work.
    """

    def __init__(self, clock: Clock, every_ms: int, action: Callable[[int], Awaitable[None]]) -> None:
        self._clock = clock
        self._every_ms = every_ms
        self._action = action
        self._due_at = clock.now()
        self._lock = asyncio.Lock()
        self.asked_only: Callable[[], bool] = lambda: False
        """Whether nothing is done by itself now: who moves a virtual clock says when."""

    async def tick(self, *, force: bool = False) -> None:
        """Run the action if it is due (or in any case), and wait until it is done. Raises what it raises."""
        async with self._lock:
            now = self._clock.now()
            if force or now >= self._due_at:
                self._due_at = now + self._every_ms
                await self._action(now)

    def hurry(self) -> None:
        """Let the action be due now."""
        self._due_at = self._clock.now()

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            try:
                if not self.asked_only():
                    await self.tick()
            except (Unavailable, Fenced) as fault:
                log.warning("tick skipped", reason=str(fault))
            await asyncio.sleep(POLL_S)
