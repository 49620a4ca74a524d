"""The course of a score as the path of an SVG: a step for each day on which it changed, a gap where it is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from banso_scoring.api.detail_shapes import HistoryDay

TOP = 100.0


@dataclass(frozen=True, slots=True)
class Chart:
    """Paths in a box of `width` x `height`; the score 100 is at its top."""

    width: int
    height: int
    line: str
    area: str
    end_x: float
    end_y: float | None
    """Where the line ends; None when the score is unknown now."""

    def y(self, score: float) -> float:
        """The height at which a score is drawn."""
        return round(self.height * (1.0 - score / TOP), 1)


def chart_of(history: Sequence[HistoryDay], today: str, score: float | None, days: int, size: tuple[int, int]) -> Chart:
    """The last `days` days up to `today`, where the score is `score`."""
    width, height = size
    last = date.fromisoformat(today).toordinal()
    first = last - days
    steps = [(date.fromisoformat(one.day).toordinal(), one.score) for one in history]
    steps = [(max(day, first), value) for day, value in steps if day < last] + [(last, score)]

    def x(day: int) -> float:
        return round(width * (day - first) / days, 1)

    def y(value: float) -> float:
        return round(height * (1.0 - value / TOP), 1)

    line, area = "", ""
    pen = -1
    for (day, value), until in zip(steps, [day for day, _ in steps[1:]] + [last], strict=True):
        if value is None:
            continue
        line += f"{f'V{y(value)}' if pen == day else f'M{x(day)} {y(value)}'}H{x(until)}"
        pen = until
        if until > day:
            area += f"M{x(day)} {height}V{y(value)}H{x(until)}V{height}Z"
    return Chart(width, height, line, area, x(last), None if score is None else y(score))
