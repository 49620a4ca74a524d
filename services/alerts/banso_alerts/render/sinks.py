"""Text from outside is encoded for where it goes, by one typed function for each sink.

`one_line` stands before them all: a value that is put into a sentence cannot break its line, reorder it
(bidirectional controls) or flood it.
"""

from __future__ import annotations

import unicodedata
from typing import NewType

from markupsafe import Markup, escape

from banso_common.errors import Refused

VALUE_CHARS_MAX = 200
SUBJECT_CHARS_MAX = 120
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})

Mrkdwn = NewType("Mrkdwn", str)
MailHeader = NewType("MailHeader", str)
LogLine = NewType("LogLine", str)


def one_line(value: str) -> str:
    """`value` as one line of at most VALUE_CHARS_MAX characters, without control or reordering characters."""
    head = value[: VALUE_CHARS_MAX * 4]
    plain = "".join(
        "" if char in BIDI_CONTROLS else " " if unicodedata.category(char) in BREAKING else char for char in head
    )
    words = " ".join(plain.split())
    return words if len(words) <= VALUE_CHARS_MAX else words[: VALUE_CHARS_MAX - 1] + "…"


def mrkdwn(text: str) -> Mrkdwn:
    """Slack's mrkdwn: `&`, `<` and `>` start links, mentions and commands, so they are written as entities."""
    return Mrkdwn(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def html(text: str) -> Markup:
    """HTML text or a quoted attribute."""
    return escape(text)


def mail_header(text: str) -> MailHeader:
    """A header's value. Raises Refused for what could end the header: control characters, and RFC 2047
    encoded-words, which the standard library decodes (line breaks included) when the header is written."""
    if "=?" in text or any(unicodedata.category(char) in BREAKING for char in text):
        raise Refused("header-injection", "a mail header may not hold control characters or encoded words")
    return MailHeader(text[:SUBJECT_CHARS_MAX])


def log_line(text: str) -> LogLine:
    """A line for a terminal or a log: control and reordering characters become visible escapes."""
    return LogLine(
        "".join(
            char.encode("unicode_escape").decode()
            if char in BIDI_CONTROLS or unicodedata.category(char) in BREAKING
            else char
            for char in text
        )
    )
