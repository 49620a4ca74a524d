"""One message about several accounts: who they are, the most valuable first, and what is the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from banso_alerts.domain.outreach import Candidate
from banso_alerts.domain.plays import SEVERITY_ORDER
from banso_alerts.render.compose import values_of
from banso_alerts.render.message import Message, Section
from banso_common.contracts.account_signal import SignalKind

ACCOUNTS_SHOWN_MAX = 25


@dataclass(frozen=True, slots=True)
class GroupWords:
    """The sentences of a group in one language; `titles` by kind, `other` for any that is not among them."""

    accounts: str
    do: str
    order: str
    each: str
    phase: str
    trouble: str
    more: str
    link: str
    other: str
    titles: Mapping[SignalKind, str]


WORDS: Mapping[str, GroupWords] = {
    "ja": GroupWords(
        accounts="お客様",
        do="次の一手",
        order="上から順に着手する（契約額・見込める効果・意外さの順）",
        each="一社ずつの根拠は banso の各お客様のページにあります",
        phase="{phase}フェーズ",
        trouble="「{name}」{seen}回（通常{expected}回）",
        more="ほか{count}社",
        link="banso で一社ずつ判定する",
        other="{count}社についてお知らせがあります",
        titles={
            SignalKind.SILENT_STRUGGLING: "{count}社が、困っているのに声を上げていません",
            SignalKind.STRUGGLING: "{count}社がつまずいています",
            SignalKind.HEALTH_CRITICAL: "{count}社のヘルススコアが危険域に入りました",
            SignalKind.STALLED: "{count}社がフェーズの途中で止まっています",
            SignalKind.GOAL_REACHED: "{count}社がゴールを達成しました",
            SignalKind.CONTACT_MADE: "{count}社から問い合わせがあり、製品側の失敗も続いています",
            SignalKind.CONTRACT_RENEWED: "{count}社が契約を更新しました",
            SignalKind.CONTRACT_ENDED: "{count}社の契約が終了しました",
        },
    ),
    "en": GroupWords(
        accounts="Accounts",
        do="What to do",
        order="Begin at the top: the order is by contract value, expected effect and surprise",
        each="The evidence for each of them is on its page in banso",
        phase="phase {phase}",
        trouble="“{name}” {seen} times, usually {expected}",
        more="and {count} more",
        link="Judge each of them in banso",
        other="News of {count} accounts",
        titles={
            SignalKind.SILENT_STRUGGLING: "{count} accounts are in trouble and say nothing",
            SignalKind.STRUGGLING: "{count} accounts are struggling",
            SignalKind.HEALTH_CRITICAL: "{count} accounts: health has become critical",
            SignalKind.STALLED: "{count} accounts are stuck in their phase",
            SignalKind.GOAL_REACHED: "{count} accounts reached a goal",
            SignalKind.CONTACT_MADE: "{count} accounts wrote, and the product is failing them",
            SignalKind.CONTRACT_RENEWED: "{count} accounts renewed",
            SignalKind.CONTRACT_ENDED: "{count} accounts left",
        },
    ),
}


def compose_group(identity: str, members: Sequence[Candidate], public_url: str | None) -> Message:
    """The message of a group, whose members come in the order in which they are to be told."""
    locale = members[0].recipient.locale
    words = WORDS[locale]
    kinds = {each.signal.kind for each in members}
    title = words.titles.get(next(iter(kinds)), words.other) if len(kinds) == 1 else words.other
    lines = [_line(each, words) for each in members[:ACCOUNTS_SHOWN_MAX]]
    if len(members) > ACCOUNTS_SHOWN_MAX:
        lines.append(words.more.format(count=len(members) - ACCOUNTS_SHOWN_MAX))
    return Message(
        outreach_id=identity,
        locale=locale,
        severity=max((each.signal.severity for each in members), key=SEVERITY_ORDER.index),
        title=title.format(count=len(members)),
        sections=[Section(words.accounts, lines), Section(words.do, [words.order, words.each])],
        link=f"{public_url.rstrip('/')}/outreach/{identity}" if public_url else None,
        link_label=words.link,
        about="several",
    )


def _line(candidate: Candidate, words: GroupWords) -> str:
    """`Acme (acme) · ¥1,200,000 · phase operation · “Import failed” 14 times, usually 3`."""
    values = values_of(candidate.signal, candidate.recipient.locale, for_contact=False)
    name, account = str(values["account_name"]), str(values["account"])
    parts = [name if name == account else f"{name} ({account})"]
    parts += [str(values["acv"])] if values["acv"] else []
    parts.append(words.phase.format(phase=values["phase"]))
    channels = values["channels"]
    if isinstance(channels, list) and channels:
        parts.append(words.trouble.format(**channels[0]))
    return " · ".join(parts)
