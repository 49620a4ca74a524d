"""Slack by an incoming webhook: one channel, nothing can be read back.

After a crash a message may be posted twice; both carry the outreach's id as the block id of their header.
"""

from __future__ import annotations

import httpx
from pydantic import SecretStr

from banso_alerts.channels.pace import Pace
from banso_alerts.channels.port import Letter
from banso_alerts.channels.slack_api import Busy, Uncertain, Unreached, exchange
from banso_alerts.channels.slack_web import MESSAGE_EVERY_MS, PACE_WAIT_MS_MAX
from banso_alerts.domain.delivery import Answer, Rejected, Retry, Sent, Unsure
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.render.blocks import as_blocks, as_slack_text

ANSWER_CHARS_MAX = 100


class SlackWebhookChannel:
    """One webhook; its URL is a secret."""

    name = ChannelName.SLACK_WEBHOOK
    can_find = False
    at_once = 5

    def __init__(self, http: httpx.AsyncClient, url: SecretStr, pace: Pace | None = None) -> None:
        self._http, self._url = http, url
        self._pace = pace or Pace(MESSAGE_EVERY_MS, PACE_WAIT_MS_MAX)

    async def send(self, letter: Letter) -> Answer:
        """Post the letter to the webhook's channel."""
        wait_ms = await self._pace.turn("")
        if wait_ms:
            return Retry("our own rate", after_ms=wait_ms, counted=False)
        message = letter.message
        header, *blocks = as_blocks(message)
        payload = {
            "text": as_slack_text(message),
            "blocks": [{**header, "block_id": message.outreach_id}, *blocks],
            "unfurl_links": False,
            "unfurl_media": False,
        }
        try:
            response = await exchange(self._http, self._url.get_secret_value(), {}, {"json": payload})
        except Busy as fault:
            self._pace.hold(fault.after_ms)
            return Retry("ratelimited", after_ms=fault.after_ms, counted=False)
        except Unreached as fault:
            return Retry(str(fault))
        except Uncertain as fault:
            return Unsure(str(fault))
        if response.status_code == httpx.codes.OK:
            return Sent(f"webhook/{message.outreach_id}")
        return Rejected(f"HTTP {response.status_code}: {response.text[:ANSWER_CHARS_MAX]}")

    async def find(self, letter: Letter, since: int) -> str | None:
        """A webhook cannot be read."""
        del letter, since
        return None

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()
