"""The success model file as types: its keys, their limits and their defaults.

What fits here may still contradict itself (a dimension that names no metric): `compile` finds that.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from banso_common.contracts.account_signal import Severity, SignalKind, TouchModel
from banso_scoring.domain.facts.panel import DAYS
from banso_scoring.domain.success_model import FrictionKind
from banso_scoring.model.schema_incidents import IncidentsFile
from banso_scoring.model.schema_matrix import CapacityFile, Emphasis, MatrixFile, OwnAttributes
from banso_scoring.model.schema_objectives import ObjectivesFile
from banso_scoring.model.schema_parts import (
    LAX,
    Conditions,
    Currency,
    Event,
    Events,
    Keys,
    Name,
    Score,
    Share,
    Texts,
    Weight,
    WindowDays,
)
from banso_scoring.model.schema_patterns import PatternsFile
from banso_scoring.model.schema_trouble import TroubleCourseFile


class ChannelFile(Keys):
    """A friction channel. `ratio` (how much more than usual is trouble) and `weight` follow from `kind`."""

    kind: Annotated[FrictionKind, LAX]
    events: Events
    ratio: Annotated[float, Field(gt=1, le=20)] | None = None
    weight: Annotated[float, Field(ge=0, le=2)] | None = None
    usual_rate: Annotated[float, Field(gt=0, le=10)] = 0.02
    label: Texts | None = None


class ContactFile(Keys):
    """What customers write themselves. `source: auto`: known once such events were seen and are not stale."""

    source: Literal["auto", "connected", "none"] = "auto"
    events: list[Event] = []


class RolesFile(Keys):
    """Which events play which part."""

    attempt: Events
    friction: Annotated[dict[Name, ChannelFile], Field(max_length=8)] = {}
    contact: ContactFile = ContactFile()
    answered: Annotated[list[Event], Field(max_length=100)] = []
    resolved: Annotated[list[Event], Field(max_length=100)] = []
    feedback: Annotated[list[Event], Field(max_length=100)] = []
    renewed: Annotated[list[Event], Field(max_length=100)] = []
    ended: Annotated[list[Event], Field(max_length=100)] = []


class MetricFile(Keys):
    """What all metrics share. `ramp`: points [value, 0..1], values rising."""

    label: Texts | None = None
    ramp: Annotated[list[list[float]], Field(min_length=2, max_length=16)] | None = None
    age_min_days: Annotated[int, Field(ge=0, le=3_650)] = 0


class CountFile(MetricFile):
    """How many events, or on how many days there were any, or their values summed."""

    kind: Literal["count", "active-days", "sum"]
    events: Events
    days: WindowDays = 28


class RatioFile(MetricFile):
    """Events (or their values summed) per other events."""

    kind: Literal["ratio"]
    events: Events
    of: Literal["count", "sum"] = "count"
    per: Events
    days: WindowDays = 28
    at_least: Annotated[float, Field(ge=0)] = 1.0
    prior_rate: float = 0.0
    prior_weight: Annotated[float, Field(ge=0, le=10_000)] = 0.0


class DaysSinceFile(MetricFile):
    """Days since the last event; `never` says what an account without one has: its age, or nothing."""

    kind: Literal["days-since"]
    events: Events
    never: Literal["age", "absent"] = "age"


class LastValueFile(MetricFile):
    """What the newest events say: the mean value of those of the newest day that has any."""

    kind: Literal["last-value"]
    events: Events
    days: WindowDays = DAYS


class TrendFile(MetricFile):
    """The last days against those before, the cohort's movement taken out, as a natural logarithm."""

    kind: Literal["trend"]
    events: Events
    days: WindowDays = 28
    base_days: WindowDays = 56
    at_least: Annotated[float, Field(ge=0)] = 20.0


class UsersFile(MetricFile):
    """Distinct users, or distinct users per seat."""

    kind: Literal["users", "users-per-seat"]
    days: WindowDays = 28


class TroubleFile(MetricFile):
    """The log-odds of struggling, from the struggle statistic."""

    kind: Literal["trouble"]


class AttributeFile(MetricFile):
    """What the account is, not what it does."""

    kind: Literal["attribute"]
    attribute: Literal["age_days", "seats", "renewal_in_days", "users_total"]


