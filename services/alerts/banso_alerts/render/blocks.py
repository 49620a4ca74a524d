"""A message as Slack shows it: Block Kit with the evidence, what was done about it, and what can be done.

Slack's limits: 50 blocks a message, 3,000 characters a text, 150 a header, 2,000 a button's value.
https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from banso_alerts.domain.acts import SLACK_PREFIX, Act, Deed
from banso_alerts.render.message import Message, Section
from banso_alerts.render.sinks import Mrkdwn, mrkdwn, one_line
from banso_alerts.render.words import ACTS, Acts
from banso_alerts.render.written import links_of
from banso_common.clock import SECOND_MS, iso

BLOCK_CHARS_MAX = 3_000
HEADER_CHARS_MAX = 150
TEXT_CHARS_MAX = 4_000
ACTS_SHOWN_MAX = 8  # Slack takes ten elements in a context
SNOOZE_DAYS = (1, 3, 7, 14)
ACTION_PREFIX = "banso_"
"""What our actions' names begin with; the deed follows."""

Block = dict[str, Any]


def as_slack_text(message: Message) -> Mrkdwn:
    """The one line that notifications show."""
    return Mrkdwn(mrkdwn(message.title)[:TEXT_CHARS_MAX])


def as_blocks(message: Message, *, acts: Sequence[Act] = (), buttons: bool = False) -> list[Block]:
    """The title as a header, a section for each heading, the link, the acts that count, and buttons if asked for."""
    header = message.title[:HEADER_CHARS_MAX]
    blocks: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": header, "emoji": False}}]
    for text in filter(None, map(_section, message.sections)):
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    if links := _links(message, buttons=buttons):
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": link} for link in links]})
    words = ACTS[message.locale]
    if acts:
        said = [{"type": "mrkdwn", "text": _done(act, words)} for act in acts[-ACTS_SHOWN_MAX:]]
        blocks.append({"type": "context", "elements": said})
    if buttons and message.about != "rest":
        blocks.extend(_buttons(message, words, taken=any(act.what is Deed.ACKNOWLEDGED for act in acts)))
    return blocks


def _links(message: Message, *, buttons: bool) -> list[Mrkdwn]:
    """Where the message leads; to its own page where there are no buttons, or they speak of several at once."""
    found = links_of(message)
    if buttons and not message.answers_each:
        found = [(label, link) for label, link in found if link != message.answer_link]
    return [Mrkdwn(f"<{mrkdwn(link)}|{mrkdwn(label)}>") for label, link in found]


def _done(act: Act, words: Acts) -> Mrkdwn:
    """Who did what and when; Slack writes the time as the reader's own clock has it."""
    member = act.who.removeprefix(SLACK_PREFIX)
    who = mrkdwn(f"{one_line(member)}")
    if act.who.startswith(SLACK_PREFIX):
        who = Mrkdwn(f"<@{who}>")
    what = mrkdwn(words.done[act.what])
    until = Mrkdwn(f" {mrkdwn(words.until)} {_moment(act.until)}") if act.until is not None else Mrkdwn("")
    return Mrkdwn(f"*{what}*{until} · {who} · {_moment(act.at)}")


def _moment(at: int) -> Mrkdwn:
    return Mrkdwn(f"<!date^{at // SECOND_MS}^{{date_short}} {{time}}|{iso(at)}>")


def _buttons(message: Message, words: Acts, *, taken: bool) -> list[Block]:
    """One row to take it or put it off, one to say whether it was right."""
    first = [] if taken else [_button(message, Deed.ACKNOWLEDGED, words) | {"style": "primary"}]
    snooze = {
        "type": "static_select",
        "action_id": f"{ACTION_PREFIX}{Deed.SNOOZED}",
        "placeholder": _plain(words.button[Deed.SNOOZED]),
        "options": [
            {"text": _plain(words.days.format(days=days)), "value": f"{message.outreach_id}/{days}"}
            for days in SNOOZE_DAYS
        ],
    }
    verdicts = [_button(message, deed, words) for deed in (Deed.REAL, Deed.NOT_REAL, Deed.KNEW_IT)]
    rows = [[*first, snooze], *([verdicts] if message.about == "one" else [])]
    return [{"type": "actions", "elements": row} for row in rows]


def _button(message: Message, deed: Deed, words: Acts) -> Block:
    return {
        "type": "button",
        "action_id": f"{ACTION_PREFIX}{deed}",
        "text": _plain(words.button[deed]),
        "value": message.outreach_id,
    }


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


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
