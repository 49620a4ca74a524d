"""The curve of a goal's calibration as shapes of an SVG: the share that passes above, the difference in churn below.

Thresholds stand at equal distances, from the easiest on, so that both ends are seen whatever their values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from banso_scoring.api.journey.goal_shapes import GoalPoint

WIDTH, HEIGHT, GAP = 760.0, 120.0, 34.0
SIDE = 26.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One threshold: its place, the share that passes with its interval, the difference with its interval."""

    x: float
    share: tuple[float, float, float] | None
    """Heights of value, low end, high end in the upper box."""
    apart: tuple[float, float, float] | None
    """The same in the lower box."""
    text: str | None
    """The threshold, where there is room for it."""


@dataclass(frozen=True, slots=True)
class GoalChart:
    """Two boxes of WIDTH x HEIGHT, one below the other."""

    marks: list[Mark]
    line: str
    zero: float
    """The height of no difference in the lower box."""
    scale: float
    """The difference at the top of the lower box."""
    width: float = WIDTH
    height: float = HEIGHT
    below: float = HEIGHT + GAP


def goal_chart(points: Sequence[GoalPoint]) -> GoalChart:
    """The chart of a curve's points."""
    ends = [abs(end) for one in points for end in (one.less_churn.low, one.less_churn.high) if end is not None]
    scale = max(0.05, *ends) if ends else 0.05
    step = (WIDTH - 2 * SIDE) / max(1, len(points) - 1)
    every = -(-len(points) // 13)
    marks = []
    for place, one in enumerate(points):
        share, apart = (one.passing.share, one.passing.low, one.passing.high), one.less_churn
        said = None if one.threshold is None or place % every else f"{one.threshold:.3g}"
        marks.append(
            Mark(
                x=round(SIDE + step * place, 1),
                share=_heights(share, lambda value: HEIGHT * (1 - value)),
                apart=_heights(
                    (apart.value, apart.low, apart.high),
                    lambda value: HEIGHT + GAP + HEIGHT * (0.5 - value / scale / 2),
                ),
                text=said,
            )
        )
    line = " ".join(f"{mark.x},{mark.share[0]}" for mark in marks if mark.share is not None)
    return GoalChart(marks, line, round(1.5 * HEIGHT + GAP, 1), scale)


def _heights(
    values: tuple[float | None, float | None, float | None], height: Callable[[float], float]
) -> tuple[float, float, float] | None:
    value, low, high = values
    if value is None or low is None or high is None:
        return None
    return round(height(value), 1), round(height(low), 1), round(height(high), 1)
