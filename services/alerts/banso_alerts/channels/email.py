"""Mail by SMTP. What was refused before the mail's text was sent has certainly not gone out; after that we are unsure.

A mail cannot be read back: after a crash it may go out twice, both times under the same Message-ID.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException
from pydantic import SecretStr

from banso_alerts.channels.mail_message import NO_WAY_OUT, mail_of
from banso_alerts.channels.port import Letter
from banso_alerts.channels.unsubscribe import WayOut
from banso_alerts.domain.delivery import Answer, Rejected, Retry, Sent, Unsure
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.suppression import SuppressionReason, reply_ends_address
from banso_common.clock import MINUTE_MS, Clock
from banso_common.errors import Refused
from banso_common.telemetry.logs import logger

LOGIN_RETRY_MS = 5 * MINUTE_MS
PERMANENT = 500  # RFC 5321: a reply of 5yz is for ever, 4yz for now


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    user: str | None
    password: SecretStr | None
    sender: str
    timeout_s: float
    way_out: WayOut = NO_WAY_OUT


class EmailChannel:
    """One SMTP server; a connection a mail."""

    name = ChannelName.EMAIL
    can_find = False
    at_once = 5

    def __init__(self, server: SmtpServer, clock: Clock) -> None:
        self._server, self._clock = server, clock
        self._logger = logger("alerts.email")

    async def send(self, letter: Letter) -> Answer:
        """Hand the letter to the server."""
        try:
            mail = mail_of(letter, self._server.sender, self._clock.now(), self._server.way_out)
        except Refused as fault:
            return Rejected(fault.reason)
        client = self._client()
        try:
            not_taken = await self._greet(client, mail["From"].addresses[0].addr_spec, letter.address)
            if not_taken is not None:
                return not_taken
            try:
                await client.data(mail.as_bytes())
            except SMTPResponseException as fault:
                return _refused(fault)
            except (SMTPException, OSError) as fault:
                return Unsure(type(fault).__name__)
            return Sent(str(mail["Message-ID"]))
        finally:
            client.close()

    async def find(self, letter: Letter, since: int) -> str | None:
        """A mail that was handed over cannot be looked for."""
        del letter, since
        return None

    async def close(self) -> None:
        """Nothing stays open."""

    async def _greet(self, client: aiosmtplib.SMTP, sender: str, recipient: str) -> Answer | None:
        """Everything before the mail's text; an answer when the server wants none of it."""
        try:
            await client.connect()
            await client.mail(sender)
            try:
                await client.rcpt(recipient)
            except SMTPResponseException as fault:
                return _refused(fault, ends=reply_ends_address(fault.code, fault.message))
        except SMTPAuthenticationError as fault:
            self._logger.error("the mail server refuses the login", code=fault.code)
            return Retry("the mail server refuses the login", after_ms=LOGIN_RETRY_MS, counted=False)
        except SMTPResponseException as fault:
            return _refused(fault)
        except (SMTPException, OSError) as fault:
            return Retry(type(fault).__name__)
        return None

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password.get_secret_value() if server.password else None,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            timeout=server.timeout_s,
        )


def _refused(fault: SMTPResponseException, *, ends: bool = False) -> Answer:
    """What a reply that is no yes means; `ends` says that the address is no good, for this mail and any other."""
    detail = f"{fault.code} {fault.message}"
    if fault.code < PERMANENT:
        return Retry(detail)
    return Rejected(detail, SuppressionReason.BOUNCED if ends else None)
