"""Suppression: an address that gets nothing any more, and why. Mail addresses count whatever their case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from banso_alerts.domain.outreach import ChannelName


class SuppressionReason(StrEnum):
    """Why nothing is sent there, a closed set; `gone` is a webhook whose receiver answered 410."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by-hand"
    GONE = "gone"


SUPPRESSIBLE = (ChannelName.EMAIL, ChannelName.WEBHOOK)
"""The channels whose addresses are looked up before anything is sent."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One address; `detail` is what the mail system or the person said."""

    address: str
    reason: SuppressionReason
    at: int
    detail: str | None = None


def listed_as(address: str) -> str:
    """How an address stands in the list."""
    return address.strip().lower()


# RFC 3463 by subject and detail: what speaks of the recipient's address, and of nothing else. A full mailbox (5.2.2),
# a wrong sender (5.1.7, 5.1.8) and a refused content or sender (5.3, 5.6, 5.7) say nothing about the address.
_OF_THE_ADDRESS = {
    "0": frozenset({"0"}),
    "1": frozenset({"0", "1", "2", "3", "4", "6", "10"}),
    "2": frozenset({"0", "1"}),
    "4": frozenset({"1", "4"}),
}
# RFC 5321: no such mailbox, not local, name not allowed; for servers that give no enhanced status.
_OF_THE_MAILBOX = frozenset({550, 551, 553})


def ends_address(status: str) -> bool:
    """Whether an enhanced status (RFC 3463, `5.1.1`) says that the address takes no mail for good."""
    kind, _, rest = status.partition(".")
    subject, _, detail = rest.partition(".")
    return kind == "5" and detail in _OF_THE_ADDRESS.get(subject, ())


def reply_ends_address(code: int, text: str) -> bool:
    """Whether an SMTP server's answer to RCPT says so; its enhanced status counts, if the text begins with one."""
    status = text.partition(" ")[0]
    return ends_address(status) if status.count(".") == 2 else code in _OF_THE_MAILBOX
