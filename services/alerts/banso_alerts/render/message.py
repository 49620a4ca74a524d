"""A message as plain words: what a recipient is told, before any channel has encoded it."""

from __future__ import annotations

import msgspec

from banso_common.contracts.account_signal import Severity


class Section(msgspec.Struct, frozen=True):
    """A heading and its lines. No line holds a line break or another control character."""

    heading: str
    lines: list[str]


class Message(msgspec.Struct, frozen=True):
    """One message. `outreach_id` names it for good; `link` leads to the account in the console."""

    outreach_id: str
    locale: str
    severity: Severity
    title: str
    sections: list[Section]
    link: str | None = None
    link_label: str = ""


message_decoder = msgspec.json.Decoder(Message)
