"""Sign-in links: each opens the console once, soon after it was made, and holds no key.

A link ends up in histories, logs and chats. What it says is a random word that this process exchanges for the key, one
time; afterwards it is worth nothing. Only who starts the process gets one, so nobody can sign a stranger in as himself.
"""

from __future__ import annotations

import secrets
from time import monotonic

TICKET_AGE_S = 3_600
TICKETS_MAX = 16
TICKET_BYTES = 24


class Tickets:
    """Those that were made and not used yet."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, float]] = {}

    def issue(self, key: str) -> str:
        """A ticket that opens what `key` opens; of more than TICKETS_MAX the oldest are gone."""
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        self._open[ticket] = (key, monotonic() + TICKET_AGE_S)
        for oldest in list(self._open)[:-TICKETS_MAX]:
            del self._open[oldest]
        return ticket

    def redeem(self, ticket: str) -> str | None:
        """The key, once; None for a ticket that was used, is too old, or never was."""
        key, until = self._open.pop(ticket, ("", 0.0))
        return key if monotonic() < until else None
