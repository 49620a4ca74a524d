"""What a goal would have done: which past accounts would have passed it and when, and how those fared that passed.

An account is followed from the day on which it entered the phase. On the landmark day the accounts that are
still there are told apart: passed by then, or not; what happens to them in the `follow_days` after it is
compared. Who left before the landmark is in neither group, and whoever passes later counts as not passed:
so nobody is in the better group for having lived long enough to enter it (immortal-time bias). Only accounts
that were seen long enough are counted, whatever became of them. It is a comparison, not an experiment: passing
goes with faring well, and need not be its cause.

For one threshold on one metric all of it follows from each account's reach, the farthest value that it held for the
days of dwell up to the landmark: it passes a threshold that is not beyond its reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import Bools, Floats
from banso_scoring.domain.past.intervals import Interval, Share, difference, difference_of_means, ratio, share

NEVER = np.iinfo(np.int64).max
COMPARED_MIN = 10
"""Accounts in each group, fewer than which are not compared."""
EVERYBODY, NOBODY = 0.9, 0.1
THRESHOLDS_MAX = 25

Ints = NDArray[np.int64]


class Reading(StrEnum):
    """What a threshold is good for; the first that fits."""

    TOO_LOW = "too-low"
    """Nine of ten pass for sure: it holds nobody who needs help."""
    TOO_HIGH = "too-high"
    """Nine of ten are kept for sure: it holds whoever is fine."""
    TOO_FEW = "too-few"
    """Too few accounts on a side to compare."""
    TELLS = "tells"
    """Those that passed left less often; the interval of the difference lies above zero."""
    TELLS_NOTHING = "tells-nothing"
    """No difference that could be told from chance."""


@dataclass(frozen=True, slots=True)
class Followed:
    """n accounts from the day on which each entered the phase; days are counted from that day, `NEVER` for none."""

    seen_days: Ints
    """(n,): how long the account was followed: to the end of the past, also when its contract ended before."""
    ended: Ints
    """(n,): when its contract ended."""
    renewed: Ints
    """(n,): when it was first renewed."""
    health: Floats
    """(n,): the score on the last day of the comparison; NaN when there was none, or it had ended."""


@dataclass(frozen=True, slots=True)
class Question:
    """How long the goal has to hold, and from which day on outcomes are compared, for how long."""

    dwell_days: int
    landmark_days: int
    follow_days: int


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that were there on the landmark day, and what became of them."""

    churned: Share
    renewed: Share
    health: float
    """Mean; NaN when nobody has a score."""


@dataclass(frozen=True, slots=True)
class Point:
    """One candidate goal. `threshold` is NaN for a goal that is no point of a curve."""

    threshold: float
    passing: Share
    """By the landmark day, of all accounts that were followed so long."""
    days: tuple[float, float, float]
    """Quartiles of the days that those took; NaN when nobody passed."""
    passed: Group
    kept: Group
    less_churn: Interval
    """Share that left of the kept, less that of those that passed: above zero speaks for the goal."""
    churn_ratio: Interval
    """Share that left of those that passed / of the kept."""
    more_renewal: Interval
    more_health: Interval
    reading: Reading


def pass_days(held: Bools, dwell_days: int) -> Ints:
    """(n,): the first column (day) by which `held` (n, days) was true for `dwell_days` in a row; `NEVER`."""
    n, days = held.shape
    if days < dwell_days:
        return np.full(n, NEVER)
    runs: Bools = np.asarray(sliding_window_view(held, dwell_days, axis=1).all(axis=2))
    return np.where(runs.any(axis=1), runs.argmax(axis=1) + dwell_days - 1, NEVER).astype(np.int64)


