"""The product's own words in both languages: headings, phases, bands, touch models; and how numbers are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from babel.dates import format_date
from babel.numbers import format_currency

from banso_common.clock import SECOND_MS
from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import Band, TouchModel


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Phases that a company named itself are shown as it wrote them."""

    who: str
    what: str
    why: str
    do: str
    link: str
    phases: dict[str, str]
    bands: dict[Band, str]
    touch: dict[TouchModel, str]


WORDS: dict[str, Words] = {
    "ja": Words(
        who="お客様",
        what="何が起きているか",
        why="そう考える理由",
        do="次の一手",
        link="banso で開く",
        phases={
            "implementation": "導入",
            "pilot": "ランニング",
            "operation": "運用",
            "adoption": "活用",
            "renewal": "更新",
            "advocacy": "推奨",
        },
        bands={Band.HEALTHY: "健全", Band.WATCH: "注意", Band.CRITICAL: "危険", Band.UNKNOWN: "判定不能"},
        touch={
            TouchModel.HIGH: "ハイタッチ",
            TouchModel.LOW: "ロータッチ",
            TouchModel.TECH: "テックタッチ",
            TouchModel.COMMUNITY: "コミュニティタッチ",
        },
    ),
    "en": Words(
        who="Who",
        what="What happened",
        why="Why we think so",
        do="What to do",
        link="Open in banso",
        phases={},
        bands={Band.HEALTHY: "healthy", Band.WATCH: "watch", Band.CRITICAL: "critical", Band.UNKNOWN: "unknown"},
        touch={
            TouchModel.HIGH: "high touch",
            TouchModel.LOW: "low touch",
            TouchModel.TECH: "tech touch",
            TouchModel.COMMUNITY: "community touch",
        },
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
