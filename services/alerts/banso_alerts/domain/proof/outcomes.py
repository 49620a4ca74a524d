"""What came of an exposure, by account: did it recover, write, leave, and how much of its contract was kept.

Each outcome has its horizon H, and is known once H days have passed since the signal, for both arms alike: an account
that recovers early is not counted early.

    recovered   the episode closed within H days and the contract had not ended before; no answer for a moment
    contacted   the account wrote within H days
    churned     its contract ended within H days
    revenue     the share of the annual contract value that is left: 0 once the contract has ended, the new value over
                the old when it was renewed (which can pass 1), else 1; no answer without a contract value
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import MOMENTS, SignalKind, SignalState


class Outcome(StrEnum):
    """What outreach is measured by, a closed set."""

    RECOVERED = "recovered"
    CONTACTED = "contacted"
    CHURNED = "churned"
    REVENUE = "revenue"


HORIZON_DAYS: dict[Outcome, int] = {
    Outcome.RECOVERED: 28,
    Outcome.CONTACTED: 28,
    Outcome.CHURNED: 90,
    Outcome.REVENUE: 90,
}
MORE_IS_BETTER: dict[Outcome, bool] = {outcome: outcome is not Outcome.CHURNED for outcome in Outcome}
DAYS_MAX = max(HORIZON_DAYS.values())


@dataclass(frozen=True, slots=True)
class Exposed:
    """One exposure: the episode, when it was said, and the contract value of then in micro-units."""

    kind: SignalKind
    episode: int
    said_at: int
    acv: int | None


@dataclass(frozen=True, slots=True)
class Later:
    """A signal of the same account; `acv` is the contract value that it says."""

    kind: SignalKind
    state: SignalState
    episode: int
    at: int
    acv: int | None = None


def is_due(exposed: Exposed, outcome: Outcome, now: int) -> bool:
    """Whether the outcome's days are over."""
    return now >= exposed.said_at + HORIZON_DAYS[outcome] * DAY_MS


def came_of(exposed: Exposed, outcome: Outcome, later: Iterable[Later]) -> float | None:
    """What came of it; None where there is no answer. The order of `later` does not matter."""
    until = exposed.said_at + HORIZON_DAYS[outcome] * DAY_MS
    within = [each for each in later if exposed.said_at < each.at <= until]
    ended = [each.at for each in within if each.kind is SignalKind.CONTRACT_ENDED]
    match outcome:
        case Outcome.RECOVERED:
            return _recovered(exposed, within, ended)
        case Outcome.CONTACTED:
            return float(any(each.kind is SignalKind.CONTACT_MADE for each in within))
        case Outcome.CHURNED:
            return float(bool(ended))
        case Outcome.REVENUE:
            return _revenue(exposed, within)


def _recovered(exposed: Exposed, within: Sequence[Later], ended: Sequence[int]) -> float | None:
    if exposed.kind in MOMENTS:
        return None
    mine = (exposed.kind, exposed.episode, SignalState.CLOSED)
    closed = [each.at for each in within if (each.kind, each.episode, each.state) == mine]
    return float(bool(closed) and not any(at <= min(closed) for at in ended))


def _revenue(exposed: Exposed, within: Sequence[Later]) -> float | None:
    if exposed.acv is None or exposed.acv <= 0:
        return None
    turns = [each for each in within if each.kind in (SignalKind.CONTRACT_ENDED, SignalKind.CONTRACT_RENEWED)]
    last = max(turns, key=lambda each: (each.at, each.kind, each.acv or 0), default=None)
    if last is None:
        return 1.0
    if last.kind is SignalKind.CONTRACT_ENDED:
        return 0.0
    return 1.0 if last.acv is None else last.acv / exposed.acv
