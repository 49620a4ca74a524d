"""The digest: one message a day with what was held back from its recipient, and why each of it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from banso_alerts.domain.outreach import Reason
from banso_alerts.domain.plays import SEVERITY_ORDER
from banso_alerts.render.message import Message, Section
from banso_alerts.render.sinks import one_line
from banso_common.contracts.account_signal import Severity
from banso_common.contracts.words import SEVERITIES

ITEMS_SHOWN_MAX = 30


@dataclass(frozen=True, slots=True)
class Item:
    """One outreach that was held back: what it would have said, how severe it is, and why it did not."""

    title: str
    severity: Severity
    value: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class DigestWords:
    """The sentences of a digest in one language."""

    title: str
    severities: Mapping[Severity, str]
    why: Mapping[Reason, str]
    line: str
    more: str
    foot: str
    footing: str
    link: str


WORDS: Mapping[str, DigestWords] = {
    "ja": DigestWords(
        title="その場ではお知らせしなかったこと：{count}件",
        severities=SEVERITIES["ja"],
        why={
            Reason.BUDGET: "その日の対応時間の枠を超えるため",
            Reason.ONE_VOICE: "同じお客様のことを既にお知らせしたため",
            Reason.CAP: "一日の件数の上限に達したため",
            Reason.DEMOTED: "このルールの的中率が下限を下回っているため",
        },
        line="{title}（{why}）",
        more="ほか{count}件",
        footing="このまとめについて",
        foot="重大さ、続いて契約額・見込める効果・意外さの順に並んでいます",
        link="banso で開く",
    ),
    "en": DigestWords(
        title="Held back from you: {count}",
        severities=SEVERITIES["en"],
        why={
            Reason.BUDGET: "more work than your day had hours for it",
            Reason.ONE_VOICE: "you had just heard of this account",
            Reason.CAP: "the day's number of messages was reached",
            Reason.DEMOTED: "its rule has too often been wrong",
        },
        line="{title} ({why})",
        more="and {count} more",
        footing="About this list",
        foot="The order is by severity, then by contract value, expected effect and surprise",
        link="Open in banso",
    ),
}


def compose_digest(identity: str, locale: str, items: Sequence[Item], public_url: str | None) -> Message:
    """The digest of at least one item."""
    words = WORDS[locale]
    ordered = sorted(items, key=lambda item: (-SEVERITY_ORDER.index(item.severity), -item.value, item.title))
    shown, rest = ordered[:ITEMS_SHOWN_MAX], len(ordered) - ITEMS_SHOWN_MAX
    sections = [
        Section(label, [_line(item, words) for item in shown if item.severity is severity])
        for severity, label in words.severities.items()
    ]
    sections = [section for section in sections if section.lines]
    if rest > 0:
        sections.append(Section("", [words.more.format(count=rest)]))
    sections.append(Section(words.footing, [words.foot]))
    return Message(
        outreach_id=identity,
        locale=locale,
        severity=ordered[0].severity,
        title=words.title.format(count=len(ordered)),
        sections=sections,
        link=f"{public_url.rstrip('/')}/outreach/{identity}" if public_url else None,
        link_label=words.link,
        about="rest",
    )


def _line(item: Item, words: DigestWords) -> str:
    return words.line.format(title=one_line(item.title), why=words.why.get(item.reason, item.reason.value))
