"""Slack by an incoming webhook: every answer has its meaning, and every repeat carries the same id."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from banso_alerts.channels.pace import Pace
from banso_alerts.channels.slack_webhook import SlackWebhookChannel
from banso_alerts.domain.delivery import Rejected, Retry, Sent, Unsure
from tests.alerts.letters import letter
from tests.alerts.slack_server import SlackServer, Trouble


@pytest.fixture
async def channel(slack: SlackServer) -> AsyncIterator[SlackWebhookChannel]:
    url = SecretStr(slack.url.replace("/api/", "/hook"))
    made = SlackWebhookChannel(httpx.AsyncClient(timeout=5), url, Pace(0, 0))
    yield made
    await made.close()


async def test_a_letter_arrives_with_its_id_and_again_with_the_same(
    slack: SlackServer, channel: SlackWebhookChannel
) -> None:
    sent = letter()
    assert await channel.send(sent) == Sent(f"webhook/{sent.message.outreach_id}")
    await channel.send(sent)
    assert [posted["blocks"][0]["block_id"] for posted in slack.hooked] == [sent.message.outreach_id] * 2
    assert channel.can_find is False
    assert await channel.find(sent, 0) is None


@pytest.mark.parametrize(
    ("trouble", "answer"),
    [
        (Trouble(429, retry_after_s=3), Retry("ratelimited", 3_000, counted=False)),
        (Trouble(500), Unsure("HTTP 500")),
        (Trouble(404, "no_service"), Rejected("HTTP 404: no_service")),
        (Trouble(400, "invalid_payload"), Rejected("HTTP 400: invalid_payload")),
        (Trouble(302, "elsewhere"), Rejected("HTTP 302: elsewhere")),
    ],
)
async def test_every_answer_of_the_webhook_has_its_meaning(
    slack: SlackServer, channel: SlackWebhookChannel, trouble: Trouble, answer: Any
) -> None:
    slack.trouble("webhook", trouble)
    assert await channel.send(letter()) == answer


async def test_a_webhook_that_cannot_be_reached_has_not_posted() -> None:
    gone = SlackWebhookChannel(httpx.AsyncClient(), SecretStr("http://127.0.0.1:9/hook"))
    assert isinstance(await gone.send(letter()), Retry)
    await gone.close()
