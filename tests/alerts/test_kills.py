"""Killed while delivering, at random and at every named point: nothing is lost and nothing arrives twice.

Two controls show that these tests can fail: without reading back, and without the guard of the lease, messages
do arrive twice. `BANSO_TEST_KILLS` asks for more random kills than the test run makes.
"""

from __future__ import annotations

import asyncio
import os
import signal as signals
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import SECOND_MS, SystemClock
from banso_common.contracts.outreach_outcome import OutcomeKind
from tests.alerts.killing import Nursery, kill_at_random, kills_asked_for
from tests.alerts.nursery import GRACE_MS
from tests.alerts.room import Room
from tests.alerts.slack_server import SlackServer, running_slack
from tests.alerts.workload import MEMBERS, planned

KILLS = kills_asked_for(100)
pytestmark = pytest.mark.timeout(120 + KILLS)


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
    return Nursery(forking, database_url, "slack", slack.url)


async def doubled(room: Room, slack: SlackServer) -> int:
    """How many messages stand in Slack more than once; that none is lost is asserted."""
    rows = await room.rows()
    arrived = Counter(slack.outreach_ids())
    assert {row.state for row in rows} == {"sent"}
    assert set(arrived) == {row.id for row in rows}
    assert Counter(said.outcome for said in await room.outcomes()) == {OutcomeKind.SENT: len(rows)}
    return sum(arrived.values()) - len(arrived)


def posts(slack: SlackServer) -> Callable[[Callable[[], None]], None]:
    """How to hear of the next post."""
    return partial(setattr, slack, "posted")


async def test_kills_at_random_lose_nothing_and_double_nothing(
    engine: AsyncEngine, nursery: Nursery, slack: SlackServer
) -> None:
    room = await planned(engine, KILLS * 6)
    await kill_at_random(nursery, posts(slack), KILLS)
    assert await doubled(room, slack) == 0
    reads = [method for method, _ in slack.calls if method == "conversations.history"]
    assert reads, "no kill found a message in flight: this test has shown nothing"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_reading_back_kills_at_random_double_messages(
    engine: AsyncEngine, nursery: Nursery, slack: SlackServer
) -> None:
    """The control: the same kills, and reading back is off."""
    room = await planned(engine, 120)
    await kill_at_random(nursery, posts(slack), 20, read_back=False)
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
