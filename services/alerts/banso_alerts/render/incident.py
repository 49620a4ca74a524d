"""What a message may say of an incident of the product: its signature, whom it hit, and who of them said nothing."""

from __future__ import annotations

from collections.abc import Sequence

from banso_alerts.render.sinks import one_line
from banso_alerts.render.words import about, money
from banso_common.contracts.account_signal import SUBJECT_PREFIX, AccountSignal, AffectedAccount, AlsoMet, Incident

ACCOUNTS_SHOWN_MAX = 15
HARDLY_ANY = 0.1
INCIDENT_PREFIX = SUBJECT_PREFIX + "incident/"

Value = object


def page_of(subject: str) -> str | None:
    """Where the console shows an incident; None for what is none."""
    return f"incidents/{subject.removeprefix(INCIDENT_PREFIX)}" if subject.startswith(INCIDENT_PREFIX) else None


def incident_values(signal: AccountSignal, locale: str) -> dict[str, Value]:
    """The numbers and names of the signal's incident as they are written; nothing where it tells of none."""
    told = signal.incident
    if told is None:
        return {}
    silent = [account for account in told.accounts if not account.contacted]
    return {
        "event": one_line(told.event),
        "feature": one_line(told.feature or ""),
        "version": one_line(told.version or ""),
        "accounts_total": f"{told.accounts_total:,}",
        "one_account": told.accounts_total == 1,
        "silent_total": f"{told.silent_total:,}",
        "all_silent": told.silent_total == told.accounts_total,
        "nobody_silent": told.silent_total == 0,
        "expected": about(told.expected) if told.expected >= HARDLY_ANY else f"<{HARDLY_ANY}",
        "amounts": _amounts(told, locale),
        "accounts": [_line(account, locale) for account in told.accounts[:ACCOUNTS_SHOWN_MAX]],
        "silent_accounts": [_line(account, locale) for account in silent],
        "more": f"{max(0, told.accounts_total - ACCOUNTS_SHOWN_MAX):,}" if _is_cut(told) else "",
        "more_silent": f"{told.silent_total - len(silent):,}" if told.silent_total > len(silent) else "",
        "contact_known": bool(signal.detail.get("contact_known")),
        "days": f"{signal.detail.get('days') or 0:,}",
        "also": [_named(one) for one in told.also],
        "also_more": _more(told.also),
        "lasting": bool(signal.detail.get("lasting")),
    }


def _named(one: AlsoMet) -> str:
    return one_line(" · ".join(part for part in (one.event, one.feature, one.version) if part))


def _more(also: Sequence[AlsoMet]) -> str:
    """What is told with it, in a few words: the first by name."""
    if not also:
        return ""
    return one_line(also[0].event) + (f" (+{len(also) - 1})" if len(also) > 1 else "")


def _is_cut(told: Incident) -> bool:
    return told.accounts_total > ACCOUNTS_SHOWN_MAX


def _line(account: AffectedAccount, locale: str) -> dict[str, Value]:
    return {
        "name": one_line(account.name) or one_line(account.account),
        "seen": f"{account.seen:,}",
        "wrote": account.contacted,
        "owner": one_line(account.owner_email or ""),
        "acv": "" if account.acv is None else money(account.acv, account.currency, locale),
    }


def _amounts(told: Incident, locale: str) -> str:
    """The yearly amounts of the accounts told of, by currency; said only when all of them are."""
    if len(told.accounts) < told.accounts_total:
        return ""
    sums: dict[str, int] = {}
    for account in told.accounts:
        if account.acv is not None and account.currency is not None:
            sums[account.currency] = sums.get(account.currency, 0) + account.acv
    return " + ".join(money(total, currency, locale) for currency, total in sorted(sums.items()))
