"""Slack by the Web API: against a server of our own, which Slack's own client agrees with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block

from banso_alerts.channels.pace import Pace
from banso_alerts.channels.slack_api import SlackApi
from banso_alerts.channels.slack_web import EVENT_TYPE, TOKEN_CODES, SlackWebChannel
from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.domain.delivery import Rejected, Retry, Sent, Unsure
from banso_alerts.render.blocks import as_blocks
from banso_common.errors import SettingsError, Unavailable
from tests.alerts.letters import letter
from tests.alerts.made import signal
from tests.alerts.slack_server import FIRST_TS, TOKEN, SlackServer, Trouble

SINCE = FIRST_TS * 1_000


class Seconds:
    """A clock of seconds that sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1_000.0, 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def channel(slack: SlackServer, seconds: Seconds) -> AsyncIterator[SlackWebChannel]:
    api = SlackApi(httpx.AsyncClient(timeout=5), slack.url, SecretStr(TOKEN))
    made = SlackWebChannel(api, pace=Pace(1_000, 4_000, lambda: seconds.now, seconds.sleep))
    yield made
    await made.close()


def oracle(slack: SlackServer, token: str = TOKEN) -> WebClient:
    """Slack's own client, on our server."""
    return WebClient(token=token, base_url=slack.url, retry_handlers=[])


async def test_slacks_own_client_and_ours_speak_to_the_same_server(
    slack: SlackServer, channel: SlackWebChannel
) -> None:
    """What ours posted theirs reads back, metadata and blocks included, and the other way round."""
    client = oracle(slack)
    sent = await channel.send(letter())
    assert isinstance(sent, Sent)
    conversation, _, ts = sent.ref.partition("/")

    def theirs() -> Any:
        user = client.users_lookupByEmail(email="sato@vendor.example")["user"]["id"]
        opened = client.conversations_open(users=user)["channel"]["id"]
        read = client.conversations_history(channel=opened, include_all_metadata=True, limit=10)
        mine = {"event_type": EVENT_TYPE, "event_payload": {"outreach_id": "theirs"}}
        client.chat_postMessage(channel=opened, text="by hand", metadata=mine)
        return opened, read["messages"]

    opened, messages = await asyncio.to_thread(theirs)
    assert opened == conversation
    assert [m["ts"] for m in messages] == [ts]
    assert messages[0]["metadata"]["event_payload"] == {"outreach_id": letter().message.outreach_id}
    parsed = [Block.parse(block) for block in messages[0]["blocks"]]
    assert [block.to_dict() for block in parsed if block is not None] == messages[0]["blocks"]
    assert slack.outreach_ids() == [letter().message.outreach_id, "theirs"]


async def test_the_server_refuses_as_slack_does(slack: SlackServer) -> None:
    def asked(call: Callable[[], Any]) -> str:
        with pytest.raises(SlackApiError) as refused:
            call()
        return str(refused.value.response["error"])

    client, stranger = oracle(slack), oracle(slack, "xoxb-wrong")
    slack.paced = True
    assert await asyncio.to_thread(asked, stranger.auth_test) == "invalid_auth"
    missing = await asyncio.to_thread(asked, partial(client.chat_postMessage, channel="C0NONE", text="x"))
    assert missing == "channel_not_found"
    await asyncio.to_thread(partial(client.chat_postMessage, channel="C0TEAM", text="1"))
    soon = await asyncio.to_thread(asked, partial(client.chat_postMessage, channel="C0TEAM", text="2"))
    assert soon == "ratelimited"


async def test_blocks_are_such_as_slacks_own_models_accept() -> None:
    for block in as_blocks(letter(of=signal(account_name="<!channel> & co" * 40)).message):
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()


@pytest.mark.parametrize(
    ("address", "conversation"), [("U0SATO", "D0SATO"), ("sato@vendor.example", "D0SATO"), ("C0TEAM", "C0TEAM")]
)
async def test_a_member_a_mail_address_and_a_channel_are_each_reached(
    slack: SlackServer, channel: SlackWebChannel, address: str, conversation: str
) -> None:
    assert await channel.send(letter(address)) == Sent(f"{conversation}/{FIRST_TS + 1}.000100")
    await channel.send(letter(address))
    assert len([method for method, _ in slack.calls if method == "users.lookupByEmail"]) <= 1


