"""How figures of proof are drawn: a share with its interval and a floor, an effect with its interval around zero, and
an effect that fades over bins of exposures. Everything in units of a box of 100 × 100, for SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from banso_alerts.api.proof.fade_shapes import CurveView
from banso_alerts.api.proof.play_shapes import EffectView, OutcomeView, UpliftView
from banso_alerts.domain.proof.wear_out import Freshness

CURVE_STEPS = 40
SCALE_MIN = 0.1
"""No effect is drawn larger than if this were the far end."""


@dataclass(frozen=True, slots=True)
class Whisker:
    """An effect and its interval between 0 and 100, zero at 50; None while nothing may be said."""

    low: float
    high: float
    middle: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin: where it stands, its effect, and one standard error up and down."""

    x: float
    y: float
    high: float
    low: float


@dataclass(frozen=True, slots=True)
class FadeChart:
    """The bins of a curve, the fitted line as a path, and the height of zero."""

    dots: list[Dot]
    path: str
    zero: float
    days: float


def scale_of(play: UpliftView) -> float:
    """The far end of a play's effects by account."""
    ends = [end for one in play.outcomes for end in (one.by_account.lower, one.by_account.upper)]
    return max([SCALE_MIN, *(abs(end) for end in ends if end is not None)])


def whisker(effect: EffectView, scale: float) -> Whisker | None:
    """An effect on a scale."""
    if effect.effect is None or effect.lower is None or effect.upper is None:
        return None
    low, high, middle = (
        round(50 + 50 * max(-1.0, min(1.0, end / scale)), 1) for end in (effect.lower, effect.upper, effect.effect)
    )
    return Whisker(low, high, middle)


def main_outcome(play: UpliftView) -> OutcomeView | None:
    """The outcome that the play's state is said by."""
    return next((one for one in play.outcomes if one.outcome == play.measured_by), None)


def is_measured(play: UpliftView) -> bool:
    """Whether any account was exposed to the play in either arm."""
    return bool(play.told or play.left_alone)


def fade_chart(curve: CurveView) -> FadeChart | None:
    """The drawing of a curve; None without bins."""
    if not curve.bins:
        return None
    far = max(each.x for each in curve.bins) or 1.0
    ends = [end for each in curve.bins for end in (each.effect + each.error, each.effect - each.error)]
    top, bottom = max([0.0, curve.first_effect or 0.0, *ends]), min(0.0, *ends)
    height = (top - bottom) or 1.0

    def y(value: float) -> float:
        return round(100 * (top - value) / height, 1)

    dots = [
        Dot(round(100 * each.x / far, 1), y(each.effect), y(each.effect + each.error), y(each.effect - each.error))
        for each in curve.bins
    ]
    return FadeChart(dots, _path(_line(curve, far), y), y(0.0), far)


def _line(curve: CurveView, far: float) -> Iterable[tuple[float, float]]:
    if curve.first_effect is None or curve.freshness is Freshness.CANNOT_SAY:
        return []
    shares = [step / CURVE_STEPS for step in range(CURVE_STEPS + 1)]
    rate = 0.0 if curve.half_life is None else far / curve.half_life
    return [(100 * share, curve.first_effect * 2 ** (-share * rate)) for share in shares]


def _path(points: Iterable[tuple[float, float]], y: Callable[[float], float]) -> str:
    return "".join(f"{'L' if number else 'M'}{x:.1f} {y(value)}" for number, (x, value) in enumerate(points))


def unmeasured(plays: Sequence[UpliftView]) -> list[str]:
    """The plays of which nothing is known yet."""
    return [play.play for play in plays if not is_measured(play)]
