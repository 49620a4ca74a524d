"""Metrics: worked examples of each kind, and that absent is not zero."""

from __future__ import annotations

import numpy as np
import pytest

from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.facts.windows import weigh
from banso_scoring.domain.health.metrics import Facts, evaluate, ramp
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.silence import evaluate as struggle
from banso_scoring.domain.struggle.usual import fit
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import load_model
from tests.scoring.domain.builders import SMALL, on_days, panel_of, small_model, steady

MODEL = small_model()


def measured(panel: Panel, model: SuccessModel = MODEL, others: Panel | None = None) -> dict[str, Floats]:
    """Metric name -> values, the cohort being `others` (else the panel itself)."""
    cohort = fit(model, sketch(model, others or panel))
    windows = weigh(model, panel)
    facts = Facts(panel, windows, cohort, struggle(model, panel, cohort, True, windows))
    values = evaluate(model, facts)
    return {name: values[index] for name, index in model.metric_index.items()}


def test_counts_sums_active_days_and_days_since_of_a_written_out_account() -> None:
    panel = panel_of(
        MODEL, {"act": on_days(1, {2: 4, 5: 1, 9: 7}), "paid": on_days(1, {1: 2})}, 1, {"paid": on_days(1, {1: 12.5})}
    )
    found = measured(panel)
    assert found["acts"] == [5]
    assert found["days"] == [2]
    assert found["since"] == [2]
    assert found["paid"] == [12.5]


def test_a_ratio_is_absent_below_its_least_denominator() -> None:
    act, error = on_days(2, {0: 9}), on_days(2, {0: 3})
    act[1, -1] = 12
    found = measured(panel_of(MODEL, {"act": act, "error": error}, 2))
    assert np.isnan(found["error_rate"][0])
    assert found["error_rate"][1] == 0.25


def test_a_mean_of_values_is_their_sum_per_event() -> None:
    panel = panel_of(MODEL, {"rated": on_days(1, {3: 2})}, 1, {"rated": on_days(1, {3: 17})})
    assert measured(panel)["rating"] == [8.5]


def test_no_error_is_evidence_only_where_anybody_sends_errors() -> None:
    quiet = panel_of(MODEL, {"act": steady(1, 5)}, 1)
    instrumented = panel_of(MODEL, {"act": steady(2, 5), "error": on_days(2, {40: 1})}, 2)
    assert np.isnan(measured(quiet)["error_rate"][0])
    assert measured(quiet, others=instrumented)["error_rate"] == [0]


def test_a_sum_of_zero_is_evidence_when_events_came() -> None:
    panel = panel_of(MODEL, {"paid": on_days(1, {1: 1})}, 1)
    assert measured(panel)["paid"] == [0]
    assert np.isnan(measured(panel_of(MODEL, {}, 1))["paid"][0])


def test_days_since_of_an_account_that_never_did_is_its_age_within_the_window() -> None:
    panel = panel_of(MODEL, {"act": on_days(3, {}) + np.eye(3, DAYS)}, 3, age_days=[9, 9, 999])
    found = measured(panel_of(MODEL, {}, 2, age_days=[9, 999]), others=panel)
    assert found["since"].tolist() == [9, DAYS]


def test_a_metric_that_is_absent_without_its_event_says_so() -> None:
    model = load_model(
        SMALL.replace(
            "events: [act], ramp: [[0, 1], [28, 0]]", "events: [act], never: absent, ramp: [[0, 1], [28, 0]]"
        ),
        "absent.yaml",
    )
    others = panel_of(model, {"act": steady(1, 1)}, 1)
    assert np.isnan(measured(panel_of(model, {}, 1), model, others)["since"][0])


def test_a_metric_is_absent_until_the_account_has_its_least_age() -> None:
    model = load_model(SMALL.replace("events: [act], days: 7}", "events: [act], days: 7, age_min_days: 5}"), "a")
    panel = panel_of(model, {"act": steady(2, 1)}, 2, age_days=[4, 5])
    assert np.isnan(measured(panel, model)["days"]).tolist() == [True, False]


def test_a_decline_that_everybody_has_is_no_decline() -> None:
    n = 100
    holiday = steady(n, 4)
    holiday[:, -14:] = 1
    everybody = panel_of(MODEL, {"act": holiday}, n)
    steadfast = panel_of(MODEL, {"act": steady(1, 4)}, 1)
    assert measured(everybody)["trend"] == pytest.approx(0, abs=0.05)
    assert measured(steadfast, others=everybody)["trend"][0] > 0.9


def test_a_trend_by_hand_in_a_steady_cohort() -> None:
    others = panel_of(MODEL, {"act": steady(60, 3)}, 60)
    act = steady(1, 4)
    act[:, -14:] = 1
    # recent 14, base 28 days of 4 = 112, half of it expected: ln((14 + 5) / (56 + 5))
    assert measured(panel_of(MODEL, {"act": act}, 1), others=others)["trend"] == pytest.approx(np.log(19 / 61))


def test_a_young_account_is_not_growing_because_it_was_not_there_before() -> None:
    others = panel_of(MODEL, {"act": steady(60, 3)}, 60)
    act = steady(1, 4)
    act[:, :-28] = 0
    panel = panel_of(MODEL, {"act": act}, 1, age_days=27)
    assert measured(panel, others=others)["trend"] == pytest.approx(0)


def test_users_per_seat_need_both_users_and_seats() -> None:
    panel = panel_of(MODEL, {}, 3, users=[3, 3, 0], users_total=[4, 4, 0], seats=[6, np.nan, 6])
    found = measured(panel)
    assert found["breadth"][0] == 0.5
    assert np.isnan(found["breadth"][1:]).all()
    assert np.isnan(found["users"][2])


def test_trouble_is_absent_while_there_is_not_enough_data() -> None:
    assert np.isnan(measured(panel_of(MODEL, {"act": on_days(1, {0: 3})}, 1))["trouble"][0])


def test_a_ramp_is_straight_between_its_points_and_flat_beyond() -> None:
    values = np.full((len(MODEL.metrics), 5), np.nan)
    values[MODEL.metric_index["since"]] = [-5, 0, 7, 28, 400]
    scaled = ramp(MODEL, values)
    assert scaled[MODEL.metric_index["since"]].tolist() == [1, 1, 0.75, 0, 0]
    assert np.isnan(np.delete(scaled, MODEL.metric_index["since"], axis=0)).all()