async def test_mentions_in_names_arrive_as_text(slack: SlackServer, channel: SlackWebChannel) -> None:
    await channel.send(letter(of=signal(account_name="<!channel> & co")))
    (message,) = slack.history["D0SATO"]
    assert "&lt;!channel&gt; &amp; co" in message["text"]
    assert "<!channel>" not in str([block for block in message["blocks"] if block["type"] != "header"])


@pytest.mark.parametrize(
    ("trouble", "answer"),
    [
        (Trouble(429, "ratelimited", 7), Retry("ratelimited", 7_000, counted=False)),
        (Trouble(200, "ratelimited", 7), Retry("ratelimited", 7_000, counted=False)),
        (Trouble(429), Retry("ratelimited", 30_000, counted=False)),
        (Trouble(500), Unsure("HTTP 500")),
        (Trouble(503), Unsure("HTTP 503")),
        (Trouble(200), Unsure("HTTP 200 without JSON")),
        (Trouble(200, "internal_error"), Unsure("internal_error")),
        (Trouble(200, "fatal_error", after=True), Unsure("fatal_error")),
        (Trouble(200, "is_archived"), Rejected("is_archived")),
        (Trouble(200, "msg_too_long"), Rejected("msg_too_long")),
        (Trouble(200, "token_revoked"), Retry("token_revoked", 300_000, counted=False)),
    ],
)
async def test_every_answer_of_slack_has_its_meaning(
    slack: SlackServer, channel: SlackWebChannel, trouble: Trouble, answer: Any
) -> None:
    slack.trouble("chat.postMessage", trouble)
    assert await channel.send(letter()) == answer


async def test_a_line_that_is_cut_leaves_us_unsure(slack: SlackServer, channel: SlackWebChannel) -> None:
    slack.trouble("chat.postMessage", Trouble(hang_up=True, after=True))
    assert isinstance(await channel.send(letter()), Unsure)
    assert await channel.find(letter(), SINCE) is not None


async def test_a_slack_that_cannot_be_reached_has_certainly_not_posted() -> None:
    gone = SlackWebChannel(SlackApi(httpx.AsyncClient(), "http://127.0.0.1:9/api/", SecretStr(TOKEN)))
    assert isinstance(await gone.send(letter()), Retry)
    with pytest.raises(Unavailable):
        await gone.find(letter(), SINCE)
    await gone.close()


async def test_trouble_before_the_post_is_certain(slack: SlackServer, channel: SlackWebChannel) -> None:
    """Whatever happens while the conversation is looked up, nothing was posted."""
    slack.trouble("conversations.open", Trouble(500))
    assert await channel.send(letter()) == Retry("HTTP 500")
    assert await channel.send(letter("nobody@vendor.example")) == Rejected("users_not_found")


async def test_what_was_posted_is_found_on_any_page_and_what_was_not_is_not(
    slack: SlackServer, channel: SlackWebChannel
) -> None:
    slack.page_max = 3
    sent = await channel.send(letter())
    assert isinstance(sent, Sent)
    for number in range(10):
        await channel.send(letter(of=signal(f"other-{number}")))
    assert await channel.find(letter(), SINCE) == sent.ref
    assert await channel.find(letter(of=signal("never")), SINCE) is None


async def test_a_message_of_somebody_else_is_not_ours(slack: SlackServer, channel: SlackWebChannel) -> None:
    theirs = {"event_type": "other", "event_payload": {"outreach_id": letter().message.outreach_id}}
    slack.channels.add("D0SATO")
    slack.history["D0SATO"] = [{"ts": f"{FIRST_TS + 1}.0", "metadata": theirs}, {"ts": f"{FIRST_TS + 2}.0"}]
    assert await channel.find(letter(), SINCE) is None


async def test_only_messages_since_the_first_try_are_looked_through(
    slack: SlackServer, channel: SlackWebChannel
) -> None:
    await channel.send(letter())
    assert await channel.find(letter(), SINCE + 3_600_000) is None
    asked = next(arguments for method, arguments in slack.calls if method == "conversations.history")
    assert float(asked["oldest"]) == FIRST_TS + 3_600 - 300


