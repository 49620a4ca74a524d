"""What an outreach is worth: value = amount at stake x uplift x surprise.

amount   the annual contract value, in one unit over all candidates (`unit`): the currency when they share one; hours
         of work when the success model says what an hour costs in each of them; else ranks in (0, 1], each currency for
         itself. An account without a contract value counts as the median of the others.
uplift   how much the play helps: what was measured of it, else what its author believes (`uplift` in the play).
surprise trouble x silence x news, each in [0, 1]: the chance that the account struggles (logistic of the log-odds of
         the evidence, 1/2 when there are none); the chance that nobody would have known (1 - P(no contact) when it
         wrote nothing, 1/2 when contacts are unknown or it did write); and 1 - 2^(-d/14), d days since anybody was
         last told of the account (1 when nobody was).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from banso_alerts.domain.outreach import Candidate
from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import AccountSignal

NEWS_HALF_LIFE_DAYS = 14.0
UNKNOWN_CHANCE = 0.5
ODDS_MAX = 50.0
RANKS = "rank"
WORK = "hours"

Money = tuple[str, float]
"""Currency ("" when nobody said one) and units of it."""


@dataclass(frozen=True, slots=True)
class Worth:
    """The three factors of a value; `unit` is that of the amount."""

    amount: float
    unit: str
    uplift: float
    surprise: float

    @property
    def value(self) -> float:
        """The product."""
        return self.amount * self.uplift * self.surprise


def worths_of(
    candidates: Sequence[Candidate],
    uplifts: Mapping[str, float],
    last_told: Mapping[str, int],
    cost_per_hour: Mapping[str, float],
    now: int,
) -> dict[str, Worth]:
    """By outreach. `uplifts` by play; `last_told` by account; `cost_per_hour` in units by currency."""
    accounts = {each.signal.account: _money(each.signal) for each in candidates}
    amounts, unit = amounts_of(accounts, cost_per_hour)
    return {
        each.id: Worth(
            amount=amounts[each.signal.account],
            unit=unit,
            uplift=uplifts.get(each.play.name, each.play.uplift_prior),
            surprise=surprise_of(each.signal, last_told.get(each.signal.account), now),
        )
        for each in candidates
    }


def amounts_of(
    accounts: Mapping[str, Money | None], cost_per_hour: Mapping[str, float]
) -> tuple[dict[str, float], str]:
    """What is at stake by account, in one unit, and that unit."""
    known = {name: money for name, money in accounts.items() if money is not None}
    currencies = {currency for currency, _ in known.values()}
    if len(currencies) <= 1:
        unit, found = next(iter(currencies), ""), {name: units for name, (_, units) in known.items()}
    elif all(cost_per_hour.get(currency, 0.0) > 0 for currency in currencies):
        unit, found = WORK, {name: units / cost_per_hour[currency] for name, (currency, units) in known.items()}
    else:
        unit, found = RANKS, _ranks(known)
    middle = median(found.values()) if found else 1.0
    return {name: found.get(name, middle) for name in accounts}, unit


def surprise_of(signal: AccountSignal, last_told: int | None, now: int) -> float:
    """In [0, 1]: how likely it is true, unsaid, and new."""
    return _trouble(signal) * _silence(signal) * _news(last_told, now)


def last_told_of(told: Iterable[tuple[str, str, int]], signal_keys: Iterable[str]) -> dict[str, int]:
    """When anybody was last told of each account, of other signals than these. `told`: (account, signal, at)."""
    ours = set(signal_keys)
    found: dict[str, int] = {}
    for account, signal_key, at in told:
        if signal_key not in ours:
            found[account] = max(at, found.get(account, at))
    return found


def _trouble(signal: AccountSignal) -> float:
    odds = signal.evidence.log_odds if signal.evidence is not None else None
    if odds is None:
        return UNKNOWN_CHANCE
    return 1.0 / (1.0 + math.exp(-min(max(odds, -ODDS_MAX), ODDS_MAX)))


def _silence(signal: AccountSignal) -> float:
    evidence = signal.evidence
    if evidence is None or evidence.no_contact_probability is None or evidence.contacts_seen != 0:
        return UNKNOWN_CHANCE
    return 1.0 - min(max(evidence.no_contact_probability, 0.0), 1.0)


def _news(last_told: int | None, now: int) -> float:
    if last_told is None:
        return 1.0
    days: float = max(now - last_told, 0) / DAY_MS
    return 1.0 - math.exp2(-days / NEWS_HALF_LIFE_DAYS)


def _money(signal: AccountSignal) -> Money | None:
    return None if signal.acv is None else (signal.currency or "", signal.acv / MICRO)


def _ranks(known: Mapping[str, Money]) -> dict[str, float]:
    """In each currency the share of its accounts that are worth no more: 1 for the largest, alike for equals."""
    found = {}
    for name, (currency, units) in known.items():
        alike = [other for money, other in known.values() if money == currency]
        found[name] = sum(other <= units for other in alike) / len(alike)
    return found
