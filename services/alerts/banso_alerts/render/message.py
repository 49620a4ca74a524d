"""A message as plain words: what a recipient is told, before any channel has encoded it."""

from __future__ import annotations

from typing import Literal

import msgspec

from banso_common.contracts.account_signal import Severity


class Section(msgspec.Struct, frozen=True):
    """A heading and its lines. No line holds a line break or another control character."""

    heading: str
    lines: list[str]


class Message(msgspec.Struct, frozen=True):
    """One message. `outreach_id` names it for good; `link` leads to the account in the console. It is `about` one
    signal, several that can be taken together, or the rest of a day, which nobody takes as a whole. `answer_link` leads
    to its own page, where it is answered (`answers_each`: account by account). `trend`: scores of the last days, below
    0 unknown."""

    outreach_id: str
    locale: str
    severity: Severity
    title: str
    sections: list[Section]
    link: str | None = None
    link_label: str = ""
    about: Literal["one", "several", "rest"] = "one"
    answer_link: str | None = None
    answers_each: bool = False
    trend: list[int] = []


message_decoder = msgspec.json.Decoder(Message)
