"""The running success model as the API shows it: enough to read every number of an account, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.contracts.account_signal import Severity, SignalKind, TouchModel
from banso_scoring.api.render import units
from banso_scoring.api.shapes import DESCRIBED
from banso_scoring.domain.health.pattern_model import Pattern
from banso_scoring.domain.model_parts import Condition, Phase
from banso_scoring.domain.success_model import MetricKind, SuccessModel

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MetricView:
    """A metric: `ramp` is the list of [value, 0..1] between which points are given."""

    __pydantic_config__ = DESCRIBED

    name: str
    label: Texts
    kind: MetricKind
    days: int
    ramp: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class DimensionView:
    """A dimension and the weights of its metrics."""

    __pydantic_config__ = DESCRIBED

    name: str
    label: Texts
    weight: float
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class BandsView:
    """Scores at which a band begins, and at which it is left again."""

    __pydantic_config__ = DESCRIBED

    healthy_from: float
    healthy_until: float
    critical_below: float
    critical_until: float
    coverage_min: float


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A metric held against a target."""

    __pydantic_config__ = DESCRIBED

    metric: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True)
class PhaseView:
    """A phase of the journey: what users do and experience, which services they get, the goal that leads on."""

    __pydantic_config__ = DESCRIBED

    key: str
    label: Texts
    do: Texts
    experience: Texts
    services: Texts
    goal: list[ConditionView]
    dwell_days: int
    expected_days: int | None
    optional: bool
    entry: list[ConditionView]
    lapse: list[ConditionView]
    lapse_days: int
    lapse_to: str | None


@dataclass(frozen=True, slots=True)
class SignalView:
    """When an episode of a kind opens (level >= open) and closes (level < close)."""

    __pydantic_config__ = DESCRIBED

    kind: SignalKind
    enabled: bool
    severity: Severity
    open: float
    close: float


@dataclass(frozen=True, slots=True)
class ObjectivesView:
    """What the success plan does to health; shares are 0 to 1, ceilings points of health."""

    __pydantic_config__ = DESCRIBED

    enabled: bool
    grace: float
    behind: float
    ceiling_failing: float
    ceiling_without: float


@dataclass(frozen=True, slots=True)
class TroubleView:
    """What the course of trouble does to health: fast resolved or no trouble 1 > `slowly` > `open` > `unspoken`."""

    __pydantic_config__ = DESCRIBED

    enabled: bool
    slowly: float
    open: float
    unspoken: float
    lead_days: int
    fast_days: int
    confirm_days: int
    memory_days: int


@dataclass(frozen=True, slots=True)
class PatternView:
    """One of several ways to succeed: when an account follows it, and what each dimension weighs then."""

    __pydantic_config__ = DESCRIBED

    key: str
    label: Texts
    when: list[ConditionView]
    weights: dict[str, float]
    hold_days: int


@dataclass(frozen=True, slots=True)
class TouchView:
    """From which annual contract value on, in units of `currency`, an account gets `touch`."""

    __pydantic_config__ = DESCRIBED

    currency: str
    at_least: float
    touch: TouchModel


@dataclass(frozen=True, slots=True)
class ModelView:
    """A success model."""

    __pydantic_config__ = DESCRIBED

    name: str
    version: str
    """The name and the first digits of the hash of the file's meaning; stored with every score."""
    dimensions: list[DimensionView]
    metrics: list[MetricView]
    bands: BandsView
    journey: list[PhaseView]
    touch_default: TouchModel
    touch: list[TouchView]
    signals: list[SignalView]
    objectives: ObjectivesView
    trouble: TroubleView
    patterns: list[PatternView]


def view_of(model: SuccessModel) -> ModelView:
    """`model`, written out."""
    names = [metric.name for metric in model.metrics]
    bands = model.bands
    return ModelView(
        name=model.name,
        version=model.version,
        dimensions=[
            DimensionView(
                name=dimension.name,
                label=dimension.labels,
                weight=dimension.weight,
                metrics={names[i]: weight for i, weight in zip(dimension.metrics, dimension.weights, strict=True)},
            )
            for dimension in model.dimensions
        ],
        metrics=[
            MetricView(one.name, one.labels, one.kind, one.days, list(zip(one.ramp_x, one.ramp_y, strict=True)))
            for one in model.metrics
        ],
        bands=BandsView(
            healthy_from=bands.healthy_from,
            healthy_until=bands.healthy_until,
            critical_below=bands.critical_below,
            critical_until=bands.critical_until,
            coverage_min=bands.coverage_min,
        ),
        journey=[_phase(model, phase) for phase in model.journey],
        touch_default=model.touch_default,
        touch=[TouchView(rule.currency, units(rule.at_least) or 0, rule.touch) for rule in model.touch_rules],
        signals=[SignalView(rule.kind, rule.enabled, rule.severity, rule.open, rule.close) for rule in model.signals],
        trouble=TroubleView(*(getattr(model.trouble, name) for name in TroubleView.__dataclass_fields__)),
        objectives=ObjectivesView(*(getattr(model.objectives, name) for name in ObjectivesView.__dataclass_fields__)),
        patterns=[_pattern(model, pattern) for pattern in model.patterns.any_of],
    )


def _pattern(model: SuccessModel, pattern: Pattern) -> PatternView:
    return PatternView(
        key=pattern.key,
        label=pattern.labels,
        when=_conditions(model, pattern.when),
        weights={
            dimension.name: dimension.weight * times
            for dimension, times in zip(model.dimensions, pattern.times, strict=True)
        },
        hold_days=model.patterns.hold_days,
    )


def _conditions(model: SuccessModel, some: tuple[Condition, ...]) -> list[ConditionView]:
    return [ConditionView(model.metrics[one.metric].name, one.at_least, one.at_most) for one in some]


def _phase(model: SuccessModel, phase: Phase) -> PhaseView:
    return PhaseView(
        key=phase.key,
        label=phase.labels,
        do=phase.do,
        experience=phase.experience,
        services=phase.services,
        goal=_conditions(model, phase.goal),
        dwell_days=phase.dwell_days,
        expected_days=phase.expected_days,
        optional=phase.optional,
        entry=_conditions(model, phase.entry),
        lapse=_conditions(model, phase.lapse),
        lapse_days=phase.lapse_days,
        lapse_to=None if phase.lapse_to < 0 else model.journey[phase.lapse_to].key,
    )
