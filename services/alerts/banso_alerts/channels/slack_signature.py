"""Whether a request comes from Slack: its signature is `v0=` and HMAC-SHA256 over `v0:<timestamp>:<raw body>`.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from pydantic import SecretStr

from banso_common.clock import MINUTE_MS, SECOND_MS

WINDOW_MS = 5 * MINUTE_MS
TIMESTAMP_CHARS_MAX = 12


def is_from_slack(secret: SecretStr, timestamp: str, signature: str, body: bytes, now: int) -> bool:
    """Whether `signature` is Slack's for these bytes, and not older (or newer) than WINDOW_MS; in constant time."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= TIMESTAMP_CHARS_MAX):
        return False
    if abs(now - int(timestamp) * SECOND_MS) > WINDOW_MS:
        return False
    signed = b"v0:" + timestamp.encode() + b":" + body
    wanted = "v0=" + hmac.new(secret.get_secret_value().encode(), signed, sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode())