def reach(values: Floats, others: Bools, at_least: bool, question: Question) -> Floats:
    """(n,): the farthest threshold that each account would have passed by the landmark; NaN: none at all.

    `values` (n, days) is the metric since entering, `others` whether the goal's other conditions hold.
    """
    sign = 1.0 if at_least else -1.0
    held = np.where(others & ~np.isnan(values), sign * values, -np.inf)[:, : question.landmark_days + 1]
    if held.shape[1] < question.dwell_days:
        return np.full(len(values), np.nan)
    far = sliding_window_view(held, question.dwell_days, axis=1).min(axis=2).max(axis=1)
    return np.where(np.isfinite(far), sign * far, np.nan)


def thresholds(reached: Floats, at_least: bool) -> list[float]:
    """Values between which accounts differ: quantiles of their reach, from the easiest on."""
    known = np.unique(reached[~np.isnan(reached)])
    if len(known) > THRESHOLDS_MAX:
        spread = np.quantile(reached[~np.isnan(reached)], np.linspace(0, 1, THRESHOLDS_MAX), method="nearest")
        known = np.unique(spread)
    return [float(value) for value in (known if at_least else known[::-1])]


def judge(passed_on: Ints, followed: Followed, question: Question, threshold: float = np.nan) -> Point:
    """What a goal tells that accounts would have passed on the days `passed_on` (n,)."""
    landmark, until = question.landmark_days, question.landmark_days + question.follow_days
    by_then = passed_on <= landmark
    counted = followed.seen_days >= landmark
    days = passed_on[counted & by_then]
    passing = share(len(days), int(counted.sum()))
    there = (followed.seen_days >= until) & (followed.ended > landmark)
    passed, kept = there & by_then, there & ~by_then
    one, other = _group(followed, passed, (landmark, until)), _group(followed, kept, (landmark, until))
    less_churn = difference(other.churned, one.churned)
    return Point(
        threshold=threshold,
        passing=passing,
        days=_quartiles(days),
        passed=one,
        kept=other,
        less_churn=less_churn,
        churn_ratio=ratio(one.churned, other.churned),
        more_renewal=difference(one.renewed, other.renewed),
        more_health=difference_of_means(followed.health[passed], followed.health[kept]),
        reading=_reading(passing, (one.churned.of, other.churned.of), less_churn),
    )


def curve(
    values: Floats, others: Bools, at_least: bool, followed: Followed, question: Question
) -> tuple[list[Point], int | None]:
    """A point for each threshold worth asking, from the easiest on, and the place of the one that tells most: that
    with the highest lower end of `less_churn`. That one was chosen among many, and will tell less next time."""
    counted = followed.seen_days >= question.landmark_days
    reached = reach(values, others, at_least, question)
    points = []
    for threshold in thresholds(reached[counted], at_least):
        held = others & ((values >= threshold) if at_least else (values <= threshold))
        points.append(judge(pass_days(held, question.dwell_days), followed, question, threshold))
    telling = [place for place, point in enumerate(points) if point.reading is Reading.TELLS]
    return points, max(telling, key=lambda place: points[place].less_churn.low, default=None)


def _group(followed: Followed, some: Bools, days: tuple[int, int]) -> Group:
    ended, renewed, health = followed.ended[some], followed.renewed[some], followed.health[some]
    known = health[~np.isnan(health)]
    return Group(
        churned=share(int((ended <= days[1]).sum()), len(ended)),
        renewed=share(int(((renewed > days[0]) & (renewed <= days[1])).sum()), len(ended)),
        health=float(known.mean()) if len(known) else float("nan"),
    )


def _quartiles(days: Ints) -> tuple[float, float, float]:
    if not len(days):
        return (float("nan"),) * 3
    low, middle, high = np.quantile(days, [0.25, 0.5, 0.75], method="lower").tolist()
    return (float(low), float(middle), float(high))


def _reading(passing: Share, compared: Sequence[int], less_churn: Interval) -> Reading:
    if passing.of and passing.interval.low > EVERYBODY:
        return Reading.TOO_LOW
    if passing.of and passing.interval.high < NOBODY:
        return Reading.TOO_HIGH
    if min(compared) < COMPARED_MIN:
        return Reading.TOO_FEW
    return Reading.TELLS if less_churn.low > 0 else Reading.TELLS_NOTHING
