"""What was done: who was told of which account by which play, when, and what it cost; snoozes; open episodes.

Only as far as the candidates at hand can ask. The pure decisions read it; what goes out is entered, so that decisions
of one batch see each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from banso_alerts.domain.hours import local_day
from banso_alerts.domain.outreach import Candidate
from banso_alerts.domain.plays import Audience
from banso_alerts.domain.stages.stage import Past
from banso_common.contracts.account_signal import AccountSignal, Severity, SignalKind, signal_key


@dataclass(frozen=True, slots=True)
class Told:
    """One outreach that was sent or is on its way. `day` is the recipient's local day of `planned_at`."""

    signal_key: str
    account: str
    play: str
    recipient_key: str
    day: str
    planned_at: int
    audience: Audience = Audience.OWNER
    severity: Severity = Severity.WARNING
    cost_hours: float = 0.0

    @property
    def telling(self) -> tuple[str, str, str]:
        """What is one thing to the recipient, whatever channels carry it."""
        return self.signal_key, self.play, self.recipient_key


@dataclass(frozen=True, slots=True)
class Beside:
    """What else is known of the accounts and recipients at hand.

    `snoozes`: (account, kind) -> until. `open_kinds`: account -> the kinds of its open episodes. `gathering`:
    (recipient, play) -> when those that wait for company go out.
    """

    snoozes: Mapping[tuple[str, SignalKind], int]
    open_kinds: Mapping[str, frozenset[SignalKind]]
    gathering: Mapping[tuple[str, str], int]


NOTHING = Beside({}, {}, {})


def is_turn_of(key: str, signal: AccountSignal) -> bool:
    """Whether a signal's `key` is of the same opening as `signal`, said in whatever turn."""
    first = signal_key(signal.account, signal.kind, signal.episode, signal.state)
    return key == first or key.startswith(first + "/")


class Ledger:
    """See the module."""

    def __init__(self, told: Iterable[Told], beside: Beside = NOTHING) -> None:
        self._beside = beside
        self._by_account: defaultdict[str, list[Told]] = defaultdict(list)
        self._by_recipient: defaultdict[str, list[Told]] = defaultdict(list)
        for each in told:
            self._enter(each)

    def past_of(self, candidate: Candidate) -> Past:
        """What the stages may know of the candidate's account and recipient, its own signal left out."""
        signal, recipient, play = candidate.signal, candidate.recipient.key, candidate.play.name
        others = [each for each in self._by_account[signal.account] if each.signal_key != signal.key]
        alike = (each for each in self._by_recipient[recipient] if each.play == play)
        return Past(
            told_at=max((each.planned_at for each in others if each.play == play), default=None),
            snoozed_until=self._beside.snoozes.get((signal.account, signal.kind)),
            open_kinds=self._beside.open_kinds.get(signal.account, frozenset()),
            group_told_at=max((each.planned_at for each in alike), default=None),
            group_due_at=self._beside.gathering.get((recipient, play)),
            is_told=any(each.play == play and is_turn_of(each.signal_key, signal) for each in others),
        )

    def of_account(self, account: str) -> list[Told]:
        """What was told of an account, to whomever."""
        return self._by_account[account]

    def of_accounts(self, candidates: Iterable[Candidate]) -> list[Told]:
        """What was told of the accounts of these candidates."""
        return [told for account in {each.signal.account for each in candidates} for told in self._by_account[account]]

    def on_day(self, recipient_key: str, day: str) -> list[Told]:
        """What the recipient was told on their local day."""
        return [each for each in self._by_recipient[recipient_key] if each.day == day]

    def plan(self, candidate: Candidate, now: int, zone: ZoneInfo) -> None:
        """The candidate goes out now."""
        signal, recipient = candidate.signal, candidate.recipient
        self._enter(
            Told(
                signal.key,
                signal.account,
                candidate.play.name,
                recipient.key,
                local_day(now, zone),
                now,
                recipient.audience,
                signal.severity,
                candidate.play.cost.hours,
            )
        )

    def _enter(self, told: Told) -> None:
        self._by_account[told.account].append(told)
        self._by_recipient[told.recipient_key].append(told)
