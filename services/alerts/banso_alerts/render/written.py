"""A message as each sink takes it: text and HTML for mail, lines for a terminal. Slack's blocks are in `blocks`."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from banso_alerts.render.message import Message
from banso_alerts.render.sinks import LogLine, log_line
from banso_alerts.render.words import HEADINGS
from banso_common.contracts.account_signal import Severity

ACCENTS = {Severity.INFO: "#2f7d4f", Severity.WARNING: "#c77700", Severity.CRITICAL: "#b3261e"}
"""The colour of a mail's upper edge."""
TREND_PX = 40
"""The height of a mail's bar of a day with the score 100."""
PLAIN = "#5b6875"
"""That of a mail to a customer, who is not told how grave it is: such a message has no headings."""


def as_text(message: Message, leave: str | None = None) -> str:
    """Plain text with blank lines between sections, for the text part of a mail; `leave` is the link that ends them."""
    parts = [message.title]
    for section in message.sections:
        bullets = [f"- {line}" for line in section.lines]
        parts.append("\n".join([section.heading, *bullets] if section.heading else section.lines))
    if links_of(message):
        parts.append("\n".join(f"{label}: {link}" for label, link in links_of(message)))
    if leave:
        parts.append(f"{HEADINGS[message.locale].leave}: {leave}")
    return "\n\n".join(parts) + "\n"


def links_of(message: Message) -> list[tuple[str, str]]:
    """Where a message leads, each with its label: to what it is about, and to where it is answered."""
    words = HEADINGS[message.locale]
    answers = (words.answer_each if message.answers_each else words.answer, message.answer_link)
    return [(label, link) for label, link in ((message.link_label, message.link), answers) if link]


def as_html(message: Message, leave: str | None = None) -> str:
    """The same as an HTML page; the template escapes every value."""
    words = HEADINGS[message.locale]
    inside = any(section.heading for section in message.sections)
    return _html_template().render(
        message=message,
        links=links_of(message),
        leave=leave,
        leave_label=words.leave,
        why=words.why,
        bar_px=TREND_PX,
        accent=ACCENTS[message.severity] if inside else PLAIN,
    )


def as_log_lines(message: Message) -> list[LogLine]:
    """One line each, for a terminal."""
    lines = [f"■ {message.title}"]
    for section in message.sections:
        lines.append(f"  {section.heading}")
        lines.extend(f"    · {line}" for line in section.lines)
    lines.extend(f"  {label}: {link}" for label, link in links_of(message))
    return [log_line(line) for line in lines]


@cache
def _html_template() -> Template:
    environment = Environment(
        loader=PackageLoader("banso_alerts", "render/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=True,
    )
    return environment.get_template("message.html.jinja")