AnyMetric = Annotated[
    CountFile | RatioFile | DaysSinceFile | LastValueFile | TrendFile | UsersFile | TroubleFile | AttributeFile,
    Field(discriminator="kind"),
]


class DimensionFile(Keys):
    """A weighted group of metrics."""

    label: Texts | None = None
    weight: Weight
    metrics: Annotated[dict[Name, Weight], Field(min_length=1, max_length=50)]


class HealthyFile(Keys):
    """Where the healthy band begins, and down to where an account stays in it."""

    from_: Score = Field(70.0, alias="from")
    until: Score = 65.0


class CriticalFile(Keys):
    """Below what an account is critical, and up to where it stays so."""

    below: Score = 40.0
    until: Score = 45.0


class BandsFile(Keys):
    """The health score in words."""

    healthy: HealthyFile = HealthyFile()
    critical: CriticalFile = CriticalFile()
    coverage_min: Share = 0.5


PhaseDays = Annotated[int, Field(ge=1, le=3_650)]


class LapseFile(Keys):
    """When an account falls back, and where to."""

    when: Annotated[Conditions, Field(min_length=1)]
    days: PhaseDays = 14
    to: Name


class PhaseFile(Keys):
    """A phase: what users do and experience, what services the vendor gives, and the goal to pass on."""

    label: Texts | None = None
    do: Texts | None = None
    experience: Texts | None = None
    services: Texts | None = None
    goal: Conditions = []
    dwell_days: PhaseDays = 1
    expected_days: PhaseDays | None = None
    optional: bool = False
    entry: Conditions = []
    lapse: LapseFile | None = None
    next: Name | None = None
    renews: bool = False
    emphasis: Emphasis = {}


class TouchFile(Keys):
    """Touch models by annual contract value: currency -> touch -> from which value on, in units."""

    default: Annotated[TouchModel, LAX] = TouchModel.LOW
    by_acv: dict[
        Currency,
        dict[Annotated[TouchModel, LAX], Annotated[float, Field(ge=0, le=1e12)]],
    ] = {}


class SignalFile(Keys):
    """When a signal opens and closes; what is left out is the default of its kind."""

    enabled: bool = True
    open: float | None = None
    close: float | None = None
    severity: Annotated[Severity, LAX] | None = None


RETIRED = frozenset({"half_life_short_days", "baseline_half_life_days"})


class SilenceFile(Keys):
    """The struggle statistic's settings."""

    @model_validator(mode="before")
    @classmethod
    def _without_retired(cls, written: object) -> object:
        """Keys of earlier versions, which set nothing any more, do no harm."""
        if isinstance(written, dict):
            return {key: value for key, value in written.items() if key not in RETIRED}
        return written

    half_life_days: Annotated[float, Field(ge=1, le=60)] = 21.0
    baseline_lag_days: Annotated[int, Field(ge=1, le=DAYS - 28)] = 28
    attempts_min: Annotated[float, Field(ge=1, le=1_000)] = 10.0
    attempts_days: WindowDays = 28
    shown_days: WindowDays = 56
    contacts_per_seat_month: Annotated[float, Field(gt=0, le=10)] = 0.02
    contacts_per_friction: Annotated[float, Field(gt=0, le=10)] = 0.05


PlaysFile = Annotated[list[Any], Field(max_length=200)] | None
"""Alerts reads and checks the plays; here they only have to have the names that cells list."""


class ModelFile(Keys):
    """The whole file."""

    name: Name
    roles: RolesFile
    metrics: Annotated[dict[Name, AnyMetric], Field(min_length=1, max_length=100)]
    dimensions: Annotated[dict[Name, DimensionFile], Field(min_length=1, max_length=20)]
    bands: BandsFile = BandsFile()
    journey: Annotated[dict[Name, PhaseFile], Field(min_length=1, max_length=20)]
    touch: TouchFile = TouchFile()
    signals: dict[Annotated[SignalKind, LAX], SignalFile] = {}
    silence: SilenceFile = SilenceFile()
    objectives: ObjectivesFile = ObjectivesFile()
    incidents: IncidentsFile = IncidentsFile()
    trouble: TroubleCourseFile = TroubleCourseFile()
    patterns: PatternsFile = PatternsFile()
    attributes: OwnAttributes = {}
    matrix: MatrixFile = MatrixFile()
    capacity: CapacityFile = CapacityFile()
    plays: PlaysFile = None
