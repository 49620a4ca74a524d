"""Each sink encodes what could be read as more than text there; injections come out as the text they are."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.render.blocks import BLOCK_CHARS_MAX, as_blocks, as_slack_text
from banso_alerts.render.message import Message, Section
from banso_alerts.render.sinks import log_line, mail_header, mrkdwn, one_line
from banso_alerts.render.written import as_html, as_log_lines
from banso_common.contracts.account_signal import Severity
from banso_common.errors import Refused

EVIL = "<script>alert(1)</script> <!channel> <https://evil.example|click> & \x1b[2J \" '"


def message(text: str) -> Message:
    section = Section(text, [text])
    return Message("id", "en", Severity.INFO, text, [section], "https://banso.example/?a=1&b=<", text)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_holds_the_tags_of_the_template_and_the_words_of_the_message() -> None:
    evil, plain = Tags(), Tags()
    evil.feed(as_html(message(EVIL)))
    plain.feed(as_html(message("plain")))
    assert evil.tags == plain.tags
    assert EVIL in evil.words


def test_slack_can_neither_mention_nor_link_nor_command() -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["text"]] if value.get("type") == "mrkdwn" else []
            return own + [text for inner in value.values() for text in texts(inner)]
        return [text for inner in value for text in texts(inner)] if isinstance(value, list) else []

    body = [*texts(as_blocks(message(EVIL))), as_slack_text(message(EVIL))]
    assert len(body) == 3
    link = next(text for text in body if text.startswith("<https://banso.example/?a=1&amp;b=&lt;|"))
    for text in body:
        inside = text if text is not link else text[1:-1].replace("|", "", 1)
        assert "<" not in inside
        assert ">" not in inside


def test_the_header_block_is_plain_text_so_nothing_in_it_is_read() -> None:
    assert as_blocks(message(EVIL))[0]["text"] == {"type": "plain_text", "text": EVIL[:150], "emoji": False}


def test_blocks_stay_within_the_limits_of_slack_and_cut_no_entity_in_two() -> None:
    long = Message("id", "en", Severity.INFO, "&" * 500, [Section("h", ["<&>" * 60] * 40)])
    header, section = as_blocks(long)
    assert len(header["text"]["text"]) <= 150
    assert len(section["text"]["text"]) <= BLOCK_CHARS_MAX
    assert section["text"]["text"].endswith("&lt;&amp;&gt;")


def test_a_terminal_is_sent_no_control_characters() -> None:
    lines = as_log_lines(message("\x1b]0;owned\x07 \x9b31m \u202e \n next"))
    assert all(char.isprintable() for line in lines for char in line)
    assert "\\x1b]0;owned\\x07" in lines[0]


@pytest.mark.parametrize(
    "subject",
    [
        "a\r\nBcc: x@evil.example",
        "a\nb",
        "a\x00b",
        "=?utf-8?q?a=0D=0ABcc:_x?=",
        "x =?utf-8?b?DQpCY2M6IHg=?=",
        "a\u2028b",
    ],
)
def test_a_header_that_could_end_itself_is_refused(subject: str) -> None:
    with pytest.raises(Refused, match="header-injection"):
        mail_header(subject)


def test_a_header_of_any_language_passes_and_is_short() -> None:
    assert mail_header("株式会社サンプル：困っているのに") == "株式会社サンプル：困っているのに"
    assert len(mail_header("あ" * 500)) == 120


@given(st.text())
def test_whatever_comes_is_one_printable_line_in_a_log(text: str) -> None:
    assert "\n" not in log_line(text)
    assert len(one_line(text).splitlines()) <= 1
    assert "<" not in mrkdwn(text)
