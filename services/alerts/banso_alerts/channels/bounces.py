"""Reads what mail systems send back: delivery status notifications (RFC 3464) and complaints (RFC 5965).

Only a failure for good that speaks of the address counts (see `domain.suppression`). A report that carries the
mail that it is about, or its headers, tells by our Message-ID which outreach that was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr

from banso_alerts.domain.suppression import SuppressionReason, ends_address
from banso_common.errors import Refused, TooLarge

REPORT_BYTES_MAX = 1_000_000
PARTS_MAX = 50
RECIPIENTS_MAX = 100
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient of whom a report speaks. `reason` None: it does not end the address. `outreach_id` None: the
    report does not say which mail it was."""

    address: str
    reason: SuppressionReason | None
    status: str
    detail: str
    outreach_id: str | None


def bounces_of(raw: bytes) -> list[Bounce]:
    """The recipients that a raw message reports on. Raises Refused when it is no report, TooLarge."""
    if len(raw) > REPORT_BYTES_MAX:
        raise TooLarge("too-large", f"at most {REPORT_BYTES_MAX} bytes")
    report = message_from_bytes(raw)
    if report.get_content_type() != "multipart/report":
        raise Refused("not-a-report", "this is no multipart/report (RFC 6522): a bounce or a complaint is one")
    parts = [part for part, _ in zip(report.walk(), range(PARTS_MAX), strict=False)]
    outreach_id = next((found for part in parts if (found := _outreach_of(part)) is not None), None)
    bounces: list[Bounce] = []
    for part in parts:
        match part.get_content_type():
            case "message/delivery-status":
                bounces.extend(_failures(part, outreach_id))
            case "message/feedback-report":
                bounces.extend(_complaints(part, outreach_id))
    return bounces[:RECIPIENTS_MAX]


def _failures(part: Message, outreach_id: str | None) -> Iterator[Bounce]:
    """A delivery status: the first block is about the message, each other about one recipient."""
    for block in _blocks(part):
        address = _address(block.get("Original-Recipient", "")) or _address(block.get("Final-Recipient", ""))
        if not address:
            continue
        found = _STATUS.search(str(block.get("Status", "")))
        status = found.group(1) if found else ""
        failed = str(block.get("Action", "")).strip().lower() == "failed"
        reason = SuppressionReason.BOUNCED if failed and ends_address(status) else None
        said = " ".join(str(block.get("Diagnostic-Code", "")).split())
        yield Bounce(address, reason, status, f"{status} {said}".strip(), outreach_id)


def _complaints(part: Message, outreach_id: str | None) -> Iterator[Bounce]:
    """A complaint: somebody called the mail abuse."""
    for block in _blocks(part):
        kind = str(block.get("Feedback-Type", "")).strip().lower()
        address = parseaddr(str(block.get("Original-Rcpt-To", "")))[1]
        if kind and (address or outreach_id is not None):
            reason = SuppressionReason.COMPLAINED if kind == "abuse" else None
            yield Bounce(address, reason, "", f"feedback {kind}", outreach_id)


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _address(field: object) -> str:
    """The address of `rfc822; name@host`; empty for another kind of address."""
    kind, _, address = str(field).partition(";")
    return parseaddr(address.strip())[1] if kind.strip().lower() in ("rfc822", "utf-8") else ""


def _outreach_of(part: Message) -> str | None:
    """The outreach whose mail is returned here, by the Message-ID that we gave it."""
    text = ""
    if part.get_content_type() == "message/rfc822":
        text = "".join(str(block.get("Message-ID", "")) for block in _blocks(part))
    elif part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
        payload = part.get_payload(decode=True)
        headers = message_from_bytes(payload if isinstance(payload, bytes) else b"")
        text = str(headers.get("Message-ID", "")) or "".join(str(b.get("Message-ID", "")) for b in _blocks(part))
    found = _MESSAGE_ID.search(text)
    return found.group(1) if found else None
