"""Webhooks by Standard Webhooks: a signed POST, the same id and the same body on every attempt.

2xx is taken; 410 is gone for good, and nothing is sent there any more; anything else is tried again for three days,
with growing waits. A receiver may see a message twice: the same `webhook-id` is the same message.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from banso_alerts.channels.pinned import NotPublic, NotResolved, PinnedHttp, Reply
from banso_alerts.channels.port import Letter
from banso_alerts.channels.webhook_signature import signatures
from banso_alerts.domain.delivery import Answer, Rejected, Retry, Sent
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.suppression import SuppressionReason
from banso_alerts.render.sinks import one_line
from banso_common.clock import SECOND_MS, Clock, iso
from banso_common.contracts.codec import encode

EVENT_TYPE = "outreach"
ANSWER_CHARS_MAX = 100
RETRY_AFTER_DIGITS_MAX = 8


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where webhooks go, and the keys that sign them, the newest first."""

    url: SecretStr
    keys: tuple[bytes, ...]


def address_of(url: SecretStr) -> str:
    """The address of an endpoint as outreaches and the suppression list know it: the URL itself may be a secret."""
    return f"webhook:{hashlib.sha256(url.get_secret_value().encode()).hexdigest()[:16]}"


class WebhookChannel:
    """One endpoint. It cannot be read back."""

    name = ChannelName.WEBHOOK
    can_find = False
    at_once = 5

    def __init__(self, http: PinnedHttp, endpoint: Endpoint, clock: Clock) -> None:
        self._http, self._endpoint, self._clock = http, endpoint, clock

    async def send(self, letter: Letter) -> Answer:
        """Post the letter. No answer counts as not taken: a repeat is the same message."""
        message_id = webhook_id(letter.message.outreach_id)
        body, stamp = body_of(letter), self._clock.now() // SECOND_MS
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "banso",
            "webhook-id": message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signatures(self._endpoint.keys, message_id, stamp, body),
        }
        try:
            reply = await self._http.post(httpx.URL(self._endpoint.url.get_secret_value()), headers, body)
        except (NotPublic, NotResolved) as fault:
            return Retry(str(fault))
        except (httpx.HTTPError, TimeoutError) as fault:
            return Retry(type(fault).__name__)
        return _answer(reply, message_id)

    async def find(self, letter: Letter, since: int) -> str | None:
        """A webhook cannot be read."""
        del letter, since
        return None

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.close()


def webhook_id(outreach_id: str) -> str:
    """The `webhook-id` of an outreach, the same on every attempt."""
    return f"msg_{outreach_id}"


def body_of(letter: Letter) -> bytes:
    """What is posted: type, timestamp and data; byte for byte the same on every attempt."""
    message, about = letter.message, letter.about
    data: dict[str, Any] = {
        "id": message.outreach_id,
        **{name: value for name, value in asdict(about).items() if name != "decided_at"},
        "recipient": letter.recipient_name,
        "locale": message.locale,
        "severity": message.severity,
        "title": message.title,
        "sections": message.sections,
        "link": message.link,
    }
    return encode({"type": EVENT_TYPE, "timestamp": iso(about.decided_at), "data": data})


def _answer(reply: Reply, message_id: str) -> Answer:
    if httpx.codes.is_success(reply.status):
        return Sent(message_id)
    detail = f"HTTP {reply.status}: {one_line(reply.text)[:ANSWER_CHARS_MAX]}"
    if reply.status == httpx.codes.GONE:
        return Rejected(detail, SuppressionReason.GONE)
    seconds = reply.retry_after
    asked = seconds.isascii() and seconds.isdigit() and len(seconds) <= RETRY_AFTER_DIGITS_MAX
    return Retry(detail, after_ms=int(seconds) * SECOND_MS if asked else None)
