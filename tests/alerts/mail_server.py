"""A real SMTP server in this process: it keeps what it is handed, and says no when it is told to."""

from __future__ import annotations

import asyncio
import email
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Session
from aiosmtpd.smtp import Envelope


@dataclass
class MailBox:
    """What the server was handed; `replies` are given instead of its own, by command. Each mail takes `latency_s`."""

    mails: list[Envelope] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    latency_s: float = 0.0
    port: int = 0
    arrived: Callable[[], object] = lambda: None

    def listen(self, arrived: Callable[[], None]) -> None:
        """Call `arrived` in the loop of whoever asks when the next mail is there: the server runs in another thread."""
        self.arrived = partial(asyncio.get_running_loop().call_soon_threadsafe, arrived)

    async def handle_RCPT(self, server: Session, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if "RCPT" not in self.replies:
            envelope.rcpt_tos.append(address)
        return self.replies.get("RCPT", "250 OK")

    async def handle_MAIL(self, server: Session, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_DATA(self, server: Session, session: Any, envelope: Envelope) -> str:
        reply = self.replies.get("DATA", "250 OK")
        if reply[0] in "2h":
            self.mails.append(envelope)
            self.arrived()
            await asyncio.sleep(self.latency_s)
        if reply == "hang up":
            assert server.transport is not None
            server.transport.close()
        return reply


class AnyPort(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd leaves it untyped


def read(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    assert isinstance(content, bytes)
    parsed = email.message_from_bytes(content, policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed
