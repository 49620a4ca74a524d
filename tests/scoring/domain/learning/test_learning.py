"""Learning from outcomes: it finds what is there, never against a ramp, never ahead, and is slow to change its mind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from banso_scoring.domain.learning.learning import Bools, Floats, learn, prior_of
from banso_scoring.domain.learning.learning_proposal import propose, ramped, thinned
from banso_scoring.domain.learning.learning_ramps import direction_of, ramp_of
from banso_scoring.domain.learning.learning_weights import NEW, bands_of, points_of, scores
from banso_scoring.domain.past.backtest import Rows
from banso_scoring.domain.past.backtest_figures import auc
from banso_scoring.model.load import load_model
from banso_scoring.model.rewritten import Changes, rewritten
from tests.scoring.domain.builders import SMALL

MODEL = load_model(SMALL, "small.yaml")
SINCE, ERRORS, PAID = (MODEL.metric_index[name] for name in ("since", "error_rate", "paid"))


def drawn(n: int, odds: dict[int, float], seed: int = 5) -> tuple[Floats, Bools]:
    """(n, metrics) on 0..1 and who left: `odds` are log-odds of a metric at its worst against its best."""
    rng = np.random.default_rng(seed)
    values = rng.random((n, len(MODEL.metrics)))
    risk = -3.0 + sum(weight * (1 - values[:, metric]) for metric, weight in odds.items())
    return values, rng.random(n) < 1 / (1 + np.exp(-risk))


def test_weights_are_found_and_what_says_nothing_gets_hardly_any() -> None:
    values, left = drawn(40_000, {SINCE: 1.0, ERRORS: 3.0})
    found = learn(values, left, np.zeros(len(MODEL.metrics)), 1.0)
    assert found.b[SINCE] == pytest.approx(1.0, abs=0.2)
    assert found.b[ERRORS] == pytest.approx(3.0, abs=0.2)
    assert np.delete(found.b, [SINCE, ERRORS]).max() < 0.2


def test_no_metric_counts_against_its_ramp() -> None:
    values, left = drawn(10_000, {SINCE: -3.0, ERRORS: 2.0})
    found = learn(values, left, np.ones(len(MODEL.metrics)), 1.0)
    assert found.b[SINCE] == 0.0
    assert (found.b >= 0).all()


def test_with_little_to_learn_from_the_weights_stay_as_they_are() -> None:
    values, left = drawn(60, {ERRORS: 2.0})
    prior = np.arange(1.0, len(MODEL.metrics) + 1)
    prior /= prior.sum()
    found = learn(values, left, prior, 1e6)
    assert found.b / found.b.sum() == pytest.approx(prior, abs=0.01)


def test_an_absent_metric_speaks_neither_for_nor_against() -> None:
    values, left = drawn(2_000, {ERRORS: 2.0})
    found = learn(values, left, np.zeros(len(MODEL.metrics)), 1.0)
    absent = values.copy()
    absent[:, ERRORS] = np.nan
    usual = values.copy()
    usual[:, ERRORS] = found.mean[ERRORS]
    assert found.risk(absent) == pytest.approx(found.risk(usual))


def test_where_nobody_left_there_is_nothing_to_learn() -> None:
    with pytest.raises(ValueError, match="nobody left"):
        learn(np.ones((10, 2)), np.zeros(10, np.bool_), np.ones(2), 1.0)


@pytest.mark.parametrize("direction", [1, 0])
def test_a_ramp_follows_the_outcomes_and_never_turns_back(direction: int) -> None:
    rng = np.random.default_rng(6)
    value = rng.gamma(2.0, 10.0, 20_000)
    left = rng.random(20_000) < np.where(value < 8, 0.3, 0.05)
    found = ramp_of(value, left, direction)
    assert found is not None
    x, y = zip(*found.points, strict=True)
    assert [*x] == sorted(set(x))
    assert [*y] == sorted(y)
    assert (y[0], y[-1]) == (0.0, 1.0)
    assert np.interp(4.0, x, y) < 0.2
    assert np.interp(20.0, x, y) > 0.8


def test_no_ramp_is_drawn_from_noise_or_against_the_direction_that_was_given() -> None:
    rng = np.random.default_rng(11)
    value, left = rng.random(20_000), rng.random(20_000) < 0.1
    assert ramp_of(value, left, 0) is None
    falling = rng.random(20_000) < 0.1 + 0.3 * value
    assert ramp_of(value, falling, 1) is None
    assert direction_of((1.0, 0.5, 0.5)) == -1
    assert direction_of((0.0, 1.0, 0.0)) is None


def rows_of(odds: dict[int, float], accounts: int = 400, days: int = 40) -> Rows:
    """A row a week of each account; raw metrics are 0..1."""
    values, left = drawn(accounts * days, odds, seed=accounts)
    day = np.repeat(np.arange(days) * 7, accounts)
    n = len(day)
    raw = values.copy()
    raw[:, SINCE] = 28 * (1 - values[:, SINCE])
    raw[:, ERRORS] = 0.5 * (1 - values[:, ERRORS])
    present = scores(MODEL, raw.astype(np.float32))
    return Rows(
        day=day,
        account=np.tile(np.arange(accounts), days),
        risk=100 - present,
        recency=raw[:, SINCE],
        ends_in=np.where(left, 10, 10_000),
        active=np.ones(n, np.bool_),
        calm=np.ones(n, np.bool_),
        kept=np.ones(n, np.bool_),
        cell=np.zeros(n, np.int64),
        metrics=raw.astype(np.float32),
    )


def test_a_proposal_is_better_on_days_that_it_did_not_see() -> None:
    rows = rows_of({ERRORS: 3.0})
    found = propose(MODEL, rows, 30)
    assert found.learnt is not None
    assert found.tried[0].auc > found.auc_now + 0.02
    later = rows_of({ERRORS: 3.0}, accounts=401)
    learnt = found.learnt.weights.risk(ramped(MODEL, found.learnt.ramps, later))
    assert auc(later.left(30), learnt) > auc(later.left(30), later.risk) + 0.02


def test_a_proposal_reads_no_outcome_that_was_not_known_when_it_was_tried() -> None:
    """The folds learn from rows whose horizon is over: turning later outcomes round changes no earlier fold."""
    rows = rows_of({ERRORS: 3.0})
    last = rows.day >= 7 * 30
    turned = replace(rows, ends_in=np.where(last, 10_010 - rows.ends_in, rows.ends_in))
    first, second = propose(MODEL, rows, 30), propose(MODEL, turned, 30)
    assert first.auc_now != second.auc_now
    assert second.learnt is None or second.tried[0].auc < first.tried[0].auc


def test_nothing_is_proposed_where_nothing_better_is_found() -> None:
    prior = prior_of(MODEL)
    rows = rows_of({index: 8.0 * weight for index, weight in enumerate(prior) if index in (SINCE, ERRORS)})
    assert propose(MODEL, replace(rows, ends_in=np.where(np.arange(len(rows)) % 9 == 0, 10, 10_000)), 30).learnt is None


def test_too_few_departures_are_refused() -> None:
    rows = rows_of({ERRORS: 3.0})
    with pytest.raises(ValueError, match="too few"):
        propose(MODEL, replace(rows, ends_in=np.full(len(rows), 10_000)), 30)


def test_an_account_counts_once_a_fortnight() -> None:
    assert np.unique(thinned(rows_of({ERRORS: 1.0})).day).tolist() == list(range(0, 280, 14))


def test_what_was_learnt_becomes_a_file_that_keeps_its_comments_and_its_shares_of_bands() -> None:
    text = SMALL + "# the end\n"
    rows = rows_of({ERRORS: 3.0})
    learnt = propose(MODEL, rows, 30).learnt
    assert learnt is not None
    points = points_of(MODEL, learnt)
    assert points.dimensions["smooth"] > 70
    assert all(weight >= 0.5 for own in points.metrics.values() for weight in own.values())
    names = {MODEL.metrics[index].name: ramp for index, ramp in learnt.ramps.items()}
    written = rewritten(
        text, Changes(points.dimensions, points.metrics, names, labels={NEW: {"ja": "兆", "en": "signs"}})
    )
    assert written.endswith("# the end\n")
    proposed = load_model(written, "proposed.yaml")
    before, after = scores(MODEL, rows.metrics), scores(proposed, rows.metrics)
    assert auc(rows.left(30), -after) > auc(rows.left(30), -before)
    moved = bands_of(MODEL.bands, before, after)
    assert (after < moved.critical_below).mean() == pytest.approx(
        (before < MODEL.bands.critical_below).mean(), abs=0.02
    )
    assert (after >= moved.healthy_from).mean() == pytest.approx((before >= MODEL.bands.healthy_from).mean(), abs=0.02)


def test_a_file_is_changed_where_asked_and_nowhere_else() -> None:
    text = (
        "metrics:\n  a: {kind: count, events: [x]} # one\n  b:\n    kind: count\n    events: [y]\n    # two\n"
        "dimensions:\n  d:\n    weight: 1 # three\n    metrics:\n      a: 1\n      b: 2\n\n# four\n"
        "bands:\n  healthy: {from: 70, until: 60}\n"
    )
    changes = Changes(
        {"d": 30.0, "new": 5.0},
        {"d": {"a": 2.5}, "new": {"b": 5.0}},
        {"a": ((0.0, 0.0), (1.5, 1.0)), "b": ((0.0, 1.0), (9.0, 0.0))},
        {"healthy": {"from": 80.0, "until": 75.5}, "critical": {"below": 20.0, "until": 30.0}},
        {"new": {"ja": "新", "en": "new"}},
    )
    assert rewritten(text, changes) == (
        "metrics:\n  a: {ramp: [[0, 0], [1.5, 1]], kind: count, events: [x]} # one\n  b:\n    ramp: [[0, 1], [9, 0]]\n"
        "    kind: count\n    events: [y]\n    # two\n"
        "dimensions:\n  d:\n    weight: 30 # three\n    metrics:\n      {a: 2.5}\n"
        "  new:\n    label: {ja: 新, en: new}\n    weight: 5\n    metrics: {b: 5}\n\n# four\n"
        "bands:\n  critical: {below: 20, until: 30}\n  healthy: {from: 80, until: 75.5}\n"
    )
