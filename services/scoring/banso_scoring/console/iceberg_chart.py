"""The drawing of the iceberg: a bar for each kind of trouble, heard above the waterline, unheard below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from banso_scoring.api.trouble.iceberg_shapes import TroubleDepth

WIDTH, HEIGHT, MARGIN = 720, 320, 24
GAP_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Bar:
    """One kind: its place, and its heights from the waterline; `low` and `high` are the ends of the interval."""

    x: float
    width: float
    top: float
    bottom: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class IcebergChart:
    """Everything in units of the drawing; `waterline` is a height."""

    width: int
    height: int
    waterline: float
    bars: tuple[Bar, ...]


def chart_of(kinds: Sequence[TroubleDepth]) -> IcebergChart:
    """The drawing of these kinds, at one scale above and below."""
    heard = max((one.depth.heard for one in kinds), default=0)
    unheard = max((one.depth.unheard_to for one in kinds), default=0.0)
    scale = (HEIGHT - 2 * MARGIN) / max(heard + unheard, 1.0)
    waterline = MARGIN + heard * scale
    step = WIDTH / max(len(kinds), 1)
    bars = tuple(
        Bar(
            x=round(place * step + step * GAP_SHARE / 2, 1),
            width=round(step * (1 - GAP_SHARE), 1),
            top=round(waterline - one.depth.heard * scale, 1),
            bottom=round(waterline + one.depth.unheard * scale, 1),
            low=round(waterline + one.depth.unheard_from * scale, 1),
            high=round(waterline + one.depth.unheard_to * scale, 1),
        )
        for place, one in enumerate(kinds)
    )
    return IcebergChart(WIDTH, HEIGHT, round(waterline, 1), bars)
