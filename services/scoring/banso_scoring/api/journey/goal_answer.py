"""A goal's calibration written in the shapes of the answer."""

from __future__ import annotations

import math

from banso_scoring.api.journey.goal_shapes import (
    DaysToPass,
    Fate,
    GoalCalibration,
    GoalPoint,
    OtherCondition,
    Ranged,
    ShareOf,
)
from banso_scoring.api.render import day_text
from banso_scoring.domain.journey.goal_curve import Group, Point
from banso_scoring.domain.past.intervals import Interval, Share
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.goal_calibration import Calibration

DIGITS = 4


def calibration_shown(model: SuccessModel, found: Calibration) -> GoalCalibration:
    """`found` under `model`."""
    names, metric = [one.name for one in model.metrics], model.metrics[found.metric]
    renews = model.roles.renewed >= 0
    return GoalCalibration(
        phase=model.journey[found.phase].key,
        model_version=model.version,
        from_day=day_text(found.first_day),
        to_day=day_text(found.last_day),
        accounts=found.accounts,
        entered=found.entered,
        dwell_days=found.question.dwell_days,
        landmark_days=found.question.landmark_days,
        follow_days=found.question.follow_days,
        metric=metric.name,
        label=metric.labels,
        at_least=found.at_least,
        others=[OtherCondition(names[one.metric], one.at_least, one.at_most) for one in found.others],
        knows_ends=model.roles.ended >= 0,
        own=None if found.own is None else _point(found.own, renews),
        candidate=None if found.candidate is None else _point(found.candidate, renews),
        curve=[_point(one, renews) for one in found.curve],
        best=found.best,
    )


def _point(one: Point, renews: bool) -> GoalPoint:
    low, middle, high = (None if math.isnan(day) else int(day) for day in one.days)
    return GoalPoint(
        threshold=_number(one.threshold),
        passing=_share(one.passing),
        days=DaysToPass(low, middle, high),
        passed=_fate(one.passed, renews),
        kept=_fate(one.kept, renews),
        less_churn=_ranged(one.less_churn),
        churn_ratio=_ranged(one.churn_ratio),
        more_renewal=_ranged(one.more_renewal) if renews else None,
        more_health=_ranged(one.more_health),
        reading=one.reading,
    )


def _fate(one: Group, renews: bool) -> Fate:
    return Fate(_share(one.churned), _share(one.renewed) if renews else None, _number(one.health))


def _share(one: Share) -> ShareOf:
    return ShareOf(one.count, one.of, *(_number(each) for each in _ends(one.interval)))


def _ranged(one: Interval) -> Ranged:
    return Ranged(*(_number(each) for each in _ends(one)))


def _ends(one: Interval) -> tuple[float, float, float]:
    return one.value, one.low, one.high


def _number(value: float) -> float | None:
    return round(value, DIGITS) if math.isfinite(value) else None
