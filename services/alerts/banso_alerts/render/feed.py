"""What a message may say of a feed that is no longer heard: its source, since when, and how many accounts it has."""

from __future__ import annotations

from banso_alerts.render.sinks import one_line
from banso_alerts.render.words import about, day
from banso_common.contracts.account_signal import AccountSignal, SignalKind, feed_subject

PAGE = "feeds"
HOURS_A_DAY, HOURS_SHOWN_MAX = 24, 48

Value = object


def is_feed(subject: str) -> bool:
    """Whether a subject is a feed."""
    return subject.startswith(feed_subject(""))


def feed_values(signal: AccountSignal, locale: str) -> dict[str, Value]:
    """The feed as it is written; nothing where the signal tells of none."""
    if signal.kind is not SignalKind.FEED_STALE:
        return {}
    count = signal.detail.get("accounts")
    heard_at = signal.detail.get("heard_at")
    return {
        "source": one_line(signal.account_name),
        "accounts": f"{count:,}" if isinstance(count, int) else "",
        "one_account": count == 1,
        "heard_on": day(int(heard_at), locale) if isinstance(heard_at, int | float) else "",
        "quiet": _span(signal.detail.get("quiet_hours"), locale),
        "patience": _span(signal.detail.get("patience_hours"), locale),
    }


def _span(hours: str | float | None, locale: str) -> str:
    """`31 hours`, `5 days`, `20 minutes`."""
    if not isinstance(hours, int | float):
        return ""
    if hours < 1:
        number, unit, many = about(max(1.0, round(60 * hours))), "分", "minutes"
    elif hours <= HOURS_SHOWN_MAX:
        number, unit, many = f"{hours:.0f}", "時間", "hours"
    else:
        number, unit, many = f"{hours / HOURS_A_DAY:.0f}", "日間", "days"
    if locale == "ja":
        return f"{number}{unit}"
    return f"{number} {many.removesuffix('s') if number == '1' else many}"
