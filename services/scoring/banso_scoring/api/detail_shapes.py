"""The answer about one account: all that its score, phase and signals were made from. See `shapes` for units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ConfigDict

from banso_common.contracts.account_signal import Band, Severity, SignalKind
from banso_scoring.api import examples
from banso_scoring.api.following import FollowingShown
from banso_scoring.api.journey.journey_shapes import PhaseProgress, PhaseStay
from banso_scoring.api.matrix.matrix_shapes import AxisShown, CellMoveShown, TouchShown
from banso_scoring.api.plan.plan_shapes import PlanShown
from banso_scoring.api.shapes import DESCRIBED, AccountSummary
from banso_scoring.api.trouble_shown import TroubleEpisode, TroubleNow
from banso_scoring.domain.success_model import MetricKind

Texts = Mapping[str, str]
"""A text by language: `ja`, `en`."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What your systems said of the account; null where they said nothing."""

    __pydantic_config__ = DESCRIBED

    seats: int | None
    owner_name: str | None
    owner_email: str | None
    owner_slack: str | None
    owner_locale: str | None
    owner_time_zone: str | None
    contact_name: str | None
    contact_email: str | None
    time_zone: str | None
    locale: str | None
    commitment: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A number about the account, and how good the model finds it."""

    __pydantic_config__ = DESCRIBED

    name: str
    label: Texts
    kind: MetricKind
    value: float | None
    """As measured; null without evidence, which lowers coverage and not health."""
    points: float | None
    """0 to 100 by the model's ramp; null without evidence, or for a metric that is not scored."""


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """A part of the health score."""

    __pydantic_config__ = DESCRIBED

    name: str
    label: Texts
    weight: float
    """For this account: the dimension's own, or its success pattern's, times what its cell and phase emphasise."""
    score: float | None
    """0 to 100; null without any evidence."""
    metrics: list[str]


@dataclass(frozen=True, slots=True)
class OpenSignal:
    """An episode that is open now."""

    __pydantic_config__ = DESCRIBED

    kind: SignalKind
    severity: Severity
    episode: int
    """The number of the episode: the same kind may open again later."""
    opened_on: str


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """One kind of trouble over the window."""

    __pydantic_config__ = DESCRIBED

    channel: str
    label: Texts
    seen: int
    expected: float
    """What is usual for as many attempts and this account's own pace."""
    users: int
    """How many different users met it."""
    event: str | None
    """The event of it that was seen most; null when none was."""
    event_seen: int | None
    days: int | None
    """From the first to the last day on which any of it was seen."""
    log_evidence: float
    """In nats: above 0 speaks for trouble, below against it."""


@dataclass(frozen=True, slots=True)
class StruggleEvidence:
    """The numbers behind `struggling` and `silent-struggling`."""

    __pydantic_config__ = DESCRIBED

    window_days: int
    attempts: int
    channels: list[ChannelCount]
    contacts_seen: int | None
    """Null when no live source of contacts is connected: nobody is called silent then."""
    contacts_expected: float | None
    no_contact_probability: float | None
    """P(this few contacts) of an account like this one that is not silent."""
    log_odds: float | None
    """Log-odds of silent but struggling; of struggling when contact is unknown."""
    enough_data: bool
    sentence: Texts
    """All of this in words: the same as messages say."""


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """What was known at the close of a day on which something changed. Never rewritten."""

    __pydantic_config__ = DESCRIBED

    day: str
    score: float | None
    coverage: float
    band: Band
    phase: str
    model_version: str


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """The facts that this answer was made from."""

    __pydantic_config__ = DESCRIBED

    first_event_on: str | None
    last_event_on: str | None
    window_from: str
    window_to: str
    days_with_facts: int
    """Days of the window on which anything happened."""


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """One account: its row of the list, worked out anew from the facts, and all that went into it."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": examples.DETAIL})

    summary: AccountSummary
    """As the list shows it, but as of now: `score`, `coverage`, `band` and `phase` are evaluated on this request."""
    day: str
    """The account's own day for which this was worked out."""
    score_between: tuple[float, float] | None
    """Within which the score lies by now, with 95 %, while a feed is stale: the wider, the longer it is. Else null."""
    attributes: Attributes
    dimensions: list[DimensionScore]
    metrics: list[MetricValue]
    phase: PhaseProgress
    phases: list[PhaseStay]
    """Every phase that it went through, oldest first."""
    plan: PlanShown
    following: FollowingShown | None
    """Which success pattern it follows; null where the model has none."""
    cell_why: list[AxisShown]
    """Why it is in its cell of the matrix, axis by axis."""
    cell_moves: list[CellMoveShown]
    """Every move from cell to cell up to the last close, oldest first."""
    cell_plays: list[str]
    """What the model says is to be done with the accounts of its cell."""
    touch_why: TouchShown
    own_attributes: dict[str, str | float | bool | None]
    """What was said of the attributes that your model file declares."""
    trouble: TroubleNow
    troubles: list[TroubleEpisode]
    """Every trouble that it went through, oldest first."""
    signals: list[OpenSignal]
    evidence: StruggleEvidence
    history: list[HistoryDay]
    """Days on which something changed, oldest first; the first one may lie before the window and says how it began."""
    facts: KnownFacts
