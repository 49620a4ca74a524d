"""What every stage is: a pure question to a candidate, answered by None (go on) or by Held (stop, and why)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from banso_alerts.domain.hours import OpenHours
from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.proof.rule_book import RuleBook
from banso_alerts.domain.silences import Silence
from banso_common.contracts.account_signal import SignalKind


@dataclass(frozen=True, slots=True)
class Held:
    """A stage's no. `until` is when to ask again; None means never. `digest`: the next digest may tell of it."""

    reason: Reason
    until: int | None = None
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """How often people are spoken to, and how much work it may make them.

    `hours_per_week` of a customer-success manager, None for no budget; `cost_per_hour` in units by currency, to hold
    contract values of several currencies together; `digest_minute` of the local day at which the rest is told in one
    message, None for no digest. A voice of 0 ms is no limit.
    """

    voice_customer_ms: int = 0
    voice_house_ms: int = 0
    hours_per_week: float | None = None
    cost_per_hour: Mapping[str, float] = field(default_factory=dict)
    digest_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Storm:
    """Signals that come together are told together.

    The first for a recipient and play waits `wait_ms` for company, those after a message `interval_ms` from it. From
    `group_from` on they are one message, 0 for never. What nobody took is told again after `repeat_ms`, at most
    `repeats` times.
    """

    wait_ms: int = 0
    interval_ms: int = 0
    group_from: int = 0
    repeat_ms: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What the installation has set: the same for every candidate.

    `holdout_share` in [0, 1); `cap_per_day` is outreaches a person and local day, 0 for no cap; `room` is what more
    there is a limit to, `storm` how signals of one time become one message; `replayed` while the past is told again on
    a virtual clock; `left_alone`: the accounts at hand that are in the control group; `book` says which rules may
    speak, and `shadow_ms` how long one with a shadow is judged before it does. `way_out`: mails carry a link that ends
    them.
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
    room: Room = field(default_factory=Room)
    storm: Storm = field(default_factory=Storm)
    way_out: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """What was already done about this candidate's account and recipient.

    `told_at`: when this play last spoke of the account, of another signal; `is_told`: it told of an earlier turn of
    the episode; `open_kinds`: of the account's open episodes.
    `group_told_at`: when the recipient last heard of this play, of whatever account; `group_due_at`: when those that
    wait for company with it go out.
    """

    told_at: int | None = None
    snoozed_until: int | None = None
    open_kinds: frozenset[SignalKind] = frozenset()
    group_told_at: int | None = None
    group_due_at: int | None = None
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """All that a stage may look at beside its candidate."""

    now: int
    zone: ZoneInfo
    rules: Rules
    past: Past = Past()
    silences: Sequence[Silence] = field(default=())


Stage = Callable[[Candidate, Context], Held | None]
