"""What to change in a model so that it tells better who leaves, and how that was found out without looking ahead.

Rows are folded by time: whatever is tried is learnt from rows whose outcome was known before the first day of the
rows that it is tried on. Of the ways to learn (keep or redraw the ramps, leave out or take in metrics that are
not weighed yet, how much the present weights count) the simplest is taken whose mean AUC over the folds is within
SIMPLER_WITHIN of the best: ramps that are drawn anew fit a year's habits, and the next year has others. Unless it
gains GAIN_MIN on the model that is there, and something in every fold, nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.learning.learning import Weights, learn, prior_of
from banso_scoring.domain.learning.learning_ramps import Points, direction_of, ramp_of
from banso_scoring.domain.past.backtest import Rows
from banso_scoring.domain.past.backtest_figures import auc
from banso_scoring.domain.success_model import MetricKind, SuccessModel

FOLDS = 3
FOLD_DAYS_MIN = 4
STRENGTHS = (20.0, 80.0, 320.0)
THIN_DAYS = 14
"""Of the rows of an account only one in so many days is learnt from: its days are no new accounts."""
LEFT_MIN = 30
GAIN_MIN = 0.003
SIMPLER_WITHIN = 0.01

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to learn."""

    redraw: bool
    """Draw the ramps anew."""
    take_in: bool
    """Take in metrics that are not weighed yet."""
    strength: float
    """For how many departures the present weights count."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A way and how it fared on rows that came later, mean AUC over the folds."""

    way: Way
    auc: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """A fit: ramps by metric (those that are redrawn or new) and the weights of all metrics."""

    ramps: Mapping[int, Points]
    weights: Weights


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found. `learnt` is None when the model that is there does as well."""

    rows: int
    left: int
    auc_now: float
    """Of the model that is there, on the same folds."""
    tried: list[Tried]
    """The one taken first, then by AUC."""
    learnt: Learnt | None


def propose(model: SuccessModel, rows: Rows, horizon: int) -> Proposal:
    """What `rows`, all outcomes of which are known, speak for. Raises ValueError when too few contracts ended."""
    rows = thinned(rows)
    left = rows.left(horizon)
    if left.sum() < LEFT_MIN:
        raise ValueError(f"{int(left.sum())} contracts that ended are too few to learn from, {LEFT_MIN} are needed")
    folds = _folds(rows, left, horizon)
    if not folds:
        raise ValueError("the past is too short to learn from its first part and to try that on the rest")
    now = np.array([auc(left[after], rows.risk[after]) for _, after in folds])
    tried, skills = [], {}
    for way in (Way(*each) for each in product((False, True), (False, True), STRENGTHS)):
        skills[way] = np.zeros(len(folds))
        for number, (before, after) in enumerate(folds):
            found = fit(model, rows.where(before), left[before], way)
            risk = found.weights.risk(ramped(model, found.ramps, rows.where(after)))
            skills[way][number] = auc(left[after], risk)
        tried.append(Tried(way, float(skills[way].mean())))
    tried.sort(key=lambda one: -one.auc)
    best = min(
        (one for one in tried if one.auc >= tried[0].auc - SIMPLER_WITHIN),
        key=lambda one: (one.way.redraw + one.way.take_in, one.way.redraw, -one.auc),
    )
    tried.sort(key=lambda one: one is not best)
    gain = skills[best.way] - now
    worth = bool(gain.mean() >= GAIN_MIN and (gain > 0).all())
    learnt = fit(model, rows, left, best.way) if worth else None
    return Proposal(len(rows), int(left.sum()), float(now.mean()), tried, learnt)


def thinned(rows: Rows) -> Rows:
    """One row of each account in THIN_DAYS days."""
    days = np.unique(rows.day)
    kept, last = [], -THIN_DAYS
    for day in days.tolist():
        if day >= last + THIN_DAYS:
            kept.append(day)
            last = day
    return rows.where(np.isin(rows.day, kept))


def fit(model: SuccessModel, rows: Rows, left: Bools, way: Way) -> Learnt:
    """Learn in one way from all of `rows`."""
    prior = prior_of(model)
    ramps: dict[int, Points] = {}
    for index, metric in enumerate(model.metrics):
        weighed = prior[index] > 0
        direction = direction_of(metric.ramp_y) if metric.ramp_y else 0
        wanted = way.redraw if weighed else way.take_in and _may_be_taken_in(metric.kind)
        if not wanted or direction is None:
            continue
        found = ramp_of(rows.metrics[:, index].astype(np.float64), left, direction)
        if found is not None:
            ramps[index] = found.points
    values = ramped(model, ramps, rows)
    for index in range(len(model.metrics)):
        if prior[index] == 0 and index not in ramps:
            values[:, index] = np.nan
    return Learnt(ramps, learn(values, left, prior, way.strength))


def ramped(model: SuccessModel, ramps: Mapping[int, Points], rows: Rows) -> Floats:
    """(n, metrics): the rows' metrics on the learnt ramps, else on those of the model; NaN without one."""
    found = np.full(rows.metrics.shape, np.nan)
    for index, metric in enumerate(model.metrics):
        points: Sequence[tuple[float, float]] = ramps.get(index) or [*zip(metric.ramp_x, metric.ramp_y, strict=True)]
        if points:
            x, y = zip(*points, strict=True)
            found[:, index] = np.interp(rows.metrics[:, index], x, y)
    return found


def _may_be_taken_in(kind: MetricKind) -> bool:
    """What an account is, and how many it is, is not how it fares."""
    return kind not in (MetricKind.ATTRIBUTE, MetricKind.TROUBLE)


def _folds(rows: Rows, left: Bools, horizon: int) -> list[tuple[Bools, Bools]]:
    """Pairs of rows to learn from and rows to try it on: the later parts of the days, of equal length."""
    days = np.unique(rows.day)
    if len(days) < FOLD_DAYS_MIN:
        return []
    found = []
    for part in np.array_split(days, FOLDS + 1)[1:]:
        before, after = rows.day + horizon <= part[0], np.isin(rows.day, part)
        enough = left[before].sum() >= LEFT_MIN // 2 and 0 < left[after].sum() < after.sum()
        if enough:
            found.append((before, after))
    return found
