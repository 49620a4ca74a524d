"""Keeps a rate for each key: one turn every so often; who would have to wait too long is told when to come back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from banso_common.clock import SECOND_MS

KEYS_MAX = 10_000


class Pace:
    """One turn a key every `every_ms`; nobody waits longer than `wait_ms_max`."""

    def __init__(
        self,
        every_ms: int,
        wait_ms_max: int,
        now_s: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._every_ms, self._wait_ms_max, self._now_s, self._sleep = every_ms, wait_ms_max, now_s, sleep
        self._free_at: dict[str, int] = {}
        self._held_until = 0

    async def turn(self, key: str) -> int:
        """Wait for a turn and give 0; or give at once the ms after which to ask again."""
        now = self._now()
        free_at = max(self._free_at.get(key, 0), self._held_until, now)
        wait_ms = free_at - now
        if wait_ms > self._wait_ms_max:
            return wait_ms
        if len(self._free_at) >= KEYS_MAX:
            self._free_at = {each: at for each, at in self._free_at.items() if at > now}
        self._free_at[key] = free_at + self._every_ms
        if wait_ms:
            await self._sleep(wait_ms / SECOND_MS)
        return 0

    def hold(self, ms: int) -> None:
        """Nobody has a turn for `ms`: the provider asked for it."""
        self._held_until = max(self._held_until, self._now() + ms)

    def _now(self) -> int:
        return round(self._now_s() * SECOND_MS)
