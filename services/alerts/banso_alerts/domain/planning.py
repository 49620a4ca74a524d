"""From signals to decisions: every play that a signal leads to, put to the stages in the light of what was done, and
those that no stage holds put before each other (`arbitration`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from banso_alerts.domain.arbitration import Bench, Places
from banso_alerts.domain.edition import Edition
from banso_alerts.domain.hours import local_time, zone_of
from banso_alerts.domain.ledger import Ledger
from banso_alerts.domain.outreach import Candidate, OutreachState, Reason
from banso_alerts.domain.plays import Play, plays_for
from banso_alerts.domain.recipients import Directory, candidates
from banso_alerts.domain.silences import Silence
from banso_alerts.domain.stages import Decision, decide
from banso_alerts.domain.stages.stage import Context, Rules
from banso_alerts.domain.worth import last_told_of, worths_of
from banso_common.contracts.account_signal import MOMENTS, AccountSignal, Severity, SignalKind, SignalState

UTC_ZONE = ZoneInfo("UTC")
ARBITRATION = "arbitration"


@dataclass(frozen=True, slots=True)
class Policy:
    """How this installation reaches out: what an operator has set, and one version of plays."""

    plays: tuple[Play, ...]
    directory: Directory
    rules: Rules
    plays_version: str = ""

    def under(self, edition: Edition) -> Policy:
        """The same under these plays, with the room that their model has."""
        capacity = edition.capacity
        room = replace(self.rules.room, hours_per_week=capacity.hours_per_week, cost_per_hour=capacity.cost_per_hour)
        rules = replace(self.rules, room=room)
        return replace(self, plays=edition.plays, plays_version=edition.version, rules=rules)

    def play(self, name: str) -> Play | None:
        """The play of that name, if there still is one."""
        return next((play for play in self.plays if play.name == name), None)

    def zone(self, name: str) -> ZoneInfo:
        """The zone of that name; the company's own when there is none such."""
        return zone_of(name, zone_of(self.directory.time_zone, UTC_ZONE))

    def remind_at(self, candidate: Candidate, now: int) -> int | None:
        """When what goes out now is said again, if nobody takes it; None for never: what is only for information, what
        a customer reads, what is over at once, that a feed is dead (once is enough), and what was said often enough."""
        storm, signal = self.rules.storm, candidate.signal
        lasts = signal.kind not in {*MOMENTS, SignalKind.FEED_STALE} and signal.state is SignalState.OPENED
        matters = signal.severity is not Severity.INFO and not candidate.play.for_customer
        return now + storm.repeat_ms if lasts and matters and candidate.turn < storm.repeats else None

    def places_of(self, candidate: Candidate, now: int) -> Places:
        """How much room the candidate's recipient has today."""
        recipient = candidate.recipient
        return self.places_on(recipient.time_zone, recipient.country, now, interrupts=not candidate.play.quiet_hours)

    def places_on(self, time_zone: str, country: str, now: int, *, interrupts: bool = False) -> Places:
        """How much room somebody there has today: no hours of work on a day on which they do not work, but for a play
        that `interrupts` at any time."""
        room, zone = self.rules.room, self.zone(time_zone)
        hours = room.hours_per_week
        if hours is not None:
            works = self.rules.hours.of(country).works(local_time(now, zone).date())
            hours = hours / len(self.rules.hours.days) if works or interrupts else 0.0
        return Places(room.voice_customer_ms, room.voice_house_ms, self.rules.cap_per_day, hours)


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision is made in the light of. `uplifts`: what was measured, by play."""

    ledger: Ledger
    silences: Sequence[Silence]
    uplifts: Mapping[str, float]


def candidates_of(signal: AccountSignal, policy: Policy) -> list[Candidate]:
    """Every candidate that a signal leads to."""
    return [each for play in plays_for(policy.plays, signal) for each in candidates(signal, play, policy.directory)]


def decide_all(asked: Sequence[Candidate], policy: Policy, known: Known, now: int) -> list[tuple[Candidate, Decision]]:
    """Each candidate with its decision, in their order; those that go out are entered in the ledger."""
    decided = {each.id: _by_stages(each, policy, known, now) for each in asked}
    remain = [each for each in asked if decided[each.id].state is OutreachState.PLANNED]
    told = [(each.account, each.signal_key, each.planned_at) for each in known.ledger.of_accounts(remain)]
    worths = worths_of(
        remain,
        known.uplifts,
        last_told_of(told, (each.signal.key for each in remain)),
        policy.rules.room.cost_per_hour,
        now,
    )
    bench = Bench(
        known.ledger,
        lambda candidate: policy.places_of(candidate, now),
        lambda candidate: policy.zone(candidate.recipient.time_zone),
        now,
    )
    for identity, reason in bench.choose(remain, worths).items():
        value = worths[identity].value
        decided[identity] = (
            replace(decided[identity], value=value)
            if reason is None
            else Decision(OutreachState.HELD, None, reason, ARBITRATION, digest=True, value=value)
        )
    return [(each, decided[each.id]) for each in asked]


def closed_already() -> Decision:
    """The decision on a signal whose episode ended before anybody could be told."""
    return Decision(OutreachState.EXPIRED, None, Reason.CLOSED)


def _by_stages(candidate: Candidate, policy: Policy, known: Known, now: int) -> Decision:
    zone = policy.zone(candidate.recipient.time_zone)
    past = known.ledger.past_of(candidate)
    return decide(candidate, Context(now, zone, policy.rules, past, known.silences))
