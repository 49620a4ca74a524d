"""Killed while mailing, posting webhooks and rewriting messages: nothing is lost, and a repeat is known by its id.

Mail and webhooks cannot be read back, so a kill between the call and its answer repeats the message; every repeat
carries the Message-ID or webhook-id of the first. A message in Slack says in the end what was done, however often
its rewriting was cut short. A control shows that kills do find mails in flight.
"""

from __future__ import annotations

import email
import signal as signals
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.store import acts, inbox
from banso_common.clock import SECOND_MS, SystemClock
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db.transaction import transaction
from tests.alerts.hook_server import HookServer, running_hooks
from tests.alerts.killing import Nursery, kill_at_random, kills_asked_for
from tests.alerts.mail_server import AnyPort, MailBox
from tests.alerts.room import Room
from tests.alerts.slack_server import SlackServer, running_slack
from tests.alerts.workload import MEMBERS, planned, signals_of

KILLS = kills_asked_for(20)
pytestmark = pytest.mark.timeout(120 + KILLS)
POINTS = [
    "outreach-claimed:kill",
    "outreach-sent:kill",
    "outreach-sent:kill:4",
    "before-commit:kill:2",
    "after-commit:kill:1",
]


@pytest.fixture
def box() -> MailBox:
    return MailBox()


@pytest.fixture
def mail(box: MailBox) -> Iterator[str]:
    """A mail server that takes a moment, and where it stands."""
    box.latency_s = 0.01
    server = AnyPort(box, hostname="127.0.0.1", port=0)
    server.start()
    yield f"127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture
async def hooks() -> AsyncIterator[HookServer]:
    """A receiver that takes a moment."""
    async with running_hooks() as server:
        server.latency_s = 0.01
        yield server


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with running_slack() as server:
        server.members = dict(MEMBERS)
        server.latency_s = 0.01
        server.first_ts = SystemClock().now() // SECOND_MS
        yield server


def mailed(box: MailBox) -> Counter[str]:
    """How often each Message-ID arrived."""
    arrived = [envelope.content for envelope in box.mails]
    return Counter(str(email.message_from_bytes(raw)["Message-ID"]) for raw in arrived if isinstance(raw, bytes))


def posted(hooks: HookServer) -> Counter[str]:
    """How often each webhook-id was posted."""
    return Counter(came.headers["webhook-id"] for came in hooks.received)


async def none_lost(room: Room, arrived: Counter[str], name: Callable[[str], str]) -> int:
    """How many arrived again; that all arrived, under their own id, is asserted; and that a replay sends nothing."""
    rows = await room.rows()
    assert {row.state for row in rows} == {"sent"}
    assert set(arrived) == {name(row.id) for row in rows}
    assert Counter(said.outcome for said in await room.outcomes()) == {OutcomeKind.SENT: len(rows)}
    fresh = Room(room.engine, room.clock, directory=room.policy.directory, rules=room.policy.rules)
    await fresh.hear(*signals_of(list(MEMBERS.items()), len(rows), room.clock.now()), at_offset=len(rows))
    assert [row.state for row in await room.rows()] == ["sent"] * len(rows)
    return arrived.total() - len(arrived)


def of_mail(outreach_id: str) -> str:
    return f"<{outreach_id}@vendor.example>"


def of_hook(outreach_id: str) -> str:
    return f"msg_{outreach_id}"


async def test_kills_at_random_lose_no_mail_and_repeat_it_under_one_id_only(
    engine: AsyncEngine, forking: subprocess.Popen[bytes], database_url: str, box: MailBox, mail: str
) -> None:
    room = await planned(engine, KILLS * 3, ChannelName.EMAIL)
    await kill_at_random(Nursery(forking, database_url, "email", mail), box.listen, KILLS)
    assert await none_lost(room, mailed(box), of_mail) > 0, "no kill found a mail in flight: this has shown nothing"


async def test_kills_at_random_lose_no_webhook_and_repeat_it_under_one_id_only(
    engine: AsyncEngine, forking: subprocess.Popen[bytes], database_url: str, hooks: HookServer
) -> None:
    room = await planned(engine, KILLS * 3, ChannelName.WEBHOOK)
    nursery = Nursery(forking, database_url, "webhook", hooks.url)
    await kill_at_random(nursery, partial(setattr, hooks, "arrived"), KILLS)
    assert await none_lost(room, posted(hooks), of_hook) > 0, "no kill found a webhook in flight"
    assert len({came.body for came in hooks.received}) == len(await room.rows())


