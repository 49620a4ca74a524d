"""Webhooks against a real receiver, verified by the reference library of Standard Webhooks."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from banso_alerts.channels.pinned import ANSWER_BYTES_MAX, PinnedHttp
from banso_alerts.channels.webhook import Endpoint, WebhookChannel, address_of, webhook_id
from banso_alerts.channels.webhook_signature import keys_of, signatures
from banso_alerts.domain.delivery import Rejected, Retry, Sent
from banso_alerts.domain.suppression import SuppressionReason
from banso_common.clock import SystemClock
from banso_common.errors import Refused
from tests.alerts.hook_server import HookServer, reply, running_hooks
from tests.alerts.letters import letter
from tests.alerts.made import signal

OLD, NEW = ("whsec_" + base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


@pytest.fixture
async def hooks() -> AsyncIterator[HookServer]:
    async with running_hooks() as server:
        yield server


@pytest.fixture
async def channel(hooks: HookServer) -> AsyncIterator[WebhookChannel]:
    made = webhook(hooks.url)
    yield made
    await made.close()


def webhook(url: str, secrets: str = NEW, timeout_s: float = 5.0, allow_private: bool = True) -> WebhookChannel:
    http = PinnedHttp(timeout_s, allow_private=allow_private)
    return WebhookChannel(http, Endpoint(SecretStr(url), keys_of(secrets)), SystemClock())


async def test_what_arrives_is_what_the_reference_library_accepts(hooks: HookServer, channel: WebhookChannel) -> None:
    sent = letter(of=signal(account_name='Acme "株式会社" <b>'))
    answer = await channel.send(sent)
    (came,) = hooks.received
    said: Any = Webhook(NEW).verify(came.body, came.headers)
    assert answer == Sent(came.headers["webhook-id"]) == Sent(f"msg_{sent.message.outreach_id}")
    assert came.headers["content-type"] == "application/json"
    assert (said["type"], said["timestamp"]) == ("outreach", "2026-03-02T03:00:00.000Z")
    data = said["data"]
    assert (data["id"], data["account"], data["kind"]) == (sent.message.outreach_id, "acme", "silent-struggling")
    assert (data["account_name"], data["title"]) == ('Acme "株式会社" <b>', sent.message.title)
    assert data["sections"][0] == {"heading": "お客様", "lines": sent.message.sections[0].lines}
    assert (data["owner"], data["recipient"], data["signal"]) == ("sato@vendor.example", "佐藤", signal().key)


async def test_every_attempt_is_the_same_message_signed_anew(hooks: HookServer, channel: WebhookChannel) -> None:
    hooks.answers = [reply(500), b"", reply(204)]
    answers = [await channel.send(letter()) for _ in range(3)]
    assert [type(answer) for answer in answers] == [Retry, Retry, Sent]
    assert len({came.headers["webhook-id"] for came in hooks.received}) == 1
    assert len({came.body for came in hooks.received}) == 1
    for came in hooks.received:
        Webhook(NEW).verify(came.body, came.headers)


async def test_while_a_secret_is_replaced_the_old_and_the_new_both_verify(hooks: HookServer) -> None:
    channel = webhook(hooks.url, f"{NEW}, {OLD}")
    await channel.send(letter())
    await channel.close()
    (came,) = hooks.received
    for secret in (OLD, NEW):
        Webhook(secret).verify(came.body, came.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(came.body + b" ", came.headers)


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (reply(200, b"ok"), Sent(webhook_id(letter().message.outreach_id))),
        (reply(202), Sent(webhook_id(letter().message.outreach_id))),
        (reply(410, b"moved away"), Rejected("HTTP 410: moved away", SuppressionReason.GONE)),
        (reply(404, b"no\r\nsuch"), Retry("HTTP 404: no such")),
        (reply(401), Retry("HTTP 401: ")),
        (reply(500), Retry("HTTP 500: ")),
        (reply(429, Retry_After="120"), Retry("HTTP 429: ", after_ms=120_000)),
        (reply(503, Retry_After="soon"), Retry("HTTP 503: ")),
        (b"nonsense\r\n\r\n", Retry("RemoteProtocolError")),
        (b"", Retry("RemoteProtocolError")),
    ],
)
async def test_every_answer_has_its_meaning(
    hooks: HookServer, channel: WebhookChannel, answer: bytes, meaning: object
) -> None:
    hooks.answers = [answer]
    assert await channel.send(letter()) == meaning


async def test_a_redirect_is_not_followed(hooks: HookServer, channel: WebhookChannel) -> None:
    hooks.answers = [reply(307, Location=hooks.url + "/elsewhere")]
    assert await channel.send(letter()) == Retry("HTTP 307: ")
    assert len(hooks.received) == 1


async def test_of_an_endless_answer_little_is_read(hooks: HookServer, channel: WebhookChannel) -> None:
    hooks.answers = [reply(200, b"x" * 50_000_000)]
    assert isinstance(await channel.send(letter()), Sent)
    assert ANSWER_BYTES_MAX < hooks.sent_bytes < 25_000_000


async def test_a_receiver_that_says_nothing_is_not_waited_for_longer_than_a_call_may_take(hooks: HookServer) -> None:
    channel = webhook(hooks.url, timeout_s=0.2)
    hooks.answers = [None]
    assert isinstance(await channel.send(letter()), Retry)
    await channel.close()


async def test_nobody_there_is_tried_again() -> None:
    channel = webhook("http://127.0.0.1:9/hook")
    assert await channel.send(letter()) == Retry("ConnectError")
    await channel.close()


async def test_the_own_network_is_out_of_reach_unless_it_is_allowed(hooks: HookServer) -> None:
    for url in (hooks.url, hooks.url.replace("http:", "https:"), "https://localhost/hook", "https://2130706433/"):
        channel = webhook(url, allow_private=False)
        assert isinstance(await channel.send(letter()), Retry)
        await channel.close()
    assert hooks.received == []


@pytest.mark.parametrize(
    "secrets", ["", "whsec_", "whsec_!!", "whsec_c2hvcnQ=", NEW.removeprefix("whsec_"), " ".join([NEW] * 6)]
)
def test_a_secret_that_would_not_keep_is_refused(secrets: str) -> None:
    with pytest.raises(Refused):
        keys_of(secrets)


def test_the_signature_is_that_of_the_specifications_own_example() -> None:
    """The example that the specification's libraries are tested with."""
    keys = keys_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signatures(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_endpoint_is_known_without_its_url_being_told() -> None:
    address = address_of(SecretStr("https://crm.example/tell-nobody"))
    assert address.startswith("webhook:")
    assert "tell" not in address
    assert address != address_of(SecretStr("https://crm.example/another"))


def test_the_body_is_json_with_its_three_parts() -> None:
    from banso_alerts.channels.webhook import body_of

    assert json.loads(body_of(letter())).keys() == {"type", "timestamp", "data"}
