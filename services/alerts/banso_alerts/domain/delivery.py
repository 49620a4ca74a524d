"""The delivery of one outreach as pure moves: what an answer, a silence or a crash makes of it.

    planned ──▶ sending ──▶ sent          the channel took it
       ▲           ├──────▶ retry         not now; again at next_at, if that is before it expires
       │           ├──────▶ parked        it never will, or too many attempts
       │           └──────▶ in-doubt      no answer, or the sender died: it may have arrived
    retry ◀── in-doubt ──▶ sent           read back where the channel can; resent only if it is not there

`sending` is stored before the call and its lease is longer than the call may take, so that a row whose
lease has run out is in doubt and nothing else. Attempt n waits min(first · 2ⁿ⁻¹, max) · (1 + spread · u),
u in [0, 1) from the outreach's id: a herd that failed together does not come back together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_alerts.domain.suppression import SuppressionReason
from banso_common.clock import DAY_MS, HOUR_MS, SECOND_MS
from banso_common.contracts.codec import identity_of

DETAIL_CHARS_MAX = 300
# A webhook is tried for three days at least: 5 s, doubling to 6 h, 24 waits of together 77 h.
WEBHOOK_ATTEMPTS_MAX = 25
WEBHOOK_RETRY_FIRST_MS = 5 * SECOND_MS
WEBHOOK_RETRY_MS_MAX = 6 * HOUR_MS
WEBHOOK_KEPT_MS = 5 * DAY_MS


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took it; `ref` is its own name for the message."""

    ref: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Not taken, for certain; ask again. `after_ms` None leaves the wait to us; `counted` False means that
    the channel was only too busy to look at it, which is no failed attempt."""

    detail: str
    after_ms: int | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never taken, however often it is tried. `ends` says why nothing else will be taken at that address either."""

    detail: str
    ends: SuppressionReason | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """No answer came: it may have been taken."""

    detail: str


Answer = Sent | Retry | Rejected | Unsure


@dataclass(frozen=True, slots=True)
class Limits:
    """The named limits of delivery. `grace_ms` (the lease) has to be longer than `request_ms_max`."""

    attempts_max: int = 8
    retry_first_ms: int = 2_000
    retry_ms_max: int = 900_000
    retry_spread: float = 0.25
    retry_after_ms_max: int = 3_600_000
    request_ms_max: int = 10_000
    grace_ms: int = 60_000

    def __post_init__(self) -> None:
        if self.grace_ms <= self.request_ms_max:
            raise ValueError("grace_ms has to be longer than request_ms_max")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An outreach whose answer is to be judged; `attempts` counts this one."""

    id: str
    attempts: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Move:
    """What to store. `attempts` is what the count becomes."""

    state: OutreachState
    attempts: int
    next_at: int | None = None
    reason: Reason | None = None
    detail: str | None = None
    ref: str | None = None


def limits_of(channel: ChannelName, limits: Limits) -> Limits:
    """The limits of one channel: a webhook has waits of its own, the others are as the installation has set."""
    if channel is not ChannelName.WEBHOOK:
        return limits
    return replace(
        limits,
        attempts_max=WEBHOOK_ATTEMPTS_MAX,
        retry_first_ms=WEBHOOK_RETRY_FIRST_MS,
        retry_ms_max=WEBHOOK_RETRY_MS_MAX,
    )


def kept_until(channel: ChannelName, expires_at: int, planned_at: int) -> int:
    """When what is planned expires: a webhook not before it was tried for its three days."""
    return max(expires_at, planned_at + WEBHOOK_KEPT_MS) if channel is ChannelName.WEBHOOK else expires_at


def backoff_ms(identity: str, attempts: int, limits: Limits) -> int:
    """How long to wait after attempt number `attempts` (≥ 1) has failed."""
    doublings = min(max(attempts - 1, 0), 40)
    wait = min(limits.retry_first_ms << doublings, limits.retry_ms_max)
    spread = identity_of("backoff", identity, str(attempts)) / 2**63
    return round(wait * (1 + limits.retry_spread * spread))


def after_answer(attempt: Attempt, answer: Answer, now: int, limits: Limits) -> Move:
    """The move from `sending` that the channel's answer asks for."""
    match answer:
        case Sent(ref):
            return Move(OutreachState.SENT, attempt.attempts, ref=ref)
        case Rejected(detail, _):
            return Move(OutreachState.PARKED, attempt.attempts, None, Reason.REJECTED, _short(detail))
        case Unsure(detail):
            return Move(
                OutreachState.IN_DOUBT,
                attempt.attempts,
                now + limits.grace_ms,
                Reason.UNCONFIRMED,
                _short(detail),
            )
        case Retry(detail, after_ms, counted):
            attempts = attempt.attempts if counted else attempt.attempts - 1
            if attempts >= limits.attempts_max:
                return Move(OutreachState.PARKED, attempts, None, Reason.ATTEMPTS_EXHAUSTED, _short(detail))
            own_ms = backoff_ms(attempt.id, max(attempts, 1), limits)
            asked_ms = min(after_ms or 0, limits.retry_after_ms_max)
            wait_ms = max(asked_ms, own_ms) if counted else asked_ms or own_ms
            return _again(attempt, attempts, now + wait_ms, _short(detail))


def after_crash(attempt: Attempt, now: int) -> Move:
    """The move from `sending` once its lease has run out: nobody knows whether it arrived."""
    return Move(OutreachState.IN_DOUBT, attempt.attempts, now, Reason.UNCONFIRMED, "the sender stopped")


def after_look(attempt: Attempt, ref: str | None, now: int, limits: Limits) -> Move:
    """The move from `in-doubt` once the channel was read: found is sent, not found is sent again.

    A channel that cannot be read is the same as not found: it is sent again under the same message id.
    """
    if ref is not None:
        return Move(OutreachState.SENT, attempt.attempts, ref=ref)
    if attempt.attempts >= limits.attempts_max:
        return Move(OutreachState.PARKED, attempt.attempts, None, Reason.ATTEMPTS_EXHAUSTED, "no answer")
    return _again(attempt, attempt.attempts, now, None)


def after_blind_look(attempt: Attempt, detail: str, now: int, limits: Limits) -> Move:
    """The move from `in-doubt` when the channel did not answer the look either: look again later."""
    if now >= attempt.expires_at:
        return Move(OutreachState.PARKED, attempt.attempts, None, Reason.UNCONFIRMED, _short(detail))
    wait_ms = max(limits.grace_ms, backoff_ms(attempt.id, attempt.attempts, limits))
    return Move(OutreachState.IN_DOUBT, attempt.attempts, now + wait_ms, Reason.UNCONFIRMED, _short(detail))


def _again(attempt: Attempt, attempts: int, next_at: int, detail: str | None) -> Move:
    if next_at >= attempt.expires_at:
        return Move(OutreachState.EXPIRED, attempts, None, Reason.EXPIRED, detail)
    return Move(OutreachState.RETRY, attempts, next_at, Reason.CHANNEL_BUSY, detail)


def _short(detail: str) -> str:
    return detail[:DETAIL_CHARS_MAX]
