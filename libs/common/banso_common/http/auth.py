"""Who may pass a door: a bearer key, a basic user (write keys of the Segment SDKs), or the console's cookie.

The cookie counts for reading only, so that another site's form cannot make a browser write; the console's own forms
bring a token beside it (`banso_common.web.forms`).
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

from fastapi import Request

from banso_common.clock import iso
from banso_common.http.keys import KeyRing, Principal, Scope
from banso_common.http.problem import Problem

COOKIE = "banso_key"
SAFE_METHODS = ("GET", "HEAD")


def require(scope: Scope) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that lets through who has a key with `scope`; 401 without a key, 403 without the scope."""

    async def check(request: Request) -> Principal:
        principal = principal_of(request)
        if principal is None:
            raise _not_authenticated(request)
        if not principal.may(scope):
            raise Problem(403, "scope-missing", f"the key `{principal.name}` lacks the scope {scope}")
        return principal

    return check


def _not_authenticated(request: Request) -> Problem:
    code, reason = "not-authenticated", "send an API key as `Authorization: Bearer …`; `banso keys create` makes one"
    ring: KeyRing = request.app.state.keys
    gone = ring.expired(_secret(request) or "")
    if gone is not None and gone.expires_at is not None:
        code, reason = "key-expired", f"the key `{gone.name}` expired at {iso(gone.expires_at)}; ask for another"
    return Problem(401, code, reason, {"WWW-Authenticate": 'Bearer realm="banso", Basic realm="banso"'})


def principal_of(request: Request) -> Principal | None:
    """Who asks, or None without a key that is known."""
    secret = _secret(request)
    ring: KeyRing = request.app.state.keys
    return ring.admit(secret) if secret else None


def _secret(request: Request) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except ValueError:  # no base64, or no text in it
            return None
    if request.method in SAFE_METHODS:
        return request.cookies.get(COOKIE)
    return None
