"""Numbers as people of each language read them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal

from banso_common.clock import SECOND_MS
from banso_common.web.language import Language

_CURRENCY = re.compile(r"[A-Z]{3}")


def about(value: float) -> str:
    """A measured number: more digits the smaller it is, no trailing zeros."""
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 10 else 0
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share of 1 in whole per cent; what is not nothing is not written as 0 %."""
    return "<1%" if 0 < share < 0.01 else f"{share * 100:.0f}%"


def money(amount: float, currency: str | None, language: Language) -> str:
    """An amount in units of a currency, without small change; a currency that is none is written beside it."""
    if currency is not None and _CURRENCY.fullmatch(currency):
        return format_currency(amount, currency, format="¤#,##0", currency_digits=False, locale=language)
    return f"{format_decimal(round(amount), locale=language)} {currency or ''}".strip()


def day(iso_day: str, language: Language) -> str:
    """A date, in the middle length of its language."""
    return format_date(date.fromisoformat(iso_day), "medium", locale=language)


def long_day(iso_day: str, language: Language) -> str:
    """A date with its weekday."""
    return format_date(date.fromisoformat(iso_day), "full", locale=language)


def moment(at: int, now: int, zone: ZoneInfo, language: Language) -> str:
    """An instant on the wall clock of `zone`: the time alone is of today, another year is written out."""
    local, today = (datetime.fromtimestamp(each / SECOND_MS, UTC).astimezone(zone) for each in (at, now))
    clock = f"{local.hour}:{local.minute:02d}"
    if local.date() == today.date():
        return f"今日 {clock}" if language == "ja" else f"today {clock}"
    said = format_skeleton("MMMEd" if local.year == today.year else "yMMMd", local.date(), locale=language)
    return f"{said} {clock}"


def ago(days: int, language: Language) -> str:
    """How long ago, in days."""
    if days <= 0:
        return "今日" if language == "ja" else "today"
    if language == "ja":
        return f"{days}日前"
    return "yesterday" if days == 1 else f"{days} days ago"


def people(count: int, language: Language) -> str:
    """A number of users."""
    if language == "ja":
        return f"{count}人"
    return "1 user" if count == 1 else f"{count:,} users"


def days(count: int, language: Language) -> str:
    """A number of days."""
    if language == "ja":
        return f"{count:,}日"
    return "1 day" if count == 1 else f"{count:,} days"
