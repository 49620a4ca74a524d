"""What every stage is: a pure question to a candidate, answered by None (go on) or by Held (stop, and why)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from banso_alerts.domain.hours import OpenHours
from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.proof.rule_book import RuleBook
from banso_alerts.domain.silences import Silence


@dataclass(frozen=True, slots=True)
class Held:
    """A stage's no. `until` is when to ask again; None means never."""

    reason: Reason
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the installation has set: the same for every candidate.

    `holdout_share` in [0, 1); `cap_per_day` is outreaches a person and local day, 0 for no cap; `replayed` while
    the past is told again on a virtual clock; `left_alone`: the accounts at hand that are in the
    control group; `book` says which rules may speak, and `shadow_ms` how long one with a shadow is judged before.
    """

    holdout_share: float
    holdout_salt: str
    cap_per_day: int
    hours: OpenHours
    replayed: bool = False
    suppressed: frozenset[str] = frozenset()
    left_alone: frozenset[str] = frozenset()
    book: RuleBook = field(default_factory=RuleBook)
    shadow_ms: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """What was already done about this candidate's account and recipient.

    `told_at`: when this play last spoke of the account; `told_today`: outreaches that the recipient has
    had on their local day; both leave out the candidate's own signal.
    """

    told_at: int | None = None
    snoozed_until: int | None = None
    told_today: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """All that a stage may look at beside its candidate."""

    now: int
    zone: ZoneInfo
    rules: Rules
    past: Past = Past()
    silences: Sequence[Silence] = field(default=())


Stage = Callable[[Candidate, Context], Held | None]
