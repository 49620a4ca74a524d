"""account-signals: what scoring says has changed, with all that alerts needs, so that nobody calls another service.

Keyed by the account. `key` is derived from content (account, kind, episode, state), never from the time:
a replay says the same signal under the same key.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

VERSION = 1


class SignalKind(StrEnum):
    """What can be said of an account, a closed set."""

    SILENT_STRUGGLING = "silent-struggling"
    STRUGGLING = "struggling"
    HEALTH_CRITICAL = "health-critical"
    STALLED = "stalled"
    GOAL_REACHED = "goal-reached"


class SignalState(StrEnum):
    """Whether the episode begins or ends. A reached goal only opens."""

    OPENED = "opened"
    CLOSED = "closed"


class Severity(StrEnum):
    """How much is at stake; `critical` is never held out."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class TouchModel(StrEnum):
    """How much personal care an account's value allows."""

    HIGH = "high"
    LOW = "low"
    TECH = "tech"
    COMMUNITY = "community"


class Band(StrEnum):
    """The health score in words. `unknown` when coverage is too low to say."""

    HEALTHY = "healthy"
    WATCH = "watch"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class ChannelEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of trouble over the window: `seen` against `expected` counts, and its log-evidence in nats.

    `labels` are the success model's words for it, by language; empty in signals of before they were told.
    """

    channel: str
    seen: int
    expected: float
    users: int
    log_evidence: float
    labels: dict[str, str] = {}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers behind a signal; sentences are made from them by whoever shows them.

    `contacts_expected` None means that no contact source is connected: "contact unknown".
    `no_contact_probability` is P(this few contacts | an account like this one that is not silent).
    """

    window_days: int
    attempts: int
    channels: list[ChannelEvidence]
    contacts_seen: int | None = None
    contacts_expected: float | None = None
    no_contact_probability: float | None = None
    log_odds: float | None = None
    enough_data: bool = True


class AccountSignal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One signal. `score` is 0-100, `coverage` 0-1; `acv` in micro-units of `currency`.

    `phase_labels` are the success model's words for the phase, by language. `band` and `score` are those of
    `said_at`: what opened the episode may be over by then.
    """

    v: int
    key: str
    kind: SignalKind
    state: SignalState
    severity: Severity
    account: str
    episode: int
    said_at: int
    opened_at: int
    account_name: str
    touch: TouchModel
    phase: str
    band: Band
    coverage: float
    model_version: str
    score: float | None = None
    evidence: Evidence | None = None
    detail: dict[str, str | int | float | None] = {}
    acv: int | None = None
    currency: str | None = None
    owner_name: str | None = None
    owner_email: str | None = None
    owner_slack: str | None = None
    owner_locale: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    phase_labels: dict[str, str] = {}


def signal_key(account: str, kind: SignalKind, episode: int, state: SignalState) -> str:
    """The key of a signal: the same episode says the same thing once."""
    return f"{account}/{kind}/{episode}/{state}"


signal_decoder = msgspec.json.Decoder(AccountSignal)
