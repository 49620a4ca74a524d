"""Killed while delivering, at random and at every named point: nothing is lost and nothing arrives twice.

Two controls show that these tests can fail: without reading back, and without the guard of the lease, messages
do arrive twice. `BANSO_TEST_KILLS` asks for more random kills than the test run makes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal as signals
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import SECOND_MS, SystemClock
from banso_common.contracts.outreach_outcome import OutcomeKind
from tests.alerts.nursery import GRACE_MS
from tests.alerts.room import Room
from tests.alerts.slack_server import SlackServer, running_slack
from tests.alerts.workload import MEMBERS, planned

KILLS = int(os.environ.get("BANSO_TEST_KILLS", "100"))
ROOT = Path(__file__).parents[2]
ANSWER_S_MAX = 60.0
pytestmark = pytest.mark.timeout(120 + KILLS)


class Nursery:
    """Delivering processes over one database and one Slack."""

    def __init__(self, process: subprocess.Popen[bytes], database: str, slack: SlackServer) -> None:
        self._process, self._database, self._slack = process, database, slack

    async def begin(self, failpoint: str = "", *, read_back: bool = True, guarded: bool = True) -> int:
        """Start a process and give its pid once it delivers."""
        await self._order(
            database=self._database,
            slack=self._slack.url,
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


@pytest.fixture(scope="module")
def forking() -> Iterator[subprocess.Popen[bytes]]:
    """The process that forks; it ends when its input does."""
    command = [sys.executable, "-m", "tests.alerts.nursery"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A Slack with a dozen members that takes a moment to answer, so that kills find calls in flight."""
    async with running_slack() as server:
        server.members = dict(MEMBERS)
        server.latency_s = 0.01
        server.first_ts = SystemClock().now() // SECOND_MS
        yield server


@pytest.fixture
def nursery(forking: subprocess.Popen[bytes], database_url: str, engine: AsyncEngine, slack: SlackServer) -> Nursery:
    return Nursery(forking, database_url, slack)


async def doubled(room: Room, slack: SlackServer) -> int:
    """How many messages stand in Slack more than once; that none is lost is asserted."""
    rows = await room.rows()
    arrived = Counter(slack.outreach_ids())
    assert {row.state for row in rows} == {"sent"}
    assert set(arrived) == {row.id for row in rows}
    assert Counter(said.outcome for said in await room.outcomes()) == {OutcomeKind.SENT: len(rows)}
    return sum(arrived.values()) - len(arrived)


async def kill_at_random(nursery: Nursery, slack: SlackServer, kills: int, *, read_back: bool = True) -> None:
    """Kill a delivering process `kills` times: each other one a moment after it has posted, the rest at any time;
    then let one finish."""
    chance = random.Random(7)  # the moments are not reproducible, the machine sees to that
    for number in range(kills):
        pid = await nursery.begin(read_back=read_back)
        if number % 2:
            posted = asyncio.Event()
            slack.posted = posted.set
            with suppress(TimeoutError):
                await asyncio.wait_for(posted.wait(), 2.0)
            await asyncio.sleep(chance.uniform(0.0, 0.02))
        else:
            await asyncio.sleep(chance.uniform(0.0, 0.2))
        os.kill(pid, signals.SIGKILL)
        await nursery.end(pid)
    assert await nursery.run(read_back=read_back) == 0


async def test_kills_at_random_lose_nothing_and_double_nothing(
    engine: AsyncEngine, nursery: Nursery, slack: SlackServer
) -> None:
    room = await planned(engine, KILLS * 6)
    await kill_at_random(nursery, slack, KILLS)
    assert await doubled(room, slack) == 0
    reads = [method for method, _ in slack.calls if method == "conversations.history"]
    assert reads, "no kill found a message in flight: this test has shown nothing"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_reading_back_kills_at_random_double_messages(
    engine: AsyncEngine, nursery: Nursery, slack: SlackServer
) -> None:
    """The control: the same kills, and reading back is off."""
    room = await planned(engine, 120)
    await kill_at_random(nursery, slack, 20, read_back=False)
    assert await doubled(room, slack) > 0


@pytest.mark.parametrize(
    "failpoint",
    [
        "outreach-claimed:kill",
        "outreach-sent:kill",
        "outreach-sent:kill:4",
        "before-commit:kill:1",
        "before-commit:kill:3",
        "after-commit:kill:1",
        "after-commit:kill:3",
    ],
)
async def test_a_kill_at_a_named_point_loses_nothing_and_doubles_nothing(
    engine: AsyncEngine, nursery: Nursery, slack: SlackServer, failpoint: str
) -> None:
    room = await planned(engine, 8)
    assert await nursery.run(failpoint) == signals.SIGKILL
    assert await nursery.run() == 0
    assert await doubled(room, slack) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_reading_back_a_kill_between_send_and_store_doubles_the_message(
    engine: AsyncEngine, nursery: Nursery, slack: SlackServer
) -> None:
    """The control at the named point."""
    room = await planned(engine, 1)
    assert await nursery.run("outreach-sent:kill", read_back=False) == signals.SIGKILL
    assert await nursery.run(read_back=False) == 0
    assert await doubled(room, slack) == 1


@pytest.mark.parametrize(("guarded", "twice"), [(True, 0), (False, 1)])
async def test_a_sender_that_was_stopped_after_its_claim_does_not_send_when_it_wakes(
    engine: AsyncEngine, nursery: Nursery, slack: SlackServer, guarded: bool, twice: int
) -> None:
    """A zombie at the failpoint; without the guard of the lease (the control) the message arrives twice."""
    room = await planned(engine, 1)
    zombie = await nursery.begin("outreach-claimed:stop", guarded=guarded)
    try:
        await asyncio.sleep(GRACE_MS / SECOND_MS)
        assert await nursery.run() == 0
    finally:
        os.kill(zombie, signals.SIGCONT)
    assert await nursery.end(zombie) == 0
    assert await doubled(room, slack) == twice
