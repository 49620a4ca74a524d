"""A small client of Slack's Web API: six methods, one way to read every answer.

An answer is one of: the body; Busy (429: asked to wait); Uncertain (no answer, or one after which the call may
have happened); Declined with Slack's own code. https://docs.slack.dev/apis/web-api
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from banso_common.clock import SECOND_MS

Body = dict[str, Any]

WAIT_S_DEFAULT = 30
BUSY_CODES = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
UNCERTAIN_CODES = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# Failures after which the request has certainly not been read.
UNSENT_FAULTS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class SlackFault(Exception):
    """Slack did not do what was asked."""


class Busy(SlackFault):
    """Slack asks to wait; it has done nothing."""

    def __init__(self, after_ms: int) -> None:
        super().__init__("ratelimited")
        self.after_ms = after_ms


class Unreached(SlackFault):
    """Slack was not reached; it has done nothing."""


class Uncertain(SlackFault):
    """Slack may have done it."""


class Declined(SlackFault):
    """Slack has not done it and says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SlackApi:
    """Calls with one token; `url` ends with a slash."""

    http: httpx.AsyncClient
    url: str
    token: SecretStr

    async def post(self, method: str, arguments: Body) -> Body:
        """Call a method that takes JSON. Raises SlackFault."""
        return await self._call(method, {"json": arguments})

    async def ask(self, method: str, arguments: dict[str, str]) -> Body:
        """Call a method that reads; those take forms only. Raises SlackFault."""
        return await self._call(method, {"data": arguments})

    async def _call(self, method: str, content: Body) -> Body:
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        response = await exchange(self.http, self.url + method, headers, content)
        try:
            body = response.json()
        except ValueError:
            raise Uncertain(f"HTTP {response.status_code} without JSON") from None
        if not isinstance(body, dict):
            raise Uncertain(f"HTTP {response.status_code} without an object")
        if body.get("ok") is True:
            return body
        code = str(body.get("error", f"HTTP {response.status_code}"))
        if code in BUSY_CODES:
            raise Busy(after_ms_of(response))
        if code in UNCERTAIN_CODES:
            raise Uncertain(code)
        raise Declined(code)


async def exchange(http: httpx.AsyncClient, url: str, headers: dict[str, str], content: Body) -> httpx.Response:
    """One request, one answer of below 500. Raises Unreached, Uncertain, Busy."""
    try:
        response = await http.post(url, headers=headers, **content)
    except UNSENT_FAULTS as fault:
        raise Unreached(type(fault).__name__) from None
    except httpx.HTTPError as fault:
        raise Uncertain(type(fault).__name__) from None
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise Busy(after_ms_of(response))
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Uncertain(f"HTTP {response.status_code}")
    return response


def after_ms_of(response: httpx.Response) -> int:
    """Retry-After in ms; Slack gives whole seconds."""
    seconds = response.headers.get("Retry-After", "")
    return (int(seconds) if seconds.isascii() and seconds.isdigit() else WAIT_S_DEFAULT) * SECOND_MS
