"""account-signals: what scoring says has changed, with all that alerts needs, so that nobody calls another service.

Keyed by the account, or by a subject that is none: an incident of the product, a feed. `key` is derived from
content (account, kind, episode, state), never from the time: a replay says the same signal under the same key.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

VERSION = 1


SUBJECT_PREFIX = "banso:"
"""What the name of a subject that is no account begins with; no account may be called so."""


class SignalKind(StrEnum):
    """What can be said, a closed set: of an account, or, the last two, of the product and of a feed."""

    SILENT_STRUGGLING = "silent-struggling"
    STRUGGLING = "struggling"
    HEALTH_CRITICAL = "health-critical"
    STALLED = "stalled"
    GOAL_REACHED = "goal-reached"
    CONTACT_MADE = "contact-made"
    CONTRACT_RENEWED = "contract-renewed"
    CONTRACT_ENDED = "contract-ended"
    SILENT_INCIDENT = "silent-incident"
    FEED_STALE = "feed-stale"


ACCOUNT_KINDS: tuple[SignalKind, ...] = tuple(SignalKind)[:8]
"""What is said of an account."""
MOMENTS: frozenset[SignalKind] = frozenset(
    {SignalKind.GOAL_REACHED, SignalKind.CONTACT_MADE, SignalKind.CONTRACT_RENEWED, SignalKind.CONTRACT_ENDED}
)
"""What happens and is over: an episode that only opens."""


class SignalState(StrEnum):
    """Whether the episode begins or ends. A moment only opens."""

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
    `event` is the event of the channel that was seen most, `event_seen` times, `days` in how many days all of it was
    seen (from the first to the last of them). `kind` is the sort of trouble: `error`, `failure`, `abandoned`, `help`.
    """

    channel: str
    seen: int
    expected: float
    users: int
    log_evidence: float
    labels: dict[str, str] = {}
    event: str | None = None
    event_seen: int | None = None
    days: int | None = None
    kind: str | None = None


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


class AffectedAccount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One account that an incident hit: how often, and whether it wrote about it."""

    account: str
    name: str
    seen: int
    contacted: bool
    acv: int | None = None
    currency: str | None = None
    owner_email: str | None = None


class AlsoMet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Trouble with the same cause as an incident, told as part of it."""

    event: str
    feature: str | None = None
    version: str | None = None


class Incident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The same trouble in several accounts: its signature, and whom it hit since `first_at`.

    `accounts` are those hit hardest, at most `ACCOUNTS_TOLD_MAX`; `accounts_total` and `silent_total` count all of
    them and those that said nothing. `expected` is how many accounts usually meet it in as long a time. `also` is what
    the same accounts met on the same days: it has one cause with it.
    """

    event: str
    first_at: int
    accounts: list[AffectedAccount]
    accounts_total: int
    silent_total: int
    expected: float
    feature: str | None = None
    version: str | None = None
    also: list[AlsoMet] = []


ACCOUNTS_TOLD_MAX = 50


class AccountSignal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One signal. `score` is 0-100, `coverage` 0-1; `acv` in micro-units of `currency`.

    `phase_labels` and `cell_labels` are the success model's words for the phase and the cell of the matrix, by
    language, and `phase_services` what the vendor gives there; `plays` are those that the cell names. `band` and
    `score` are those of `said_at`: what opened the episode may be over by then. `trend` holds the scores at the close
    of the last days, oldest first, -1 where none could be given. `incident` comes with `silent-incident`; `part_of` is
    the subject of the incident that already tells of this account's trouble. When that changes while the episode goes
    on, its opening is said again, with `turn` counting up: the newest turn counts. `plays_version` names the plays that
    counted when it was said (`plays_told`); empty in signals of before they were told.
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
    cell: str = ""
    cell_labels: dict[str, str] = {}
    plays: list[str] = []
    trend: list[int] = []
    incident: Incident | None = None
    part_of: str | None = None
    owner_time_zone: str | None = None
    phase_services: dict[str, str] = {}
    turn: int = 0
    plays_version: str = ""


def feed_subject(source: str) -> str:
    """The name under which a feed, the source of events, is spoken of."""
    return f"{SUBJECT_PREFIX}feed/{source}"


def signal_key(account: str, kind: SignalKind, episode: int, state: SignalState, turn: int = 0) -> str:
    """The key of a signal: the same episode says the same thing once, and once in each turn."""
    return f"{account}/{kind}/{episode}/{state}" + (f"/{turn}" if turn else "")


signal_decoder = msgspec.json.Decoder(AccountSignal)
