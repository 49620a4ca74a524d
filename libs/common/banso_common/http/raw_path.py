"""Matches a path as it was sent: an encoded slash is part of a name, a plain one parts names (RFC 3986, section 2.2).

Invariant: before the routes a path is decoded but for `%2F` and `%25`, so it is still known which slash is which;
a route's parameter is decoded to the end as it is taken out of the path. Both hold for every route of the application.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from starlette.convertors import PathConvertor, StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

_SLASH = re.compile("%2F", re.IGNORECASE)


def matched(raw: str) -> str:
    """A path as it was sent, decoded but for its encoded slashes and percent signs."""
    return "%2F".join(unquote(part).replace("%", "%25") for part in _SLASH.split(raw))


def name_in(part: str) -> str:
    """What a part of a `matched` path says."""
    return part.replace("%2F", "/").replace("%25", "%")


def address_of(request: Request) -> str:
    """The path of a request, encoded so that it leads to the same page."""
    path: str = request.scope["path"]
    return quote(path, safe="/%")


class RawPath:
    """Gives the routes the `matched` path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raw = scope.get("raw_path")
            path = scope["path"].replace("%", "%25") if raw is None else matched(raw.decode("utf-8", "replace"))
            scope = {**scope, "path": path}
        await self._app(scope, receive, send)


class _Name(StringConvertor):
    def convert(self, value: str) -> str:
        return name_in(value)


class _Names(PathConvertor):
    def convert(self, value: str) -> str:
        return name_in(value)


def install() -> None:
    """Let the parameters of routes that are made from now on be read from a `matched` path."""
    register_url_convertor("str", _Name())
    register_url_convertor("path", _Names())
