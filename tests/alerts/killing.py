"""Kills delivering processes: at random, or at a named point."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal as signals
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Any

ANSWER_S_MAX = 600.0  # a child that delivers what is left of a thousand kills takes its time


def kills_asked_for(usual: int) -> int:
    """How many random kills: as BANSO_TEST_KILLS says, else what a run of all tests has time for."""
    return int(os.environ.get("BANSO_TEST_KILLS", usual))


class Nursery:
    """Delivering processes over one database and one server of a channel."""

    def __init__(self, process: subprocess.Popen[bytes], database: str, channel: str, server: str) -> None:
        self._process, self._database, self._channel, self._server = process, database, channel, server

    async def begin(self, failpoint: str = "", *, read_back: bool = True, guarded: bool = True) -> int:
        """Start a process and give its pid once it delivers."""
        await self._order(
            database=self._database,
            channel=self._channel,
            server=self._server,
            failpoint=failpoint,
            read_back=read_back,
            guarded=guarded,
        )
        said: dict[str, Any] = {}
        while not {"pid", "delivering"} <= said.keys():
            said |= await self._answer()
        return int(said["pid"])

    async def end(self, pid: int) -> int:
        """Wait for a process; its wait status is 0, or the signal that killed it."""
        await self._order(reap=pid)
        return int((await self._answer())["ended"])

    async def run(self, failpoint: str = "", *, read_back: bool = True) -> int:
        """Start a process and wait for its end."""
        return await self.end(await self.begin(failpoint, read_back=read_back))

    async def _order(self, **order: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps(order) + "\n").encode())
        self._process.stdin.flush()

    async def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(self._process.stdout.readline), ANSWER_S_MAX)
        answer: dict[str, Any] = json.loads(line)
        return answer


async def kill_at_random(
    nursery: Nursery, listen: Callable[[Callable[[], None]], None], kills: int, *, read_back: bool = True
) -> None:
    """Kill a delivering process `kills` times: each other one a moment after something has arrived (`listen` says
    when), the rest at any time; then let one finish."""
    chance = random.Random(7)  # the moments are not reproducible, the machine sees to that
    for number in range(kills):
        pid = await nursery.begin(read_back=read_back)
        if number % 2:
            arrived = asyncio.Event()
            listen(arrived.set)
            with suppress(TimeoutError):
                await asyncio.wait_for(arrived.wait(), 2.0)
            await asyncio.sleep(chance.uniform(0.0, 0.02))
        else:
            await asyncio.sleep(chance.uniform(0.0, 0.2))
        os.kill(pid, signals.SIGKILL)
        await nursery.end(pid)
    assert await nursery.run(read_back=read_back) == 0