@pytest.mark.parametrize(
    ("code", "fault"),
    [("missing_scope", SettingsError), ("not_in_channel", SettingsError), ("invalid_auth", Unavailable)],
)
async def test_a_look_that_is_not_allowed_is_told_apart_from_one_that_failed(
    slack: SlackServer, channel: SlackWebChannel, code: str, fault: type[Exception]
) -> None:
    slack.trouble("conversations.history", Trouble(code=code))
    with pytest.raises(fault):
        await channel.find(letter(), SINCE)
    slack.trouble("conversations.history", Trouble(429, "ratelimited", 1))
    with pytest.raises(Unavailable):
        await channel.find(letter(), SINCE)


async def test_a_conversation_gets_one_message_a_second_and_others_do_not_wait_for_it(
    slack: SlackServer, channel: SlackWebChannel, seconds: Seconds
) -> None:
    slack.members["suzuki@vendor.example"] = "U0SUZUKI"
    await channel.send(letter())
    await channel.send(letter("U0SUZUKI"))
    assert seconds.slept == 0
    await channel.send(letter())
    assert seconds.slept == 1.0


async def test_who_would_wait_too_long_for_a_turn_is_told_when_to_come_back(channel: SlackWebChannel) -> None:
    async def stand(_: float) -> None:
        return None

    channel._pace = Pace(1_000, 4_000, lambda: 0.0, stand)
    answers = [await channel.send(letter()) for _ in range(6)]
    assert [type(answer) for answer in answers] == [Sent] * 5 + [Retry]
    assert answers[5] == Retry("our own rate", 5_000, counted=False)


async def test_after_a_429_nobody_asks_before_the_time_is_over(
    slack: SlackServer, channel: SlackWebChannel, seconds: Seconds
) -> None:
    slack.trouble("chat.postMessage", Trouble(429, "ratelimited", 7))
    await channel.send(letter())
    posts = len(slack.calls)
    assert await channel.send(letter("C0TEAM")) == Retry("our own rate", 7_000, counted=False)
    assert len(slack.calls) == posts
    seconds.now += 7
    assert isinstance(await channel.send(letter("C0TEAM")), Sent)


def test_every_code_of_a_bad_token_is_the_installations_fault() -> None:
    assert {"invalid_auth", "token_revoked", "missing_scope"} <= TOKEN_CODES


async def test_a_rewritten_message_is_what_slacks_own_client_would_have_made_of_it(
    slack: SlackServer, channel: SlackWebChannel
) -> None:
    """Ours and theirs call chat.update on one message; it keeps its place and its metadata."""
    sent = await channel.send(letter())
    assert isinstance(sent, Sent)
    act = Act(letter().message.outreach_id, Deed.REAL, "slack:U0SATO", FIRST_TS * 1_000, Source.BUTTON)
    assert await channel.revise(sent.ref, letter().message, [act]) == sent
    ours = dict(slack.message_of(letter().message.outreach_id))
    conversation, _, ts = sent.ref.partition("/")
    update = partial(oracle(slack).chat_update, channel=conversation, ts=ts, text=ours["text"], blocks=ours["blocks"])
    await asyncio.to_thread(update)
    assert slack.message_of(letter().message.outreach_id) == ours
    assert "<@U0SATO>" in str(ours["blocks"])
    assert len(slack.history["D0SATO"]) == 1


@pytest.mark.parametrize(
    ("trouble", "answer"),
    [
        (Trouble(429, "ratelimited", 7), Retry("ratelimited", 7_000, counted=False)),
        (Trouble(500), Unsure("HTTP 500")),
        (Trouble(200, "message_not_found"), Rejected("message_not_found")),
        (Trouble(200, "token_revoked"), Retry("token_revoked", 300_000, counted=False)),
    ],
)
async def test_every_answer_to_a_rewriting_has_its_meaning(
    slack: SlackServer, channel: SlackWebChannel, trouble: Trouble, answer: Any
) -> None:
    sent = await channel.send(letter())
    assert isinstance(sent, Sent)
    slack.trouble("chat.update", trouble)
    assert await channel.revise(sent.ref, letter().message, []) == answer
