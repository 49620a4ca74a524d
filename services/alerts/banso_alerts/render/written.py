"""A message as each sink takes it: text and HTML for mail, blocks for Slack, lines for a terminal."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from banso_alerts.render.message import Message, Section
from banso_alerts.render.sinks import LogLine, Mrkdwn, log_line, mrkdwn

BLOCK_CHARS_MAX = 3_000
HEADER_CHARS_MAX = 150
TEXT_CHARS_MAX = 4_000

Block = dict[str, Any]


def as_text(message: Message) -> str:
    """Plain text with blank lines between sections, for the text part of a mail."""
    parts = [message.title]
    for section in message.sections:
        bullets = [f"- {line}" for line in section.lines]
        parts.append("\n".join([section.heading, *bullets] if section.heading else section.lines))
    if message.link:
        parts.append(f"{message.link_label}: {message.link}")
    return "\n\n".join(parts) + "\n"


def as_html(message: Message) -> str:
    """A whole HTML page; the template escapes every value."""
    return _html_template().render(message=message)


def as_slack_text(message: Message) -> Mrkdwn:
    """The one line that notifications show."""
    return Mrkdwn(mrkdwn(message.title)[:TEXT_CHARS_MAX])


def as_blocks(message: Message) -> list[Block]:
    """Slack's Block Kit: the title as a header, a section for each heading, and the link."""
    header = message.title[:HEADER_CHARS_MAX]
    blocks: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": header, "emoji": False}}]
    for section in message.sections:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": _section(section)}})
    if message.link:
        link = Mrkdwn(f"<{mrkdwn(message.link)}|{mrkdwn(message.link_label)}>")
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": link}]})
    return blocks


def as_log_lines(message: Message) -> list[LogLine]:
    """One line each, for a terminal."""
    lines = [f"■ {message.title}"]
    for section in message.sections:
        lines.append(f"  {section.heading}")
        lines.extend(f"    · {line}" for line in section.lines)
    if message.link:
        lines.append(f"  {message.link_label}: {message.link}")
    return [log_line(line) for line in lines]


def _section(section: Section) -> Mrkdwn:
    """Whole lines only, so that an entity is never cut in two."""
    lines = [f"*{mrkdwn(section.heading)}*"] if section.heading else []
    used = sum(map(len, lines))
    for line in section.lines:
        encoded = f"• {mrkdwn(line)}"
        if used + len(encoded) + 1 > BLOCK_CHARS_MAX:
            break
        lines.append(encoded)
        used += len(encoded) + 1
    return Mrkdwn("\n".join(lines))


@cache
def _html_template() -> Template:
    environment = Environment(
        loader=PackageLoader("banso_alerts", "render/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=True,
    )
    return environment.get_template("message.html.jinja")