@pytest.mark.parametrize("failpoint", POINTS)
async def test_a_kill_at_a_named_point_loses_no_mail(
    engine: AsyncEngine,
    forking: subprocess.Popen[bytes],
    database_url: str,
    failpoint: str,
    request: pytest.FixtureRequest,
) -> None:
    box, mail = request.getfixturevalue("box"), request.getfixturevalue("mail")
    room = await planned(engine, 8, ChannelName.EMAIL)
    nursery = Nursery(forking, database_url, "email", mail)
    assert await nursery.run(failpoint) == signals.SIGKILL
    assert await nursery.run() == 0
    before_the_call = failpoint in ("outreach-claimed:kill", "after-commit:kill:1")
    assert (await none_lost(room, mailed(box), of_mail) == 0) is before_the_call


@pytest.mark.parametrize("failpoint", POINTS)
async def test_a_kill_at_a_named_point_loses_no_webhook(
    engine: AsyncEngine, forking: subprocess.Popen[bytes], database_url: str, failpoint: str, hooks: HookServer
) -> None:
    room = await planned(engine, 8, ChannelName.WEBHOOK)
    nursery = Nursery(forking, database_url, "webhook", hooks.url)
    assert await nursery.run(failpoint) == signals.SIGKILL
    assert await nursery.run() == 0
    before_the_call = failpoint in ("outreach-claimed:kill", "after-commit:kill:1")
    assert (await none_lost(room, posted(hooks), of_hook) == 0) is before_the_call


async def act_on_all(room: Room, deed: Deed, by: str) -> None:
    """Somebody clicks the same on every message."""
    for row in await room.rows():
        act = Act(row.id, deed, f"slack:{by}", SystemClock().now(), Source.BUTTON)
        async with transaction(room.engine) as tx:
            if deed is Deed.ACKNOWLEDGED:
                await inbox.acknowledge(tx, act)
                continue
            found = await inbox.locked(tx, row.id)
            assert found is not None
            await acts.judge(tx, found, act)


async def all_say(room: Room, slack: SlackServer) -> None:
    """Every message is there once, taken by one and judged by the other, and offers to be taken no more."""
    ids = slack.outreach_ids()
    assert Counter(ids) == Counter(row.id for row in await room.rows())
    for outreach_id in ids:
        said = str(slack.message_of(outreach_id)["blocks"])
        assert "*対応中* · <@U001>" in said
        assert "*判定：違っていた* · <@U002>" in said
        assert "*判定：本当だった*" not in said
        assert "banso_acknowledged" not in said


async def test_kills_at_random_leave_every_message_saying_what_was_done(
    engine: AsyncEngine, forking: subprocess.Popen[bytes], database_url: str, slack: SlackServer
) -> None:
    room = await planned(engine, KILLS)
    nursery = Nursery(forking, database_url, "slack", slack.url)
    assert await nursery.run() == 0
    await act_on_all(room, Deed.REAL, "U002")
    await act_on_all(room, Deed.ACKNOWLEDGED, "U001")
    await kill_at_random(nursery, partial(setattr, slack, "updated"), KILLS // 2)
    await act_on_all(room, Deed.NOT_REAL, "U002")
    await kill_at_random(nursery, partial(setattr, slack, "updated"), KILLS // 2)
    await all_say(room, slack)


@pytest.mark.parametrize("failpoint", ["revision-claimed:kill", "revision-shown:kill", "revision-shown:kill:3"])
async def test_a_kill_around_a_rewriting_leaves_every_message_saying_what_was_done(
    engine: AsyncEngine, forking: subprocess.Popen[bytes], database_url: str, slack: SlackServer, failpoint: str
) -> None:
    room = await planned(engine, 4)
    nursery = Nursery(forking, database_url, "slack", slack.url)
    assert await nursery.run() == 0
    await act_on_all(room, Deed.REAL, "U002")
    assert await nursery.run(failpoint) == signals.SIGKILL
    await act_on_all(room, Deed.NOT_REAL, "U002")
    await act_on_all(room, Deed.ACKNOWLEDGED, "U001")
    assert await nursery.run() == 0
    await all_say(room, slack)
