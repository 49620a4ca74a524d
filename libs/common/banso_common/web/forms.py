"""Forms that write: only from a page of ours, sent by whoever it was shown to.

The cookie alone does not write. A form has to hold a token, the HMAC-SHA256 of the form's own address under the key in
the cookie, and where the browser says who sent it (`Sec-Fetch-Site`) it has to be our own origin. Another site knows
neither key nor token, and a token of one form opens no other.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs

from fastapi import Request

from banso_common.http.auth import COOKIE
from banso_common.http.keys import KeyRing, Principal, Scope
from banso_common.http.problem import Problem

FORM_BYTES_MAX = 4_096
FIELDS_MAX = 50
TOKEN = "token"  # noqa: S105 -- the name of a field
_PURPOSE = b"banso form\0"


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent, and by whom; of a field that came more than once every value is there."""

    sender: Principal
    values: dict[str, list[str]]

    def one(self, name: str) -> str:
        """The first value of a field, without the blanks around it; "" when it was not sent."""
        return self.values.get(name, [""])[0].strip()


def token_of(request: Request, action: str) -> str:
    """The token of a form that is sent to the path `action`; "" for who has no cookie, and can send no form."""
    secret = request.cookies.get(COOKIE)
    return _token(secret, action) if secret else ""


def form_of(scope: Scope) -> Callable[[Request], Awaitable[Form]]:
    """A dependency that takes a form from who may write with `scope`. Raises Problem 400, 403, 413."""

    async def form(request: Request) -> Form:
        values = await _values(request)
        secret = request.cookies.get(COOKIE, "")
        said = values.get(TOKEN, [""])[0]
        ring: KeyRing = request.app.state.keys
        principal = ring.admit(secret) if secret else None
        if principal is None or not is_ours(request) or not _is_token(said, secret, request.url.path):
            raise Problem(403, "stale-form", "send the form from a page of this console that was loaded just now")
        if not principal.may(scope):
            raise Problem(403, "scope-missing", f"the key `{principal.name}` lacks the scope {scope}")
        return Form(principal, values)

    return form


async def fields_of(request: Request) -> dict[str, str]:
    """A small form, url-encoded, the first value of each field. Raises Problem 400, 413."""
    return {name: values[0] for name, values in (await _values(request)).items()}


def is_ours(request: Request) -> bool:
    """Whether the browser says that a page of ours sent it; one that says nothing is held to the token alone."""
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def _is_token(said: str, secret: str, action: str) -> bool:
    return hmac.compare_digest(said.encode(), _token(secret, action).encode())


def _token(secret: str, action: str) -> str:
    return hmac.new(secret.encode(), _PURPOSE + action.encode(), sha256).hexdigest()


async def _values(request: Request) -> dict[str, list[str]]:
    """Raises Problem 413 over FORM_BYTES_MAX, 400 over FIELDS_MAX."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > FORM_BYTES_MAX:
            raise Problem(413, "too-large", "this form is too large")
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=FIELDS_MAX)
    except ValueError:
        raise Problem(400, "invalid", "this form has too many fields") from None
