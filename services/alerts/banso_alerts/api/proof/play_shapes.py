"""What plays change, as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict
from pydantic.config import JsonDict

from banso_alerts.domain.proof.findings import OutcomeFound, PlayFound
from banso_alerts.domain.proof.outcomes import Outcome
from banso_alerts.domain.proof.uplift import Estimate, State

_ESTIMATE: JsonDict = {
    "told": 812,
    "left_alone": 203,
    "told_mean": 0.46,
    "left_mean": 0.31,
    "effect": 0.149,
    "lower": 0.041,
    "upper": 0.257,
    "state": "helps",
}
_AMOUNT: JsonDict = {
    "currency": "JPY",
    "average_value": 1_250_000.0,
    "per_value": 0.12,
    **_ESTIMATE,
    "verdict": "cannot-say",
}
_OUTCOME: JsonDict = {
    "outcome": "recovered",
    "horizon_days": 28,
    "by_account": _ESTIMATE,
    "verdict": "helps",
    "by_amount": [_AMOUNT],
}
_UPLIFT: JsonDict = {
    "play": "call-the-silent",
    "told": 840,
    "left_alone": 210,
    "state": "helps",
    "verdict": "helps",
    "measured_by": "recovered",
    "believed": 0.14,
    "outcomes": [_OUTCOME],
    "segments": [{"dimension": "touch", "value": "high", **_OUTCOME}],
}


def _described(example: Any) -> ConfigDict:
    return ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": example})


@dataclass(frozen=True, slots=True)
class EffectView:
    """Told against left alone; the interval holds however often it is read, and is null while nothing may be said."""

    __pydantic_config__ = _described(_ESTIMATE)

    told: int
    left_alone: int
    told_mean: float | None
    left_mean: float | None
    effect: float | None
    lower: float | None
    upper: float | None
    state: State


@dataclass(frozen=True, slots=True)
class AmountView:
    """The same weighed by contract value, in units of a currency an account."""

    __pydantic_config__ = _described(_AMOUNT)

    currency: str
    average_value: float
    per_value: float | None
    """The effect as a share of the average contract value."""
    told: int
    left_alone: int
    told_mean: float | None
    left_mean: float | None
    effect: float | None
    lower: float | None
    upper: float | None
    state: State
    verdict: State
    """What may be said among all plays and outcomes."""


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One outcome, by account and by amount."""

    __pydantic_config__ = _described(_OUTCOME)

    outcome: Outcome
    horizon_days: int
    by_account: EffectView
    by_amount: list[AmountView]
    verdict: State
    """What may be said among all plays and outcomes (by account); `state` is by this interval alone."""


@dataclass(frozen=True, slots=True)
class SegmentView:
    """The outcome that the play is measured by, where a dimension has one value."""

    __pydantic_config__ = _described({"dimension": "touch", "value": "high", **_OUTCOME})

    dimension: str
    value: str
    outcome: Outcome
    horizon_days: int
    by_account: EffectView
    by_amount: list[AmountView]


@dataclass(frozen=True, slots=True)
class UpliftView:
    """What one play changes."""

    __pydantic_config__ = _described(_UPLIFT)

    play: str
    told: int
    """Accounts told, also those whose days are not over."""
    left_alone: int
    state: State
    """By the interval of this play alone."""
    verdict: State
    """Among all plays and outcomes: of the winners that are named at most 5 % are false."""
    measured_by: Outcome | None
    """The outcome by which the state is said."""
    believed: float
    """What is used for choosing among plays: the measured effect drawn to the author's word."""
    outcomes: list[OutcomeView]
    segments: list[SegmentView]


@dataclass(frozen=True, slots=True)
class UpliftList:
    """What each play changes, as last measured; `computed_at` null before the first time."""

    __pydantic_config__ = _described({"computed_at": "2026-11-21T12:00:00.000Z", "plays": [_UPLIFT]})

    computed_at: str | None
    plays: list[UpliftView]


def uplift_view(found: PlayFound) -> UpliftView:
    """A play's finding as it is shown."""
    return UpliftView(
        play=found.play,
        told=found.told,
        left_alone=found.left_alone,
        state=found.state,
        verdict=found.verdict,
        measured_by=found.measured_by,
        believed=found.believed,
        outcomes=[
            OutcomeView(each.outcome, each.horizon_days, *_effects(each), each.verdict) for each in found.outcomes
        ],
        segments=[
            SegmentView(each.dimension, each.value, each.found.outcome, each.found.horizon_days, *_effects(each.found))
            for each in found.segments
        ],
    )


def _effects(found: OutcomeFound) -> tuple[EffectView, list[AmountView]]:
    amounts = [
        AmountView(each.currency, each.average_value, each.per_value, **_numbers(each.estimate), verdict=each.verdict)
        for each in found.by_amount
    ]
    return EffectView(**_numbers(found.by_account)), amounts


def _numbers(estimate: Estimate) -> dict[str, Any]:
    names = ("told", "left_alone", "told_mean", "left_mean", "effect", "lower", "upper", "state")
    return {name: getattr(estimate, name) for name in names}
