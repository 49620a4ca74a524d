"""Ramps from outcomes: how the odds of staying go with a metric, made to rise or fall throughout.

Values are cut at EDGES, finer at both ends, where those stand whom alerts are about; the share that left in
each group, drawn to that of all by SHRINK rows, is made monotone (pool adjacent violators) in the direction of the
ramp that is there, or, for a metric without one, in the direction that fits better. The best group becomes 1, the
worst 0, what lies between by its share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.past.backtest_probability import rising

EDGES = (0.01, 0.03, 0.07, 0.15, 0.3, 0.5, 0.7, 0.85, 0.93, 0.97, 0.99)
SHRINK = 200.0
ROWS_MIN = 200
SPAN_MIN = 0.3
"""Log-odds between the best and the worst group below which a ramp is not worth drawing."""
DIGITS = 3

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Ramp:
    """Points (value, 0..1), values rising, and the log-odds of leaving between its two ends."""

    points: Points
    span: float


def ramp_of(values: Floats, left: Bools, direction: int) -> Ramp | None:
    """The ramp that these rows speak for; None when they say too little.

    `direction` is 1 where more is better, -1 where more is worse, 0 where the rows shall say.
    """
    known = ~np.isnan(values)
    values, left = values[known], left[known]
    if len(values) < ROWS_MIN or not left.any():
        return None
    center, odds, weight = _groups(values, left)
    if len(center) < 2:
        return None
    fits = {sign: -sign * rising(-sign * odds, weight) for sign in ((direction,) if direction else (1, -1))}
    smooth = min(fits.values(), key=lambda fit: float((weight * (fit - odds) ** 2).sum()))
    span = float(smooth.max() - smooth.min())
    if span < SPAN_MIN:
        return None
    rate = 1.0 / (1.0 + np.exp(-smooth))
    heights = (rate.max() - rate) / (rate.max() - rate.min())
    return Ramp(_pruned(center, heights), span)


def direction_of(heights: tuple[float, ...]) -> int | None:
    """1 for a ramp that rises, -1 for one that falls, None for one that does both or neither."""
    steps = np.diff(heights)
    if (steps >= 0).all() and (steps > 0).any():
        return 1
    return -1 if (steps <= 0).all() and (steps < 0).any() else None


def _groups(values: Floats, left: Bools) -> tuple[Floats, Floats, Floats]:
    """Of each group: the median value, the log-odds of leaving, how many rows."""
    edges = np.unique(np.quantile(values, EDGES))
    place = np.searchsorted(edges, values, side="left")
    base = float(left.mean())
    found = []
    for group in np.unique(place).tolist():
        inside = place == group
        share = (left[inside].sum() + SHRINK * base) / (inside.sum() + SHRINK)
        found.append((float(np.median(values[inside])), float(np.log(share / (1 - share))), float(inside.sum())))
    center, odds, weight = np.array(found).T
    return center, odds, weight


def _pruned(center: Floats, heights: Floats) -> Points:
    """Points to DIGITS digits, values apart, without those in the middle of a level stretch."""
    points: list[tuple[float, float]] = []
    for value, height in zip(center.tolist(), heights.tolist(), strict=True):
        short = float(f"{value:.{DIGITS}g}")
        if not points or short > points[-1][0]:
            points.append((short, round(height, 2)))
    kept = [
        point
        for i, point in enumerate(points)
        if i in (0, len(points) - 1) or not points[i - 1][1] == point[1] == points[i + 1][1]
    ]
    return tuple(kept)
