"""Clicks in Slack, as Slack sends them: a form with one field, signed."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from banso_common.clock import SECOND_MS

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
URL = "/v1/slack/interactions"


def click(outreach_id: str, deed: str, at: int, by: str = "U0SATO", **changes: Any) -> bytes:
    """The body of a request that tells of one click on an element of ours."""
    action: dict[str, Any] = {
        "type": "button",
        "action_id": f"banso_{deed}",
        "block_id": "abc",
        "text": {"type": "plain_text", "text": "…"},
        "action_ts": f"{at / SECOND_MS:.6f}",
    }
    if deed == "snoozed":
        action["selected_option"] = {"text": {"type": "plain_text", "text": "…"}, "value": f"{outreach_id}/7"}
    else:
        action["value"] = outreach_id
    payload = {
        "type": "block_actions",
        "team": {"id": "T0", "domain": "vendor"},
        "user": {"id": by, "username": "sato", "name": "sato", "team_id": "T0"},
        "container": {"type": "message", "message_ts": "1.000100", "channel_id": "D0SATO", "is_ephemeral": False},
        "trigger_id": "1.2.3",
        "message": {"type": "message", "ts": "1.000100", "text": "…"},
        "actions": [action],
    }
    return urlencode({"payload": json.dumps({**payload, **changes})}).encode()


def signed(body: bytes, at: int, secret: str = SECRET) -> dict[str, str]:
    """The headers of Slack's own verifier for these bytes."""
    stamp = str(at // SECOND_MS)
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    assert signature is not None
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
        "Content-Type": "application/x-www-form-urlencoded",
    }
