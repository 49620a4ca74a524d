"""What stands in Slack says what was done: by whom, when, in whatever way they did it, and in the end rightly."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.channels.pace import Pace
from banso_alerts.channels.slack_api import SlackApi
from banso_alerts.channels.slack_web import SlackWebChannel
from banso_alerts.deliver import Deliverer
from banso_alerts.domain.acts import Act, Deed, Source, standing
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.revise import Reviser
from banso_alerts.store import acts, inbox
from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import AlsoMet
from banso_common.db.transaction import reading, transaction
from tests.alerts.made import MONDAY_NOON, directory, incident, of_incident, signal
from tests.alerts.room import LIMITS, Room
from tests.alerts.slack_server import TOKEN, SlackServer, Trouble, running_slack


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with running_slack() as server:
        yield server


@pytest.fixture
async def channel(slack: SlackServer) -> AsyncIterator[SlackWebChannel]:
    api = SlackApi(httpx.AsyncClient(timeout=5), slack.url, SecretStr(TOKEN))
    made = SlackWebChannel(api, buttons=True, pace=Pace(0, 0))
    yield made
    await made.close()


@pytest.fixture
def room(engine: AsyncEngine, noon: ManualClock) -> Room:
    return Room(engine, noon, directory=directory(ChannelName.SLACK, ChannelName.EMAIL))


@pytest.fixture
def reviser(room: Room, channel: SlackWebChannel) -> Reviser:
    return Reviser(room.engine, channel, room.clock, LIMITS)


def act(outreach_id: str, what: Deed, at: int, who: str = "slack:U0SATO", until: int | None = None) -> Act:
    return Act(outreach_id, what, who, at, Source.BUTTON, until)


async def did(room: Room, done: Act) -> None:
    async with transaction(room.engine) as tx:
        if done.what is Deed.ACKNOWLEDGED:
            await inbox.acknowledge(tx, done)
        elif done.what is Deed.SNOOZED:
            await inbox.snooze(tx, done)
        else:
            row = await inbox.locked(tx, done.outreach_id)
            assert row is not None
            await acts.judge(tx, row, done)


async def deliver(room: Room, channel: SlackWebChannel) -> None:
    await Deliverer(room.engine, [channel], room.clock, LIMITS, lambda: None).once(channel)


async def told(room: Room, channel: SlackWebChannel) -> str:
    """The id of an outreach that stands in Slack."""
    await room.hear(signal())
    await deliver(room, channel)
    (row,) = [row for row in await room.rows() if row.channel == "slack"]
    assert row.state == "sent"
    return str(row.id)


async def due(room: Room) -> list[Any]:
    async with reading(room.engine) as tx:
        return list(await tx.execute(select(t.revision).where(t.revision.c.next_at.is_not(None))))


def written(slack: SlackServer, outreach_id: str) -> str:
    return str(slack.message_of(outreach_id)["blocks"])


def updates(slack: SlackServer) -> int:
    return sum(method == "chat.update" for method, _ in slack.calls)


async def test_the_message_says_who_took_it_and_when_and_offers_it_no_more(
    room: Room, channel: SlackWebChannel, reviser: Reviser, slack: SlackServer
) -> None:
    outreach_id = await told(room, channel)
    assert "banso_acknowledged" in written(slack, outreach_id)
    metadata = slack.message_of(outreach_id)["metadata"]
    await did(room, act(outreach_id, Deed.ACKNOWLEDGED, room.clock.now()))
    assert await reviser.once() == 1
    now = written(slack, outreach_id)
    assert f"*対応中* · <@U0SATO> · <!date^{MONDAY_NOON // 1_000}^" in now
    assert "banso_acknowledged" not in now
    assert "banso_real" in now
    assert slack.message_of(outreach_id)["metadata"] == metadata
    assert await due(room) == []
    assert await reviser.once() == 0


async def test_what_is_done_over_the_api_on_another_channels_outreach_is_shown_in_slack_too(
    room: Room, channel: SlackWebChannel, reviser: Reviser, slack: SlackServer
) -> None:
    outreach_id = await told(room, channel)
    (mail,) = [row for row in await room.rows() if row.channel == "email"]
    await did(room, Act(mail.id, Deed.KNEW_IT, "crm <!channel>", room.clock.now(), Source.API))
    await reviser.once()
    assert "*判定：知っていた* · crm &lt;!channel&gt; · " in written(slack, outreach_id)


async def test_an_act_before_the_message_stands_is_shown_once_it_does(
    room: Room, channel: SlackWebChannel, reviser: Reviser, slack: SlackServer
) -> None:
    await room.hear(signal())
    (row,) = [row for row in await room.rows() if row.channel == "slack"]
    await did(room, act(row.id, Deed.NOT_REAL, room.clock.now()))
    assert await reviser.once() == 0
    await deliver(room, channel)
    assert await reviser.once() == 1
    assert "違っていた" in written(slack, row.id)


@pytest.mark.parametrize(
    "trouble",
    [Trouble(500), Trouble(429, "ratelimited", 7), Trouble(hang_up=True), Trouble(hang_up=True, after=True)],
)
async def test_what_slack_does_not_take_is_said_again_until_it_does(
    room: Room, channel: SlackWebChannel, reviser: Reviser, slack: SlackServer, trouble: Trouble
) -> None:
    outreach_id = await told(room, channel)
    slack.trouble("chat.update", trouble)
    await did(room, act(outreach_id, Deed.REAL, room.clock.now()))
    assert await reviser.once() == 1
    (waiting,) = await due(room)
    assert waiting.detail
    assert await reviser.once() == 0
    room.later(waiting.next_at - room.clock.now())
    channel._revising = Pace(0, 0)
    assert await reviser.once() == 1
    assert "本当だった" in written(slack, outreach_id)
    assert await due(room) == []


async def test_a_message_that_is_gone_is_left_and_one_that_never_takes_it_too(
    room: Room, channel: SlackWebChannel, reviser: Reviser, slack: SlackServer
) -> None:
    outreach_id = await told(room, channel)
    slack.trouble("chat.update", Trouble(code="message_not_found"))
    await did(room, act(outreach_id, Deed.REAL, room.clock.now()))
    await reviser.once()
    assert await due(room) == []
    slack.trouble("chat.update", *[Trouble(500)] * LIMITS.attempts_max)
    await did(room, act(outreach_id, Deed.NOT_REAL, room.clock.now() + 1))
    for _ in range(LIMITS.attempts_max):
        room.later(HOUR_MS)
        assert await reviser.once() == 1
    assert await due(room) == []


async def test_an_act_that_comes_while_the_message_is_rewritten_is_shown_as_well(
    room: Room, channel: SlackWebChannel, reviser: Reviser, slack: SlackServer
) -> None:
    outreach_id = await told(room, channel)
    await did(room, act(outreach_id, Deed.REAL, room.clock.now()))
    revise = channel.revise

    async def meanwhile(*args: Any) -> Any:
        answer = await revise(*args)
        if updates(slack) == 1:
            await did(room, act(outreach_id, Deed.ACKNOWLEDGED, room.clock.now(), "slack:U0SUZUKI"))
        return answer

    channel.__dict__["revise"] = meanwhile
    assert await reviser.once() == 1
    assert "U0SUZUKI" not in written(slack, outreach_id)
    assert await reviser.once() == 1
    assert "U0SUZUKI" in written(slack, outreach_id)
    assert await due(room) == []


async def test_while_one_member_rewrites_a_message_another_leaves_it(
    room: Room, channel: SlackWebChannel, reviser: Reviser, slack: SlackServer
) -> None:
    outreach_id = await told(room, channel)
    await did(room, act(outreach_id, Deed.REAL, room.clock.now()))
    revise = channel.revise

    async def meanwhile(*args: Any) -> Any:
        assert await Reviser(room.engine, channel, room.clock, LIMITS).once() == 0
        return await revise(*args)

    channel.__dict__["revise"] = meanwhile
    assert await reviser.once() == 1
    assert updates(slack) == 1


async def test_an_incident_with_more_joined_to_it_is_rewritten_and_not_told_again(
    room: Room, channel: SlackWebChannel, reviser: Reviser, slack: SlackServer
) -> None:
    room.desk.policy = dataclasses.replace(
        room.policy, directory=directory(ChannelName.SLACK, team={ChannelName.SLACK: "C0TEAM"})
    )
    first = of_incident()
    more = of_incident(key=f"{first.key}/1", turn=1, incident=incident(also=[AlsoMet(event="import.timeout")]))
    await room.hear(first)
    await deliver(room, channel)
    await room.hear(more)
    await room.hear(more, first)
    assert await reviser.once() == 1
    await deliver(room, channel)
    (row,) = await room.rows()
    assert "import.failed and import.timeout in 3 accounts" in written(slack, row.id)
    assert len([method for method, _ in slack.calls if method == "chat.postMessage"]) == 1


@pytest.mark.parametrize("together", [True, False])
async def test_what_is_not_sent_yet_of_an_incident_goes_out_once_and_in_the_newest_words(
    room: Room, channel: SlackWebChannel, slack: SlackServer, together: bool
) -> None:
    room.desk.policy = dataclasses.replace(
        room.policy, directory=directory(ChannelName.SLACK, team={ChannelName.SLACK: "C0TEAM"})
    )
    first = of_incident()
    more = of_incident(key=f"{first.key}/1", turn=1, incident=incident(also=[AlsoMet(event="import.timeout")]))
    for heard in [[first, more]] if together else [[first], [more]]:
        await room.hear(*heard)
    await deliver(room, channel)
    assert await due(room) == []
    (row,) = await room.rows()
    assert "import.failed and import.timeout in 3 accounts" in written(slack, row.id)


def test_what_counts_is_the_first_to_take_it_the_newest_verdict_of_each_and_the_newest_snooze() -> None:
    one = "0" * 32
    done = [
        act(one, Deed.ACKNOWLEDGED, 1, "a"),
        act(one, Deed.ACKNOWLEDGED, 2, "b"),
        act(one, Deed.REAL, 3, "a"),
        act(one, Deed.NOT_REAL, 4, "b"),
        act(one, Deed.KNEW_IT, 5, "a"),
        act(one, Deed.SNOOZED, 6, "a", DAY_MS),
        act(one, Deed.SNOOZED, 7, "b", 2 * DAY_MS),
    ]
    assert standing(reversed(done)) == [done[0], done[3], done[4], done[6]]
