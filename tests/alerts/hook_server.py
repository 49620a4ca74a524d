"""A receiver of webhooks on loopback: it keeps what it is sent, verified or not, and answers as it is told to."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

WAIT_S_MAX = 10.0


@dataclass
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HookServer:
    """What came, and what is answered: the next of `answers`, else 204. b"" hangs up, None says nothing at all."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[bytes | None] = field(default_factory=list)
    latency_s: float = 0.0
    arrived: Callable[[], None] = lambda: None
    sent_bytes: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.received.append(Received(head[0].split(" ")[1], headers, body))
            self.arrived()
            await asyncio.sleep(self.latency_s)
            answer = self.answers.pop(0) if self.answers else reply(204)
            if answer is None:
                await asyncio.wait_for(reader.read(), WAIT_S_MAX)
            else:
                await self._answer(writer, answer)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):  # a caller that was killed, or has had enough
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        for start in range(0, len(answer), 65_536):
            writer.write(answer[start : start + 65_536])
            await writer.drain()
            self.sent_bytes += 65_536


def reply(status: int, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of an answer."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{named}\r\n".encode() + body


@asynccontextmanager
async def running_hooks(tls: ssl.SSLContext | None = None) -> AsyncIterator[HookServer]:
    """A receiver on a free port, until the block ends."""
    hooks = HookServer()
    listener = socket.create_server(("127.0.0.1", 0))
    scheme = "http" if tls is None else "https"
    hooks.url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/hook"
    server = await asyncio.start_server(hooks.serve, sock=listener, ssl=tls)
    try:
        yield hooks
    finally:
        server.close()
        await server.wait_closed()
