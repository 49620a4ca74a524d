"""Chooses among the candidates that every stage let pass: who is heard now, and what is left for the digest.

They are taken in one order: the most severe first, then the most valuable, then by the names of signal, play and
outreach, so that the order in which they came does not matter. Each takes a place when there is one left:

- one voice: a customer hears one message within `voice_customer_ms`, over all plays; and of one account the company's
  own people hear once within `voice_house_ms`, unless something more severe has come up;
- the cap: so many outreaches a person and day;
- the budget: so many hours of work a customer-success manager and day. A play that costs more than a whole day has the
  day to itself. Teams and support have neither.

One telling through several channels is one: the second channel costs nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from banso_alerts.domain.hours import local_day
from banso_alerts.domain.ledger import Ledger, Told
from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.plays import SEVERITY_ORDER, Audience
from banso_alerts.domain.worth import Worth
from banso_common.contracts.account_signal import SUBJECT_PREFIX

HOURS_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Places:
    """How much room one recipient has on this day. None and 0 mean no limit, but a budget of 0 is none at all."""

    voice_customer_ms: int
    voice_house_ms: int
    cap: int
    hours: float | None


PlacesOf = Callable[[Candidate], Places]
ZoneOf = Callable[[Candidate], ZoneInfo]


def spent_of(tellings: Mapping[tuple[str, str, str], float], hours: float | None) -> tuple[int, float]:
    """Of how many signals a recipient was told on a day, and the hours of work that is; `tellings` with the cost of
    each. What is longer than a day's `hours` takes that day and no more."""
    spent = sum(each if hours is None else min(each, hours) for each in tellings.values())
    return len({signal for signal, _, _ in tellings}), spent


def in_order(candidates: Iterable[Candidate], worths: Mapping[str, Worth]) -> list[Candidate]:
    """The order in which they are heard."""
    return sorted(
        candidates,
        key=lambda each: (
            -SEVERITY_ORDER.index(each.signal.severity),
            -worths[each.id].value,
            each.signal.key,
            each.play.name,
            each.id,
        ),
    )


@dataclass(frozen=True, slots=True)
class Bench:
    """What the choice looks at: what was told, what a recipient has room for, and where their day is."""

    ledger: Ledger
    places_of: PlacesOf
    zone_of: ZoneOf
    now: int

    def choose(self, candidates: Sequence[Candidate], worths: Mapping[str, Worth]) -> dict[str, Reason | None]:
        """By outreach why it is left for the digest, None for what is heard now and then entered in the ledger."""
        found: dict[str, Reason | None] = {}
        spent: set[str] = set()
        for candidate in in_order(candidates, worths):
            recipient = candidate.recipient.key
            reason = self._against(candidate, recipient in spent)
            found[candidate.id] = reason
            if reason is None:
                self.ledger.plan(candidate, self.now, self.zone_of(candidate))
            elif reason is Reason.BUDGET:
                spent.add(recipient)
        return found

    def _against(self, candidate: Candidate, is_spent: bool) -> Reason | None:
        """`is_spent`: something worth more has found no time left; what is worth less does not slip in."""
        places = self.places_of(candidate)
        if self._is_told_already(candidate):
            return None
        if self._has_heard(candidate, places):
            return Reason.ONE_VOICE
        if candidate.recipient.audience not in (Audience.OWNER, Audience.CONTACT):
            return None
        day = local_day(self.now, self.zone_of(candidate))
        today = {
            told.telling: told.cost_hours
            for told in self.ledger.on_day(candidate.recipient.key, day)
            if told.signal_key != candidate.signal.key or told.play != candidate.play.name
        }
        signals, spent = spent_of(today, places.hours)
        if places.cap > 0 and signals >= places.cap:
            return Reason.CAP
        if candidate.recipient.audience is Audience.OWNER and places.hours is not None:
            cost = min(candidate.play.cost.hours, places.hours)
            if is_spent or places.hours <= 0 or spent + cost > places.hours + HOURS_SLACK:
                return Reason.BUDGET
        return None

    def _is_told_already(self, candidate: Candidate) -> bool:
        """The same telling goes out now through another channel."""
        telling = (candidate.signal.key, candidate.play.name, candidate.recipient.key)
        return any(
            told.telling == telling and told.planned_at == self.now
            for told in self.ledger.of_account(candidate.signal.account)
        )

    def _has_heard(self, candidate: Candidate, places: Places) -> bool:
        """Whether the customer, or this one of the company's own people, has heard of the account lately. That an
        incident is over is no second voice about it."""
        if candidate.signal.account.startswith(SUBJECT_PREFIX):
            return False
        others = self.ledger.of_account(candidate.signal.account)
        if candidate.play.for_customer:
            since = self.now - places.voice_customer_ms
            return any(told.audience is Audience.CONTACT and told.planned_at > since for told in others)
        since = self.now - places.voice_house_ms
        return any(
            told.recipient_key == candidate.recipient.key
            and told.planned_at > since
            and not self._is_less(told, candidate)
            for told in others
            if told.signal_key != candidate.signal.key or told.planned_at == self.now
        )

    @staticmethod
    def _is_less(told: Told, candidate: Candidate) -> bool:
        """Whether what was told is less severe than the candidate."""
        return SEVERITY_ORDER.index(told.severity) < SEVERITY_ORDER.index(candidate.signal.severity)
