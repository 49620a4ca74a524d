"""The headings of messages in both languages, and how numbers are written in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from babel.dates import format_date
from babel.numbers import format_currency

from banso_alerts.domain.acts import Deed
from banso_common.clock import SECOND_MS
from banso_common.contracts.account_activity import MICRO


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a message in one language."""

    who: str
    what: str
    why: str
    do: str
    link: str
    answer: str
    answer_each: str
    leave: str


HEADINGS: dict[str, Headings] = {
    "ja": Headings(
        who="お客様",
        what="何が起きているか",
        why="そう考える理由",
        do="次の一手",
        link="banso で開く",
        answer="banso で回答する",
        answer_each="一社ずつ判定する",
        leave="このメールの配信を停止する",
    ),
    "en": Headings(
        who="Who",
        what="What happened",
        why="Why we think so",
        do="What to do",
        link="Open in banso",
        answer="Answer in banso",
        answer_each="Judge each account",
        leave="Stop these mails",
    ),
}


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be done with a message, and what was done, in one language. `days` takes their number."""

    button: dict[Deed, str]
    done: dict[Deed, str]
    until: str
    days: str


ACTS: dict[str, Acts] = {
    "ja": Acts(
        button={
            Deed.ACKNOWLEDGED: "対応します",
            Deed.SNOOZED: "あとで知らせる",
            Deed.REAL: "本当だった",
            Deed.NOT_REAL: "違っていた",
            Deed.KNEW_IT: "知っていた",
        },
        done={
            Deed.ACKNOWLEDGED: "対応中",
            Deed.SNOOZED: "お知らせを休止",
            Deed.REAL: "判定：本当だった",
            Deed.NOT_REAL: "判定：違っていた",
            Deed.KNEW_IT: "判定：知っていた",
        },
        until="再開",
        days="{days}日間休止",
    ),
    "en": Acts(
        button={
            Deed.ACKNOWLEDGED: "I take it",
            Deed.SNOOZED: "Snooze",
            Deed.REAL: "It is real",
            Deed.NOT_REAL: "Not real",
            Deed.KNEW_IT: "I knew it",
        },
        done={
            Deed.ACKNOWLEDGED: "In hand",
            Deed.SNOOZED: "Snoozed",
            Deed.REAL: "Verdict: real",
            Deed.NOT_REAL: "Verdict: not real",
            Deed.KNEW_IT: "Verdict: knew it",
        },
        until="until",
        days="for {days} d",
    ),
}


def about(value: float) -> str:
    """A count that need not be whole: one decimal below 10, none above, and no `.0`."""
    text = f"{value:,.1f}" if abs(value) < 10 else f"{value:,.0f}"
    return text.removesuffix(".0")


def percent(share: float) -> str:
    """A share in [0, 1] as whole per cent; what is not nothing is not written as 0 %."""
    return "<1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"


def money(micros: int, currency: str | None, locale: str) -> str:
    """Micro-units of a currency as people of `locale` write it, without small change."""
    amount = round(micros / MICRO)
    if currency is None or not re.fullmatch("[A-Z]{3}", currency):
        return f"{amount:,}"
    return format_currency(amount, currency, format="¤#,##0", currency_digits=False, locale=locale)


def day(at: int, locale: str) -> str:
    """The calendar day of an instant, as people of `locale` write it.

    Signals name a day of the account by the midnight of that day in UTC, so that is where it is read.
    """
    return format_date(datetime.fromtimestamp(at / SECOND_MS, UTC).date(), "medium", locale=locale)
