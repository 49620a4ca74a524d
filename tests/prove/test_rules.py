"""The naive rules are what their names say."""

from __future__ import annotations

import numpy as np

from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.usual import fit
from banso_scoring.model.load import default_model
from prove.rules import Rule, features, naive

MODEL = default_model()


def panel(n: int = 3) -> Panel:
    """Accounts that used the product once a day but for the last nine days."""
    daily = np.zeros((len(MODEL.series), n, DAYS))
    daily[MODEL.roles.attempt, :, :-9] = 1
    users = np.ones((len(MODEL.user_windows), n))
    return Panel(daily, users, np.ones(n), np.ones(n), np.full(n, 500.0), today=np.full(n, 20_000))


def test_failures_count_where_nobody_wrote() -> None:
    given = panel()
    assert isinstance(given.daily, np.ndarray)
    failure = next(one for one in MODEL.roles.channels if one.name == "failure").series
    aid = next(one for one in MODEL.roles.channels if one.name == "help").series
    given.daily[failure, :2, -20:-10] = 1
    given.daily[aid, 2, -20:-10] = 5
    given.daily[MODEL.roles.contact, 1, -27] = 1
    assert naive(MODEL, given)[Rule.FAILURES].tolist() == [10, 0, 0]


def test_a_z_score_is_held_against_the_accounts_own_weeks() -> None:
    given = panel()
    assert isinstance(given.daily, np.ndarray)
    failure = next(one for one in MODEL.roles.channels if one.name == "failure").series
    given.daily[failure, 0] = 1
    given.daily[failure, 1, -7:] = 1
    assert naive(MODEL, given)[Rule.ZSCORE].tolist() == [0, 7, 0]


def test_recency_counts_days_since_the_last_use() -> None:
    assert naive(MODEL, panel())[Rule.RECENCY].tolist() == [9, 9, 9]


def test_features_are_finite_numbers_one_row_an_account() -> None:
    given = panel(4)
    rows = features(MODEL, given, fit(MODEL, sketch(MODEL, given, 20_000)))
    assert rows.shape[0] == 4
    assert np.isfinite(rows).all()
