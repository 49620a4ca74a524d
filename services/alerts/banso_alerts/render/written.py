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
PLAIN = "#5b6875"
"""That of a mail to a customer, who is not told how grave it is: such a message has no headings."""


def as_text(message: Message, leave: str | None = None) -> str:
    """Plain text with blank lines between sections, for the text part of a mail; `leave` is the link that ends them."""
    parts = [message.title]
    for section in message.sections:
        bullets = [f"- {line}" for line in section.lines]
        parts.append("\n".join([section.heading, *bullets] if section.heading else section.lines))
    if message.link:
        parts.append(f"{message.link_label}: {message.link}")
    if leave:
        parts.append(f"{HEADINGS[message.locale].leave}: {leave}")
    return "\n\n".join(parts) + "\n"


def as_html(message: Message, leave: str | None = None) -> str:
    """The same as an HTML page; the template escapes every value."""
    shown = {"message": message, "leave": leave, "leave_label": HEADINGS[message.locale].leave}
    inside = any(section.heading for section in message.sections)
    return _html_template().render(shown, accent=ACCENTS[message.severity] if inside else PLAIN)


def as_log_lines(message: Message) -> list[LogLine]:
    """One line each, for a terminal."""
    lines = [f"■ {message.title}"]
    for section in message.sections:
        lines.append(f"  {section.heading}")
        lines.extend(f"    · {line}" for line in section.lines)
    if message.link:
        lines.append(f"  {message.link_label}: {message.link}")
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
