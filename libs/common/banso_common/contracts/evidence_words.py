"""The evidence of trouble and silence as sentences, made from its numbers: the same wherever people read them.

    14 failed imports by 4 users in 3 days, usually 3; accounts like this write 2.3 times, this one wrote 0.

Everything that is said is a number of the evidence. What is not known is said to be unknown, never left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from banso_common.contracts.account_signal import ChannelEvidence, Evidence
from banso_common.contracts.words import named

LANGUAGES = ("ja", "en")
CHANNELS_MAX = 5
NAME_CHARS_MAX = 60
CHANCE_MAX = 0.5
"""How likely so few contacts may be by chance for the chance to be worth saying."""
_HOW = ("failed", "rejected", "denied", "abandoned", "cancelled", "canceled", "missed", "crashed", "aborted")
"""Last words of an event's name that say how it went; the ones before name what it was."""
_THINGS = ("error", "errors", "exception", "exceptions", "failure", "failures", "crash", "timeout", "timeouts")
_PARTS = re.compile(r"[\s._:/\-]+|(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")


def sentences(evidence: Evidence, language: str) -> list[str]:
    """What the evidence says, the loudest first: up to `CHANNELS_MAX` kinds of trouble, contact, what is not known."""
    ja = language == "ja"
    loud = sorted(evidence.channels, key=lambda one: (-one.log_evidence, one.channel))
    loud = [one for one in loud if one.seen > one.expected][:CHANNELS_MAX]
    met = [_met_ja(one, evidence) if ja else _met_en(one, evidence) for one in loud]
    contact = _contact(evidence, ja=ja)
    said = [*met[1:]]
    if met:
        said.insert(0, ("、" if ja else "; ").join([met[0], contact]) if contact else met[0])
    elif contact:
        said.append(contact)
    said += _unknown(evidence, ja=ja)
    return [_ended(one, ja=ja) for one in said]


def sentence(evidence: Evidence, language: str) -> str:
    """All of `sentences` as one text."""
    return ("" if language == "ja" else " ").join(sentences(evidence, language))


def about(value: float) -> str:
    """A count that need not be whole: one decimal below 10, none above, and no `.0`."""
    text = f"{value:,.1f}" if abs(value) < 10 else f"{value:,.0f}"
    return text.removesuffix(".0")


def counted(event: str, count: int) -> str:
    """`count` events of a name, in English: 14 failed imports, 1 login error, “report shown” 14 times."""
    words = [word.lower() for word in _PARTS.split(_plain(event)) if word]
    if len(words) > 1 and all(_WORD.fullmatch(word) for word in words):
        if words[-1] in _HOW:
            return f"{count:,} {words[-1]} {' '.join([*words[:-2], _plural(words[-2], count)])}"
        if words[-1] in _THINGS:
            return f"{count:,} {' '.join([*words[:-1], _plural(words[-1], count)])}"
    return f"“{_readable(event)}” {_times(count)}"


def _met_en(channel: ChannelEvidence, evidence: Evidence) -> str:
    who = f" by {_number(channel.users, 'user')}" if channel.users else ""
    when = f" in {_number(channel.days or evidence.window_days, 'day')}"
    event, seen = channel.event, channel.event_seen
    if event is not None and seen == channel.seen:
        what, mostly = counted(event, channel.seen), ""
    else:
        what = f"“{_short(named(channel.labels, channel.channel, 'en'))}” {_times(channel.seen)}"
        mostly = f" ({counted(event, seen)} among them)" if event is not None and seen else ""
    return f"{what}{who}{when}{mostly}, usually {about(channel.expected)}"


def _met_ja(channel: ChannelEvidence, evidence: Evidence) -> str:
    event, seen = channel.event, channel.event_seen
    whole = event is not None and seen == channel.seen
    name = _readable(event) if event is not None and whole else _short(named(channel.labels, channel.channel, "ja"))
    notes = [f"{channel.users:,}人"] if channel.users else []
    if event is not None and seen and not whole:
        notes.append(f"うち「{_readable(event)}」{seen:,}回")
    inside = f"（{'、'.join([*notes, f'通常は{about(channel.expected)}回'])}）"
    days = channel.days or evidence.window_days
    return f"「{name}」が{days}日{'間' if days > 1 else ''}に{channel.seen:,}回{inside}"


def _contact(evidence: Evidence, *, ja: bool) -> str:
    """How often they wrote, against how often accounts like this one do; empty when that is not known."""
    if evidence.contacts_expected is None or evidence.contacts_seen is None:
        return ""
    seen, expected = evidence.contacts_seen, about(evidence.contacts_expected)
    if ja:
        return f"同じような顧客は{expected}回問い合わせますが、このお客様は{seen:,}回です"
    times = "once" if expected == "1" else f"{expected} times"
    wrote = "once" if seen == 1 else f"{seen:,}"
    return f"accounts like this write {times}, this one wrote {wrote}"


def _unknown(evidence: Evidence, *, ja: bool) -> list[str]:
    """The chance of such silence, and what is not known."""
    said, chance = [], evidence.no_contact_probability
    if evidence.contacts_expected is None:
        said.append(
            "問い合わせの有無は不明です：生きている問い合わせ元が接続されていません"
            if ja
            else "Contact unknown: no live source of contacts is connected, so banso cannot say whether they wrote"
        )
    elif chance is not None and chance < CHANCE_MAX and (evidence.contacts_seen or 0) < evidence.contacts_expected:
        said.append(
            f"黙る理由がないのにこうなる確率は{_percent(chance)}です"
            if ja
            else f"The chance of that, had they no reason to be silent: {_percent(chance)}"
        )
    if not evidence.enough_data:
        tried, days = f"{evidence.attempts:,}", evidence.window_days
        said.append(
            f"まだデータが足りません：{days}日間で試行{tried}回"
            if ja
            else f"Not enough data yet: {_number(evidence.attempts, 'attempt')} in {_number(days, 'day')}"
        )
    return said


def _ended(text: str, *, ja: bool) -> str:
    return f"{text}。" if ja else f"{text[:1].upper()}{text[1:]}."


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {_plural(noun, count)}"


def _plural(noun: str, count: int) -> str:
    """`noun` for `count` of them; one that is in the plural already stays so."""
    if count == 1 or (noun.endswith("s") and not noun.endswith("ss")):
        return noun
    if noun.endswith(("ss", "x", "z", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "i", "o", "u"):
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def _readable(name: str) -> str:
    """A name that a product gave an event, as people read it: `import_failed` is `import failed`."""
    return _short(re.sub(r"[._]+", " ", name))


def _short(text: str) -> str:
    words = " ".join(_plain(text).split())
    return words if len(words) <= NAME_CHARS_MAX else words[: NAME_CHARS_MAX - 1] + "…"


def _plain(name: str) -> str:
    """One line without control or reordering characters."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") else char for char in name)


def texts(evidence: Evidence, languages: Sequence[str] = LANGUAGES) -> dict[str, str]:
    """`sentence` by language."""
    return {language: sentence(evidence, language) for language in languages}
