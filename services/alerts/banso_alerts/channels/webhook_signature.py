"""Signs webhooks as Standard Webhooks asks: HMAC-SHA256 over `<id>.<timestamp>.<body>`, once with each secret.

A secret is `whsec_` and base64 of 24 to 64 bytes. While a secret is being replaced both sign, so that the receiver
may change whenever it likes. https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256

from banso_common.errors import Refused

PREFIX = "whsec_"
KEY_BYTES = (24, 64)
KEYS_MAX = 5


def keys_of(secrets: str) -> tuple[bytes, ...]:
    """The keys in `secrets`, which stand apart by commas or spaces. Raises Refused."""
    keys = tuple(_key(secret) for secret in secrets.replace(",", " ").split())
    if not 1 <= len(keys) <= KEYS_MAX:
        raise Refused("webhook-secret", f"give one to {KEYS_MAX} secrets")
    return keys


def signatures(keys: tuple[bytes, ...], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: `v1,<base64>` for each key, apart by spaces. `timestamp` is in seconds."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    made = (base64.b64encode(hmac.digest(key, signed, sha256)).decode() for key in keys)
    return " ".join(f"v1,{signature}" for signature in made)


def _key(secret: str) -> bytes:
    wrong = Refused("webhook-secret", f"write a secret as {PREFIX} and base64 of 24 to 64 random bytes")
    if not secret.startswith(PREFIX):
        raise wrong
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise wrong from None
    if not KEY_BYTES[0] <= len(key) <= KEY_BYTES[1]:
        raise wrong
    return key
