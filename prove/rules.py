"""The naive rules that a statistic has to beat, and the features that boosting learns from: windows of a panel.

failures, no contact   friction of 28 days where nobody wrote in 28 days, else 0; alarm from FAILURES_MIN
own z-score            (friction of 7 days - mean week of the 12 before) / √(mean week + 1); alarm from Z_MIN
days since last use    alarm from DAYS_MIN
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.past.backtest import used_series
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import FrictionKind, SuccessModel

FAILURES_MIN, Z_MIN, DAYS_MIN = 10.0, 2.0, 14.0
WEEK_DAYS, MONTH_DAYS, WEEKS_BEFORE = 7, 28, 12
WINDOWS = ((7, 0), (14, 0), (28, 0), (70, 28))
"""(days, lag) that boosting sees of each count."""


class Rule(StrEnum):
    """Who ranks accounts and raises alarms."""

    BANSO = "banso"
    TROUBLE = "banso without its silence term"
    FAILURES = "failures and no contact"
    ZSCORE = "own z-score of failures"
    RECENCY = "days since last use"
    BOOSTING = "boosting on the truth of others"
    ORACLE = "oracle that knows every rate"


NAIVE = (Rule.FAILURES, Rule.ZSCORE, Rule.RECENCY)
THRESHOLDS = {
    Rule.FAILURES: FAILURES_MIN,
    Rule.ZSCORE: Z_MIN,
    Rule.RECENCY: DAYS_MIN,
    Rule.BOOSTING: 0.5,
    Rule.ORACLE: 0.0,
}


def naive(model: SuccessModel, panel: Panel) -> dict[Rule, Floats]:
    """(n,) of each of NAIVE: the higher the worse."""
    failing = [one.series for one in model.roles.channels if one.kind is not FrictionKind.HELP]
    failures = _daily(panel, failing)
    contacts = _daily(panel, [model.roles.contact])
    week = last(failures, WEEK_DAYS)
    usual = last(failures, WEEK_DAYS * WEEKS_BEFORE, WEEK_DAYS) / WEEKS_BEFORE
    used = _daily(panel, [used_series(model)])[:, ::-1] > 0
    since = np.where(used.any(axis=1), used.argmax(axis=1), np.minimum(panel.age_days, float(DAYS)))
    return {
        Rule.FAILURES: np.where(last(contacts, MONTH_DAYS) > 0, 0.0, last(failures, MONTH_DAYS)),
        Rule.ZSCORE: (week - usual) / np.sqrt(usual + 1.0),
        Rule.RECENCY: since.astype(np.float64),
    }


def features(model: SuccessModel, panel: Panel, cohort: Cohort) -> NDArray[np.float32]:
    """(n, features): all that the statistic itself reads, in windows."""
    tried, contacts = _daily(panel, [model.roles.attempt]), _daily(panel, [model.roles.contact])
    columns = [panel.seats, panel.age_days, *(naive(model, panel).values())]
    attempts = [last(tried, *window) for window in WINDOWS]
    columns += attempts + [last(contacts, *window) for window in WINDOWS]
    for k, channel in enumerate(model.roles.channels):
        counts = [last(_daily(panel, [channel.series]), *window) for window in WINDOWS]
        rates = [count / np.maximum(some, 1.0) for count, some in zip(counts, attempts, strict=True)]
        columns += counts + rates + [rates[2] / np.maximum(rates[3], 1e-3)]
        columns += [np.full(panel.n, rate) for rate in cohort.rates[k : k + 1]]
    return np.stack(columns, axis=1).astype(np.float32)


def last(daily: Floats, days: int, lag: int = 0) -> Floats:
    """(n,): the sum over the last `days`, `lag` days ago."""
    end = daily.shape[1] - lag
    return np.asarray(daily[:, max(0, end - days) : end].sum(axis=1))


def _daily(panel: Panel, series: list[int]) -> Floats:
    """(n, DAYS): counts of some series together; none of a series that the model does not name."""
    found = np.zeros((panel.n, DAYS))
    for one in series:
        if one >= 0:
            found += panel.daily[one]
    return found
