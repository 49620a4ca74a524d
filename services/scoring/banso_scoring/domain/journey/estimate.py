"""When an account will pass its goal: a robust slope of each unmet condition's metric, with its uncertainty.

    slope  =  median of (v_j - v_i) / (t_j - t_i) over all pairs of the last weeks' values          (Theil-Sen)
    low, high  =  the slopes of rank (N - C)/2 and (N + C)/2 + 1 of the N pairs, C = z·sqrt(V)       (Sen 1968)
    V  =  k(k-1)(2k+5)/18 · (1 + 2/(k(k-1)(k-2)) · sum_i (k-i)(k-i-1)(k-i-2)·r_i)          (Hamed & Rao 1998)

r_i is what values i weeks apart share because their windows of days overlap. Days to go = what is missing / slope.
Of several conditions the slowest counts; then the goal has to hold for its days of dwell. Nothing is said, and the
reason is given, unless the whole interval of every slope leads to the goal. What the interval does not hold: that
a condition which is met stops being met, and that the customer changes course.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.model_parts import Condition, Phase
from banso_scoring.domain.success_model import Metric, MetricKind

STEP_DAYS = 7
POINTS = 9
"""Today and eight weeks back."""
POINTS_MIN = 5
CONFIDENCE = 0.8
Z = 1.2816
"""Of CONFIDENCE, both sides."""
HORIZON_DAYS = 365

Codes = NDArray[np.int8]


class Unsaid(StrEnum):
    """Why nothing is said; the first that fits, in this order."""

    NO_GOAL = "no-goal"
    NO_EVIDENCE = "no-evidence"
    TOO_LITTLE_DATA = "too-little-data"
    MOVING_AWAY = "moving-away"
    NOT_MOVING = "not-moving"
    TOO_FAR = "too-far"
    BARRED = "barred"


REASONS: tuple[Unsaid, ...] = tuple(Unsaid)
SAID = -1
"""In place of a reason."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """(n,) each: change per day with its interval; NaN where there are too few values."""

    slope: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Estimates:
    """(n,) each: days until the account passes, NaN where nothing is said."""

    days: Floats
    days_low: Floats
    days_high: Floats
    reason: Codes
    """Index into `REASONS`; `SAID` where something is said."""
    condition: Codes
    """The condition that takes longest, or that is the reason; -1 for none."""
    slopes: list[Slopes]
    """By condition."""

    def one(self, place: int) -> Estimates:
        """Those of the account at `place` alone."""
        here = slice(place, place + 1)
        return Estimates(
            days=self.days[here],
            days_low=self.days_low[here],
            days_high=self.days_high[here],
            reason=self.reason[here],
            condition=self.condition[here],
            slopes=[Slopes(each.slope[here], each.low[here], each.high[here]) for each in self.slopes],
        )


def back_days() -> list[int]:
    """How many days ago the values are taken, oldest first; the last is today."""
    return [STEP_DAYS * k for k in range(POINTS - 1, -1, -1)]


def span_days(metric: Metric) -> int:
    """Over how many days a value of the metric looks back."""
    if metric.kind in (MetricKind.ATTRIBUTE, MetricKind.DAYS_SINCE):
        return 1
    if metric.kind is MetricKind.TREND:
        return metric.days + metric.base_days
    return max(metric.days, 1)


def theil_sen(values: Floats, overlap_days: int) -> Slopes:
    """The slopes of `values` (POINTS, n), taken `back_days()` ago; NaN: no value then."""
    first, second = np.triu_indices(POINTS, 1)
    apart = (STEP_DAYS * (second - first)).astype(np.float64)[:, None]
    pairs = np.sort((values[second] - values[first]) / apart, axis=0)  # NaN last
    k = (~np.isnan(values)).sum(axis=0)
    n_pairs = k * (k - 1) // 2
    reach = Z * np.sqrt(_variance(k.astype(np.float64), overlap_days))
    middle = (_ranked(pairs, (n_pairs - 1) // 2) + _ranked(pairs, n_pairs // 2)) / 2
    low = np.floor((n_pairs - reach) / 2).astype(np.intp) - 1
    high = np.ceil((n_pairs + reach) / 2).astype(np.intp)
    enough = k >= POINTS_MIN
    return Slopes(
        slope=np.where(enough, middle, np.nan),
        low=np.where(enough, np.where(low >= 0, _ranked(pairs, low), -np.inf), np.nan),
        high=np.where(enough, np.where(high < n_pairs, _ranked(pairs, high), np.inf), np.nan),
    )


def estimate(phase: Phase, metrics: tuple[Metric, ...], values: Floats, held_days: Floats) -> Estimates:
    """When the accounts of `phase` will pass. `values` is (goal conditions, POINTS, n).

    `held_days` (n,): for how many days, today included, the whole goal has held; NaN when it is barred.
    """
    n = values.shape[2]
    longest = _Longest(n)
    slopes = []
    for row, condition in enumerate(phase.goal):
        found = theil_sen(values[row], span_days(metrics[condition.metric]))
        slopes.append(found)
        longest.add(row, *_days_to(condition, values[row, -1], found))
    reason = longest.reason if phase.goal else np.full(n, REASONS.index(Unsaid.NO_GOAL), np.int8)
    done = (reason == SAID) & (longest.days == 0)
    reason = np.where(done & np.isnan(held_days), REASONS.index(Unsaid.BARRED), reason).astype(np.int8)
    rest = np.where(done, np.maximum(phase.dwell_days - np.nan_to_num(held_days), 0), phase.dwell_days - 1)
    days, low, high = (
        np.where(reason == SAID, np.ceil(part) + rest, np.nan) for part in (longest.days, longest.low, longest.high)
    )
    return Estimates(days, low, high, reason, longest.condition, slopes)


class _Longest:
    """The slowest of the conditions seen so far; what cannot be said of one cannot be said of all."""

    def __init__(self, n: int) -> None:
        self.days, self.low, self.high = np.zeros(n), np.zeros(n), np.zeros(n)
        self.reason = np.full(n, SAID, np.int8)
        self.condition = np.full(n, -1, np.int8)

    def add(self, row: int, days: tuple[Floats, Floats, Floats], reason: Codes) -> None:
        worse = (self.reason == SAID) & ((reason != SAID) | (days[0] > self.days))
        self.condition = np.where(worse, row, self.condition).astype(np.int8)
        self.reason = np.where(self.reason == SAID, reason, self.reason).astype(np.int8)
        self.days, self.low = np.fmax(self.days, days[0]), np.fmax(self.low, days[1])
        self.high = np.fmax(self.high, days[2])


def _days_to(condition: Condition, value: Floats, found: Slopes) -> tuple[tuple[Floats, Floats, Floats], Codes]:
    """Days until `value` reaches the condition, their interval, and the reason when they cannot be said."""
    low = -np.inf if condition.at_least is None else condition.at_least
    high = np.inf if condition.at_most is None else condition.at_most
    missing = np.where(value < low, low - value, np.where(value > high, high - value, 0.0))
    toward = np.sign(missing)
    middle = toward * found.slope
    slow = np.minimum(toward * found.low, toward * found.high)
    fast = np.maximum(toward * found.low, toward * found.high)
    met = missing == 0
    said = ~met & (slow > 0)
    gap = np.abs(missing)
    with np.errstate(divide="ignore", invalid="ignore"):
        days = tuple(np.where(met, 0.0, np.where(said, gap / speed, np.nan)) for speed in (middle, fast, slow))
    reason = np.select(
        [np.isnan(value), met, np.isnan(found.slope), fast < 0, ~(slow > 0), days[0] > HORIZON_DAYS],
        [
            REASONS.index(Unsaid.NO_EVIDENCE),
            SAID,
            REASONS.index(Unsaid.TOO_LITTLE_DATA),
            REASONS.index(Unsaid.MOVING_AWAY),
            REASONS.index(Unsaid.NOT_MOVING),
            REASONS.index(Unsaid.TOO_FAR),
        ],
        SAID,
    )
    return (days[0], days[1], days[2]), reason.astype(np.int8)


def _variance(k: Floats, overlap_days: int) -> Floats:
    """Of Kendall's S over k values whose windows of `overlap_days` overlap."""
    shared = np.zeros_like(k)
    for i in range(1, POINTS):
        share = max(0.0, 1.0 - i * STEP_DAYS / overlap_days)
        shared += np.where(k > i, (k - i) * (k - i - 1) * (k - i - 2) * share, 0.0)
    triples = np.maximum(k * (k - 1) * (k - 2), 1.0)
    return np.asarray(k * (k - 1) * (2 * k + 5) / 18 * (1 + 2 * shared / triples))


def _ranked(pairs: Floats, rank: NDArray[np.intp]) -> Floats:
    """(n,): the value of each column at its `rank` (from 0), held within the column."""
    inside = np.clip(rank, 0, len(pairs) - 1)
    return np.asarray(np.take_along_axis(pairs, inside[None, :], axis=0)[0])
