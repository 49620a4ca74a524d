"""From signals to decisions: every play that a signal leads to, put to the stages in the light of what was done.

The ledger is what was done: who was told of which account by which play, and when. Decisions of one batch
see each other through it, so that two signals of one moment cannot both slip under a cooldown or a cap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from banso_alerts.domain.hours import local_day, zone_of
from banso_alerts.domain.outreach import Candidate, OutreachState, Reason
from banso_alerts.domain.plays import Play, plays_for
from banso_alerts.domain.recipients import Directory, candidates
from banso_alerts.domain.silences import Silence
from banso_alerts.domain.stages import Decision, decide
from banso_alerts.domain.stages.stage import Context, Past, Rules
from banso_common.contracts.account_signal import AccountSignal, SignalKind

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Policy:
    """How this installation reaches out: what an operator has set."""

    plays: tuple[Play, ...]
    directory: Directory
    rules: Rules

    def play(self, name: str) -> Play | None:
        """The play of that name, if there still is one."""
        return next((play for play in self.plays if play.name == name), None)

    def zone(self, name: str) -> ZoneInfo:
        """The zone of that name; the company's own when there is none such."""
        return zone_of(name, zone_of(self.directory.time_zone, UTC_ZONE))


@dataclass(frozen=True, slots=True)
class Told:
    """One outreach that was sent or is on its way. `day` is the recipient's local day of `planned_at`."""

    signal_key: str
    account: str
    play: str
    recipient_key: str
    day: str
    planned_at: int


class Ledger:
    """What was done, as far as the candidates at hand can ask. `snoozes`: (account, kind) → until."""

    def __init__(self, told: Iterable[Told], snoozes: dict[tuple[str, SignalKind], int]) -> None:
        self._by_play: defaultdict[tuple[str, str], list[Told]] = defaultdict(list)
        self._by_day: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._snoozes = snoozes
        for each in told:
            self._enter(each)

    def past_of(self, candidate: Candidate, now: int, zone: ZoneInfo) -> Past:
        """What the stages may know of the candidate's account and recipient, its own signal left out."""
        signal = candidate.signal
        same = self._by_play.get((signal.account, candidate.play.name), [])
        today = self._by_day.get((candidate.recipient.key, local_day(now, zone)), set())
        return Past(
            told_at=max((each.planned_at for each in same if each.signal_key != signal.key), default=None),
            snoozed_until=self._snoozes.get((signal.account, signal.kind)),
            told_today=len(today - {signal.key}),
        )

    def plan(self, candidate: Candidate, now: int, zone: ZoneInfo) -> None:
        """The candidate goes out now."""
        signal = candidate.signal
        day = local_day(now, zone)
        self._enter(Told(signal.key, signal.account, candidate.play.name, candidate.recipient.key, day, now))

    def _enter(self, told: Told) -> None:
        self._by_play[told.account, told.play].append(told)
        self._by_day[told.recipient_key, told.day].add(told.signal_key)


def candidates_of(signal: AccountSignal, policy: Policy) -> list[Candidate]:
    """Every candidate that a signal leads to."""
    return [each for play in plays_for(policy.plays, signal) for each in candidates(signal, play, policy.directory)]


def decide_all(
    asked: Iterable[Candidate], policy: Policy, ledger: Ledger, silences: Sequence[Silence], now: int
) -> list[tuple[Candidate, Decision]]:
    """Each candidate with its decision, in their order; those that go out are entered in the ledger."""
    decided = []
    for candidate in asked:
        zone = policy.zone(candidate.recipient.time_zone)
        past = ledger.past_of(candidate, now, zone)
        decision = decide(candidate, Context(now, zone, policy.rules, past, silences))
        if decision.state is OutreachState.PLANNED:
            ledger.plan(candidate, now, zone)
        decided.append((candidate, decision))
    return decided


def closed_already() -> Decision:
    """The decision on a signal whose episode ended before anybody could be told."""
    return Decision(OutreachState.EXPIRED, None, Reason.CLOSED)
