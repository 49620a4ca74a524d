"""Facts to metrics: one number per metric and account, NaN where the account has no evidence for it.

Absent is not zero. A count of 0 is evidence only if the account, or anybody in the cohort, ever sent such an
event: a product that never sends errors has no error rate. `days` always means the last days, today included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.daily import MICRO, held
from banso_scoring.domain.facts.panel import DAYS, Bools, Floats, Panel
from banso_scoring.domain.facts.windows import ActiveDays, Newest, Windows, last
from banso_scoring.domain.struggle.silence import Struggle
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import Metric, MetricKind, SuccessModel

TREND_SHRINK = 5.0
"""Events added to both sides of a trend, so that 1 against 0 is no explosion."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a metric may read."""

    panel: Panel
    windows: Windows
    cohort: Cohort
    struggle: Struggle

    def known(self, series: int) -> Bools | None:
        """(n,): whether the account, or anybody in the cohort, sent an event of the series in the window; None for
        everybody."""
        if self.cohort.seen[series]:
            return None
        own: Bools = self.windows.of(series, last(DAYS)) != 0
        return own


def evaluate(model: SuccessModel, facts: Facts) -> Floats:
    """(metrics, n): the raw values, in the order of `model.metrics`."""
    values = np.full((len(model.metrics), facts.panel.n), np.nan)
    for index, metric in enumerate(model.metrics):
        values[index] = _FORMULAS[metric.kind](metric, facts)
        if metric.age_min_days > 0:
            values[index, np.flatnonzero(~(facts.panel.age_days >= metric.age_min_days))] = np.nan
    return values


def ramp(model: SuccessModel, values: Floats) -> Floats:
    """(metrics, n): 0..1 by each metric's ramp; NaN stays NaN, a metric without a ramp is NaN."""
    scaled = np.empty_like(values)
    for index, metric in enumerate(model.metrics):
        scaled[index] = ramped(metric, values[index])
    return scaled


def ramped(metric: Metric, values: Floats) -> Floats:
    """(n,): the values of one metric on its ramp."""
    if not metric.ramp_x:
        return np.full_like(values, np.nan)
    return np.asarray(np.interp(values, metric.ramp_x, metric.ramp_y))


def _count(metric: Metric, facts: Facts) -> Floats:
    return _where(facts.known(metric.series), facts.windows.of(metric.series, last(metric.days)))


def _sum(metric: Metric, facts: Facts) -> Floats:
    """`per` is the count of the same events: a sum of 0 over events that came is evidence."""
    return _where(facts.known(metric.per), facts.windows.of(metric.series, last(metric.days)))


def _active_days(metric: Metric, facts: Facts) -> Floats:
    days = facts.windows.of(metric.series, ActiveDays(metric.days))
    return _where(facts.known(metric.series), days)


def _ratio(metric: Metric, facts: Facts) -> Floats:
    """(A + prior_rate·prior_weight) / (B + prior_weight), absent below `at_least` of B."""
    above = facts.windows.of(metric.series, last(metric.days))
    below = facts.windows.of(metric.per, last(metric.days))
    enough = below >= max(metric.at_least, 1e-9)
    share = (above + metric.prior_rate * metric.prior_weight) / np.where(enough, below + metric.prior_weight, 1.0)
    return _where(enough, _where(facts.known(metric.series), share))


def _days_since(metric: Metric, facts: Facts) -> Floats:
    """Days since the last event; if there never was one, since the account's first fact (`never: age`)."""
    since = facts.windows.of(metric.series, Newest())
    ever = ~np.isnan(since)
    if metric.never == "absent":
        return _where(ever, since)
    never = np.minimum(facts.panel.age_days, float(DAYS))
    return _where(facts.known(metric.series), np.where(ever, since, never))


def _last_value(metric: Metric, facts: Facts) -> Floats:
    """The mean value of the events of the newest day that has any; `series` are the sums, `per` the counts."""
    since = facts.windows.of(metric.per, Newest())
    ever = since < metric.days
    day = np.where(ever, DAYS - 1 - since, DAYS - 1).astype(np.intp)
    count = _on_day(facts.panel, metric.per, day, summed=False)
    total = _on_day(facts.panel, metric.series, day, summed=True) / MICRO
    return _where(ever, total / np.where(ever, count, 1.0))


def _on_day(panel: Panel, series: int, day: NDArray[np.intp], *, summed: bool) -> Floats:
    """(n,): what each account has of a series on the column `day`, a whole number."""
    found = np.zeros(panel.n)
    for rows, places in held(panel.daily, series, summed=summed):
        some = np.arange(panel.n) if places is None else places
        found[some] = rows[np.arange(len(some)), day[some]]
    return found


def _trend(metric: Metric, facts: Facts) -> Floats:
    """ln((R + 5) / (B·r/b + 5)): recent R against own base B times what the cohort did, r against b.

    Own share times the cohort's movement: weekdays, holidays and incidents cancel. Days before the
    account's first fact are left out of b, too.
    """
    recent = facts.windows.of(metric.series, last(metric.days))
    base = facts.windows.of(metric.series, last(metric.base_days, lag=metric.days))
    back = np.concatenate([[0.0], np.cumsum(facts.cohort.profile[metric.series][::-1])])
    lived = np.clip(facts.panel.age_days + 1, 0, metric.days + metric.base_days).astype(np.intp)
    cohort_base = back[lived] - back[metric.days]
    enough = (recent + base >= max(metric.at_least, 1.0)) & (cohort_base > 0)
    expected = base * back[metric.days] / np.where(enough, cohort_base, 1.0)
    change = np.log((recent + TREND_SHRINK) / (np.where(enough, expected, 0.0) + TREND_SHRINK))
    return _where(enough, change)


def _users(metric: Metric, facts: Facts) -> Floats:
    return _where(facts.panel.users_total > 0, facts.panel.users[metric.window])


def _users_per_seat(metric: Metric, facts: Facts) -> Floats:
    seats = facts.panel.seats
    said = (seats > 0) & (facts.panel.users_total > 0)
    return _where(said, facts.panel.users[metric.window] / np.where(said, seats, 1.0))


def _trouble(metric: Metric, facts: Facts) -> Floats:
    """By friction alone: writing to support never lowers a score."""
    return _where(facts.struggle.enough_data, facts.struggle.trouble_alone)


def _attribute(metric: Metric, facts: Facts) -> Floats:
    if metric.attribute == "renewal_in_days":
        renewal = facts.panel.renewal_in_days
        return np.full(facts.panel.n, np.nan) if renewal is None else renewal
    columns = {
        "age_days": facts.panel.age_days,
        "seats": facts.panel.seats,
        "users_total": facts.panel.users_total,
    }
    return columns[metric.attribute]


def _where(known: Bools | None, values: Floats) -> Floats:
    return values if known is None else np.where(known, values, np.nan)


_FORMULAS: dict[MetricKind, Callable[[Metric, Facts], Floats]] = {
    MetricKind.COUNT: _count,
    MetricKind.SUM: _sum,
    MetricKind.ACTIVE_DAYS: _active_days,
    MetricKind.RATIO: _ratio,
    MetricKind.DAYS_SINCE: _days_since,
    MetricKind.LAST_VALUE: _last_value,
    MetricKind.TREND: _trend,
    MetricKind.USERS: _users,
    MetricKind.USERS_PER_SEAT: _users_per_seat,
    MetricKind.TROUBLE: _trouble,
    MetricKind.ATTRIBUTE: _attribute,
}
