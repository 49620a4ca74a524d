"""How plays fade, as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict
from pydantic.config import JsonDict

from banso_alerts.domain.proof.fading import PlayFade
from banso_alerts.domain.proof.outcomes import Outcome
from banso_alerts.domain.proof.rotation import Why
from banso_alerts.domain.proof.wear_out import Freshness, WearOut
from banso_common.clock import iso

_CURVE: JsonDict = {
    "freshness": "fading",
    "first_effect": 0.28,
    "half_life": 61.0,
    "half_life_lower": 48.0,
    "half_life_upper": 82.0,
    "left": 0.4,
    "bins": [{"x": 5.1, "exposures": 640, "effect": 0.27, "error": 0.04}],
}
_FADE: JsonDict = {
    "play": "call-the-silent",
    "measured_by": "recovered",
    "since_at": "2026-03-02T03:00:00.000Z",
    "by_time": _CURVE,
    "by_exposure": _CURVE,
    "segments": [{"dimension": "touch", "value": "high", "by_time": _CURVE}],
    "wordings": [{"variant": "short", "told": 120, "believed": 0.19}],
    "proposal": {"variant": "short", "why": "best-so-far"},
}


def _described(example: Any) -> ConfigDict:
    return ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": example})


@dataclass(frozen=True, slots=True)
class BinView:
    """Exposures that lie together: where on average, the effect among them and its standard error."""

    x: float
    exposures: int
    effect: float
    error: float


@dataclass(frozen=True, slots=True)
class CurveView:
    """How an effect fades: effect(x) = first_effect · 2^(−x / half_life)."""

    __pydantic_config__ = _described(_CURVE)

    freshness: Freshness
    first_effect: float | None
    half_life: float | None
    """In days, or exposures; null also when it does not fade."""
    half_life_lower: float | None
    half_life_upper: float | None
    """Null when it is not excluded that it never fades."""
    left: float | None
    """The share of the first effect that is left."""
    bins: list[BinView]


@dataclass(frozen=True, slots=True)
class SegmentCurveView:
    """How the play fades where a dimension has one value."""

    dimension: str
    value: str
    by_time: CurveView


@dataclass(frozen=True, slots=True)
class WordingView:
    """A wording of the play (`""` its own): told lately, and how much it is believed to help."""

    variant: str
    told: int
    believed: float


@dataclass(frozen=True, slots=True)
class ProposalView:
    """The wording to use next, and why."""

    variant: str
    why: Why


@dataclass(frozen=True, slots=True)
class WearOutView:
    """How one play fades."""

    __pydantic_config__ = _described(_FADE)

    play: str
    measured_by: Outcome | None
    since_at: str | None
    by_time: CurveView
    by_exposure: CurveView
    segments: list[SegmentCurveView]
    wordings: list[WordingView]
    proposal: ProposalView | None
    """Made when it fades and has other wordings."""


@dataclass(frozen=True, slots=True)
class WearOutList:
    """How each play fades, as last measured."""

    __pydantic_config__ = _described({"computed_at": "2026-11-21T12:00:00.000Z", "plays": [_FADE]})

    computed_at: str | None
    plays: list[WearOutView]


def wear_out_view(found: PlayFade) -> WearOutView:
    """A play's fading as it is shown."""
    return WearOutView(
        play=found.play,
        measured_by=found.measured_by,
        since_at=None if found.since_at is None else iso(found.since_at),
        by_time=_curve(found.by_time),
        by_exposure=_curve(found.by_exposure),
        segments=[SegmentCurveView(each.dimension, each.value, _curve(each.by_time)) for each in found.segments],
        wordings=[WordingView(each.variant, each.told, each.believed) for each in found.wordings],
        proposal=None if found.proposal is None else ProposalView(found.proposal.variant, found.proposal.why),
    )


def _curve(found: WearOut) -> CurveView:
    return CurveView(
        found.freshness,
        found.first_effect,
        found.half_life,
        found.half_life_lower,
        found.half_life_upper,
        found.left,
        [BinView(each.x, each.exposures, each.effect, each.error) for each in found.bins],
    )
