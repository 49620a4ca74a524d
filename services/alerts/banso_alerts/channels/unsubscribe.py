"""The way out of mails: a link that is known by its signature alone, and the headers of one-click unsubscribe.

A token is the outreach's id, a dot, and 128 bits of HMAC-SHA256 over it: it needs no login, names nobody, and opens
nothing else. RFC 8058 asks for an https link and for a mail server that signs both headers by DKIM.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from pydantic import SecretStr

PURPOSE = b"banso/unsubscribe/1:"
MAC_BYTES = 16
PATH = "/v1/unsubscribe/"


def token_of(secret: SecretStr, outreach_id: str) -> str:
    """The token that stands in the link of an outreach's mail."""
    digest = hmac.digest(secret.get_secret_value().encode(), PURPOSE + outreach_id.encode(), sha256)
    return f"{outreach_id}.{base64.urlsafe_b64encode(digest[:MAC_BYTES]).decode().rstrip('=')}"


def outreach_of(secret: SecretStr, token: str) -> str | None:
    """The outreach of a token that we made, else None; in constant time."""
    outreach_id, _, _ = token.partition(".")
    return outreach_id if hmac.compare_digest(token_of(secret, outreach_id).encode(), token.encode()) else None


@dataclass(frozen=True, slots=True)
class WayOut:
    """How a reader can leave. The link needs both the public URL and the secret; `mailto` is a mail address."""

    public_url: str | None = None
    secret: SecretStr | None = None
    mailto: str | None = None

    def link(self, outreach_id: str) -> str | None:
        """The link that ends the mails to the address of this outreach."""
        if self.public_url is None or self.secret is None:
            return None
        return self.public_url.rstrip("/") + PATH + token_of(self.secret, outreach_id)

    def headers(self, outreach_id: str) -> dict[str, str]:
        """List-Unsubscribe, and List-Unsubscribe-Post where one click is enough."""
        link = self.link(outreach_id)
        ways = [f"<{link}>"] if link is not None else []
        if self.mailto is not None:
            ways.append(f"<mailto:{self.mailto}?subject={quote(f'unsubscribe {outreach_id}')}>")
        if not ways:
            return {}
        one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        secure = link is not None and link.startswith("https:")
        return {"List-Unsubscribe": ", ".join(ways), **(one_click if secure else {})}
