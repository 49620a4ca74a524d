"""The success model as the domain reads it: names resolved to indices, everything checked before.

Made by `banso_scoring.model.load`; nothing here is wrong or missing any more. `series` says which facts
the live window has to hold, `series_of[event name]` which of them an event of that name belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from banso_common.contracts.account_signal import Severity, SignalKind, TouchModel
from banso_scoring.domain.facts.statements import Vocabulary
from banso_scoring.domain.incident.rules import IncidentRules
from banso_scoring.domain.incident.signature import is_signature
from banso_scoring.domain.model_parts import Phase, Texts
from banso_scoring.domain.plan.objectives import ObjectiveRules
from banso_scoring.domain.struggle.course_rules import CourseRules

if TYPE_CHECKING:  # it is made of phases, which are here
    from banso_scoring.domain.health.pattern_model import Patterns
    from banso_scoring.domain.matrix.matrix_model import Capacity, Matrix

NAMES_REMEMBERED_MAX = 20_000


class FrictionKind(StrEnum):
    """How an attempt goes wrong; it decides how much one more than expected says (see silence)."""

    ERROR = "error"
    FAILURE = "failure"
    ABANDONED = "abandoned"
    LATE = "late"
    HELP = "help"


class MetricKind(StrEnum):
    """How a metric is made from facts (see metrics)."""

    COUNT = "count"
    SUM = "sum"
    ACTIVE_DAYS = "active-days"
    RATIO = "ratio"
    DAYS_SINCE = "days-since"
    LAST_VALUE = "last-value"
    TREND = "trend"
    USERS = "users"
    USERS_PER_SEAT = "users-per-seat"
    TROUBLE = "trouble"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of daily facts: events whose name fits a pattern of `events` and none of `besides`.

    Patterns know `*` and `?` and ignore case. A name written out in `events` counts even if `besides` fits.
    """

    name: str
    events: frozenset[str]
    of: Literal["count", "sum"]
    besides: frozenset[str] = frozenset()

    def holds(self, event: str) -> bool:
        """Whether an event of this name belongs to the series."""
        folded = event.casefold()
        if folded in self.events:
            return True
        if any(fnmatchcase(folded, pattern) for pattern in self.besides):
            return False
        return any(fnmatchcase(folded, pattern) for pattern in self.events)


class SeriesLookup(dict[str, tuple[int, ...]]):
    """Event name -> indices of its series. A name is matched once, then it is a plain dict look-up.

    A signature tells of events that are counted under their own name: it belongs to no series.
    """

    def __init__(self, series: tuple[Series, ...]) -> None:
        super().__init__()
        self._series = series

    def __missing__(self, event: str) -> tuple[int, ...]:
        if is_signature(event):
            return ()
        found = tuple(index for index, series in enumerate(self._series) if series.holds(event))
        if len(self) < NAMES_REMEMBERED_MAX:
            self[event] = found
        return found


@dataclass(frozen=True, slots=True)
class Channel:
    """A friction channel: `series` counts it; more than expected by `ratio` weighs `weight` (see silence)."""

    name: str
    kind: FrictionKind
    series: int
    ratio: float
    weight: float
    usual_rate: float
    labels: Texts


@dataclass(frozen=True, slots=True)
class Roles:
    """Which series play which part; -1 when the model names no such event."""

    attempt: int
    channels: tuple[Channel, ...]
    contact: int
    answered: int
    """What says that somebody of ours answered the account."""
    resolved: int
    """What says that the account's trouble was solved."""
    feedback: int
    renewed: int
    """What says that a contract goes on (or begins again)."""
    ended: int
    """What says that a contract is over."""
    contact_source: bool | None
    """Whether a contact source is connected; None: known once contact events have been seen."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A number about an account and the ramp that turns it into 0..1 (`ramp_x` rises; empty without ramp)."""

    name: str
    kind: MetricKind
    labels: Texts
    series: int = -1
    per: int = -1
    days: int = 28
    base_days: int = 56
    window: int = -1
    at_least: float = 0.0
    prior_rate: float = 0.0
    prior_weight: float = 0.0
    age_min_days: float = 0.0
    never: Literal["age", "absent"] = "age"
    attribute: Literal["", "age_days", "seats", "renewal_in_days", "users_total"] = ""
    ramp_x: tuple[float, ...] = ()
    ramp_y: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """A weighted group of metrics: `metrics[i]` is an index into `model.metrics`."""

    name: str
    labels: Texts
    weight: float
    metrics: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bands:
    """Scores at which a band begins, and at which it is left again; `critical_below <= critical_until`."""

    healthy_from: float
    healthy_until: float
    critical_below: float
    critical_until: float
    coverage_min: float


@dataclass(frozen=True, slots=True)
class SignalRule:
    """When an episode of a kind opens (level >= open) and closes (level < close)."""

    kind: SignalKind
    enabled: bool
    open: float
    close: float
    severity: Severity


@dataclass(frozen=True, slots=True)
class TouchRule:
    """From which annual contract value (micro-units of `currency`) on an account gets `touch`."""

    currency: str
    at_least: int
    touch: TouchModel


@dataclass(frozen=True, slots=True)
class Silence:
    """What the struggle statistic may be told: half-lives, lag, and how much data is enough."""

    half_life_days: float
    baseline_lag_days: int
    attempts_min: float
    attempts_days: int
    shown_days: int
    contacts_per_seat_month: float
    contacts_per_friction: float


@dataclass(frozen=True, slots=True)
class SuccessModel:
    """All that a company says of success, ready to be evaluated."""

    name: str
    version: str
    """`name@` and the first 12 hex digits of the SHA-256 of the file's meaning."""
    series: tuple[Series, ...]
    series_of: SeriesLookup
    user_windows: tuple[int, ...]
    roles: Roles
    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...]
    bands: Bands
    journey: tuple[Phase, ...]
    touch_default: TouchModel
    touch_rules: tuple[TouchRule, ...]
    signals: tuple[SignalRule, ...]
    """One rule for each of `ACCOUNT_KINDS`, in their order."""
    silence: Silence
    objectives: ObjectiveRules
    trouble: CourseRules
    """What the course of an account's trouble does to its health."""
    patterns: Patterns
    own_attributes: Mapping[str, Literal["number", "text"]]
    """What this company says of its accounts beside what banso knows."""
    vocabulary: Vocabulary
    matrix: Matrix
    capacity: Capacity
    incidents: IncidentRules
    text: str = ""
    """The file, as it was written."""

    @property
    def metric_index(self) -> dict[str, int]:
        """Metric name -> index."""
        return {metric.name: index for index, metric in enumerate(self.metrics)}
