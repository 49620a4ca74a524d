"""A Slack of our own on loopback: the six Web API methods that banso uses, and an incoming webhook.

It keeps what Slack keeps: one conversation for each member, timestamps that rise, metadata that is returned
only when asked for, pages with cursors, one message a second in a conversation (when told to), error codes.
tests/alerts/channels/test_slack_web.py holds it to Slack's own client, so that it is no fantasy.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

TOKEN = "xoxb-test"
FIRST_TS = 1_772_420_400
Body = dict[str, Any]


@dataclass
class Trouble:
    """What the next calls of a method meet: an HTTP status, a code of Slack's, or no answer at all.

    `after` False fails before anything was done; True does it first, as a crash of the network would.
    """

    status: int = 200
    code: str | None = None
    retry_after_s: int | None = None
    hang_up: bool = False
    after: bool = False


@dataclass
class SlackServer:
    """The workspace's state, and what tests may change of it."""

    url: str = ""
    members: dict[str, str] = field(default_factory=lambda: {"sato@vendor.example": "U0SATO"})
    channels: set[str] = field(default_factory=lambda: {"C0TEAM"})
    history: dict[str, list[Body]] = field(default_factory=dict)
    hooked: list[Body] = field(default_factory=list)
    calls: list[tuple[str, Body]] = field(default_factory=list)
    troubles: dict[str, list[Trouble]] = field(default_factory=dict)
    latency_s: float = 0.0
    paced: bool = False
    page_max: int = 200
    posted: Callable[[], None] = lambda: None
    updated: Callable[[], None] = lambda: None
    first_ts: int = FIRST_TS
    _last_post_s: dict[str, float] = field(default_factory=dict)
    _serial: int = 0

    def outreach_ids(self) -> list[str]:
        """The outreach of every message that stands in any conversation."""
        return [
            message["metadata"]["event_payload"]["outreach_id"]
            for messages in self.history.values()
            for message in messages
            if "metadata" in message
        ]

    def message_of(self, outreach_id: str) -> Body:
        """The only message of that outreach."""
        (found,) = [
            message
            for messages in self.history.values()
            for message in messages
            if message.get("metadata", {}).get("event_payload", {}).get("outreach_id") == outreach_id
        ]
        return found

    def trouble(self, method: str, *troubles: Trouble) -> None:
        """The next calls of `method` meet these."""
        self.troubles.setdefault(method, []).extend(troubles)

    async def answer(self, request: Request) -> Response:
        """One call of the Web API."""
        method = request.path_params["method"]
        try:
            arguments = await _arguments(request)
        except ClientDisconnect:  # a caller that was killed half-way through its request: nothing is done
            return PlainTextResponse("")
        self.calls.append((method, arguments))
        trouble = self.troubles[method].pop(0) if self.troubles.get(method) else None
        if trouble is None or trouble.after:
            done = self._do(request, method, arguments)
            await asyncio.sleep(self.latency_s)
            if trouble is None:
                return done
        if trouble.hang_up:
            return StreamingResponse(_cut(), headers={"Content-Length": "100"})
        headers = {"Retry-After": str(trouble.retry_after_s)} if trouble.retry_after_s is not None else {}
        if trouble.code is not None:
            return JSONResponse({"ok": False, "error": trouble.code}, trouble.status, headers)
        return PlainTextResponse("trouble", trouble.status, headers)

    async def hook(self, request: Request) -> Response:
        """The incoming webhook."""
        trouble = self.troubles["webhook"].pop(0) if self.troubles.get("webhook") else None
        if trouble is None or trouble.after:
            self.hooked.append(await request.json())
        if trouble is None:
            return PlainTextResponse("ok")
        headers = {"Retry-After": str(trouble.retry_after_s)} if trouble.retry_after_s is not None else {}
        return PlainTextResponse(trouble.code or "trouble", trouble.status, headers)

    def _do(self, request: Request, method: str, arguments: Body) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _no("invalid_auth")
        methods: dict[str, Callable[[Body], Response]] = {
            "auth.test": lambda _: JSONResponse({"ok": True, "user_id": "U0BOT"}),
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.open": self._open,
            "conversations.history": self._history,
            "users.lookupByEmail": self._look_up,
        }
        return methods[method](arguments) if method in methods else _no("unknown_method")

    def _post(self, arguments: Body) -> Response:
        channel = arguments.get("channel", "")
        if channel not in self.channels:
            return _no("channel_not_found")
        if not arguments.get("text") and not arguments.get("blocks"):
            return _no("no_text")
        now = asyncio.get_running_loop().time()
        if self.paced and now - self._last_post_s.get(channel, -1.0) < 1.0:
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"})
        self._last_post_s[channel] = now
        self._serial += 1
        message = {
            "type": "message",
            "user": "U0BOT",
            "text": arguments.get("text", ""),
            "ts": f"{self.first_ts + self._serial}.000100",
            "blocks": _json(arguments.get("blocks", [])),
        }
        if metadata := _json(arguments.get("metadata")):
            if not metadata.get("event_type"):
                return _no("invalid_metadata_format")
            message["metadata"] = metadata
        self.history.setdefault(channel, []).append(message)
        self.posted()
        return JSONResponse({"ok": True, "channel": channel, "ts": message["ts"], "message": message})

    def _update(self, arguments: Body) -> Response:
        channel, ts = arguments.get("channel", ""), arguments.get("ts", "")
        if channel not in self.channels:
            return _no("channel_not_found")
        standing = next((m for m in self.history.get(channel, []) if m["ts"] == ts), None)
        if standing is None:
            return _no("message_not_found")
        if not arguments.get("text") and not arguments.get("blocks"):
            return _no("no_text")
        standing.update(text=arguments.get("text", ""), blocks=_json(arguments.get("blocks", [])))
        if metadata := _json(arguments.get("metadata")):
            standing["metadata"] = metadata
        self.updated()
        return JSONResponse({"ok": True, "channel": channel, "ts": ts, "text": standing["text"], "message": standing})

    def _open(self, arguments: Body) -> Response:
        member = arguments.get("users", "")
        if member not in self.members.values():
            return _no("user_not_found")
        channel = f"D{member[1:]}"
        self.channels.add(channel)
        return JSONResponse({"ok": True, "channel": {"id": channel}})

    def _history(self, arguments: Body) -> Response:
        channel = arguments.get("channel", "")
        if channel not in self.channels:
            return _no("channel_not_found")
        oldest = float(arguments.get("oldest", 0))
        newest_first = [m for m in reversed(self.history.get(channel, [])) if float(m["ts"]) > oldest]
        start = int(arguments.get("cursor") or 0)
        limit = min(int(arguments.get("limit", 100)), self.page_max)
        page = newest_first[start : start + limit]
        if str(arguments.get("include_all_metadata", "")).lower() not in ("1", "true"):
            page = [{name: value for name, value in m.items() if name != "metadata"} for m in page]
        more = start + limit < len(newest_first)
        body: Body = {"ok": True, "messages": page, "has_more": more}
        return JSONResponse(body | ({"response_metadata": {"next_cursor": str(start + limit)}} if more else {}))

    def _look_up(self, arguments: Body) -> Response:
        member = self.members.get(arguments.get("email", ""))
        return JSONResponse({"ok": True, "user": {"id": member}}) if member else _no("users_not_found")


@asynccontextmanager
async def running_slack() -> AsyncIterator[SlackServer]:
    """A server on a free port of loopback, until the block ends."""
    slack = SlackServer()
    app = Starlette(
        routes=[
            Route("/api/{method}", slack.answer, methods=["GET", "POST"]),
            Route("/hook", slack.hook, methods=["POST"]),
        ]
    )
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits 40 ms for an ACK
    slack.url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield slack
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def _cut() -> AsyncIterator[bytes]:
    """An answer that ends too soon: the line is cut."""
    yield b"{"
    raise ConnectionResetError


async def _arguments(request: Request) -> Body:
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(await request.body() or b"{}"))
    form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    return {**request.query_params, **form}


def _json(value: Any) -> Any:
    """Forms carry lists and objects as JSON text, JSON bodies carry them as they are."""
    return json.loads(value) if isinstance(value, str) else value


def _no(code: str) -> Response:
    return JSONResponse({"ok": False, "error": code})
