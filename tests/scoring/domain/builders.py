"""Small models and panels for the tests of the domain: few accounts, written out or drawn from a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.usual import Cohort, fit
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import load_model

SMALL = """
name: small
roles:
  attempt: [act]
  friction:
    error: {kind: error, events: [error]}
    help: {kind: help, events: [help], usual_rate: 0.05}
  contact: {source: connected, events: [contact]}
  feedback: [rated]
  renewed: [renewed]
  ended: [ended]
metrics:
  since: {kind: days-since, events: [act], ramp: [[0, 1], [28, 0]]}
  acts: {kind: count, events: [act], days: 7, ramp: [[0, 0], [10, 1]]}
  days: {kind: active-days, events: [act], days: 7}
  error_rate: {kind: ratio, events: [error], per: [act], days: 28, at_least: 10, ramp: [[0, 1], [0.5, 0]]}
  rating: {kind: ratio, events: [rated], of: sum, per: [rated], days: 90, ramp: [[0, 0], [10, 1]]}
  paid: {kind: sum, events: [paid], days: 28}
  trend: {kind: trend, events: [act], days: 14, base_days: 28, at_least: 10}
  users: {kind: users, days: 28}
  breadth: {kind: users-per-seat, days: 28, ramp: [[0, 0], [1, 1]]}
  trouble: {kind: trouble, ramp: [[-3, 1], [3, 0]]}
  renewal: {kind: attribute, attribute: renewal_in_days}
dimensions:
  use: {weight: 3, metrics: {since: 1, acts: 1}}
  smooth: {weight: 1, metrics: {error_rate: 2, trouble: 1}}
  voice: {weight: 1, metrics: {rating: 1}}
bands: {healthy: {from: 70, until: 60}, critical: {below: 30, until: 40}, coverage_min: 0.3}
journey:
  start:
    goal: [{metric: acts, at_least: 5}]
    dwell_days: 3
    expected_days: 30
  trial:
    optional: true
    entry: [{metric: users, at_least: 100}]
    goal: [{metric: acts, at_least: 5}]
  run:
    goal: [{metric: acts, at_least: 20}, {metric: error_rate, at_most: 0.1}]
    lapse: {when: [{metric: since, at_least: 20}], days: 2, to: start}
  renew:
    goal: [{metric: renewal, at_least: 100}]
    renews: true
    next: run
"""


def small_model(source: str = "connected") -> SuccessModel:
    """The model that most tests use."""
    return load_model(SMALL.replace("source: connected", f"source: {source}"), "small.yaml")


def panel_of(
    model: SuccessModel,
    events: Mapping[str, Floats],
    n: int,
    values: Mapping[str, Floats] | None = None,
    **columns: float | Sequence[float],
) -> Panel:
    """A panel from daily counts (n, DAYS) by event name; `values` are daily sums. Other columns by name."""
    daily = np.zeros((len(model.series), n, DAYS))
    for index, series in enumerate(model.series):
        source = (values or {}) if series.of == "sum" else events
        for event, counts in source.items():
            if index in model.series_of[event]:
                daily[index] += counts

    def column(name: str, default: float) -> Floats:
        return np.broadcast_to(np.asarray(columns.get(name, default), np.float64), (n,)).copy()

    users = np.broadcast_to(column("users", 1.0), (len(model.user_windows), n)).copy()
    return Panel(
        daily=daily,
        users=users,
        users_total=column("users_total", 1.0),
        seats=column("seats", 10.0),
        age_days=column("age_days", 400.0),
        renewal_in_days=column("renewal_in_days", np.nan),
    )


def steady(n: int, a_day: float) -> Floats:
    """(n, DAYS): the same count every day."""
    return np.full((n, DAYS), a_day)


def on_days(n: int, counts: Mapping[int, float]) -> Floats:
    """(n, DAYS): counts by how many days ago."""
    daily = np.zeros((n, DAYS))
    for ago, count in counts.items():
        daily[:, DAYS - 1 - ago] = count
    return daily


def random_panel(model: SuccessModel, n: int, seed: int) -> Panel:
    """Accounts of all sizes with all kinds of events."""
    rng = np.random.default_rng(seed)
    size = np.ceil(rng.lognormal(2.0, 1.0, n))
    act = rng.poisson(size[:, None] * 0.3, (n, DAYS)).astype(np.float64)
    error = rng.binomial(act.astype(np.int64), 0.04 * rng.gamma(4, 0.25, n)[:, None]).astype(np.float64)
    events = {
        "act": act,
        "error": error,
        "help": rng.poisson(0.03 * size[:, None], (n, DAYS)).astype(np.float64),
        "contact": rng.poisson(0.002 * size[:, None] + 0.05 * error).astype(np.float64),
        "rated": rng.poisson(0.01, (n, DAYS)).astype(np.float64),
        "paid": rng.poisson(0.1, (n, DAYS)).astype(np.float64),
    }
    values = {"rated": events["rated"] * 7.3, "paid": events["paid"] * 0.1}
    return panel_of(
        model,
        events,
        n,
        values,
        seats=list(np.where(rng.random(n) < 0.2, np.nan, size)),
        age_days=list(rng.integers(0, 400, n)),
        users_total=list(size),
        users=list(np.floor(size / 2)),
        renewal_in_days=list(np.where(rng.random(n) < 0.5, np.nan, rng.integers(-10, 365, n))),
    )


def usual(model: SuccessModel, seed: int = 0, n: int = 300) -> Cohort:
    """The cohort of a random panel."""
    return fit(model, sketch(model, random_panel(model, n, seed)))
