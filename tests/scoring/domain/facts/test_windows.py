"""Windows: what a weighting weighs, and that sums are exact."""

from __future__ import annotations

import numpy as np
import pytest

from banso_scoring.domain.facts.daily import Daily
from banso_scoring.domain.facts.panel import DAYS
from banso_scoring.domain.facts.windows import QUANTUM, Weighting, Windows, last, wanted, weigh
from tests.scoring.domain.builders import on_days, panel_of, random_panel, small_model


def test_a_window_counts_today_and_leaves_out_the_day_before_it_begins() -> None:
    model = small_model()
    panel = panel_of(model, {"act": on_days(1, {0: 1, 6: 2, 7: 4})}, 1)
    assert weigh(model, panel).of(model.roles.attempt, last(7)) == [3]


def test_a_decay_halves_each_half_life_and_begins_at_its_lag() -> None:
    weights = Weighting(half_life=7, lag=2).weights()[::-1]
    assert weights[:2].tolist() == [0, 0]
    assert weights[[2, 9, 16]] == pytest.approx([1, 0.5, 0.25])


def test_effective_counts_of_an_endless_decay_are_one_plus_gamma_times_the_sum() -> None:
    assert Weighting(half_life=5).evenness() == pytest.approx(1 + 2 ** (-1 / 5), rel=1e-6)
    assert last(30).evenness() == 1


def test_sums_are_the_same_to_the_bit_whatever_accounts_stand_beside() -> None:
    model = small_model()
    panel = random_panel(model, 101, seed=3)
    whole = weigh(model, panel)
    for size in (1, 2, 7):
        some = np.arange(size) * 13
        part = weigh(model, panel.take(some))
        for series, weightings in wanted(model).items():
            for weighting in weightings:
                assert (part.of(series, weighting) == whole.of(series, weighting)[some]).all()


def test_sums_are_exact_whatever_numbers_they_are_held_in_and_however_many_rows_there_are() -> None:
    model = small_model()
    rng = np.random.default_rng(4)
    dense = rng.integers(0, 256, (len(model.series), 2_500, DAYS))
    dense[:, ::3] = 0
    rows = np.flatnonzero(np.arange(2_500) % 3)
    tables = {
        dtype: Daily(2_500, DAYS, [[(one[rows].astype(dtype), rows)] for one in dense], [False] * len(dense))
        for dtype in (np.uint8, np.int32, np.int64)
    }
    for series, weightings in wanted(model).items():
        for weighting in weightings:
            quanta = np.rint(weighting.weights() * QUANTUM).astype(np.int64)
            exact = dense[series] @ quanta / QUANTUM
            for table in tables.values():
                windows = Windows(2_500, table, [False] * len(dense))
                windows.work_out(series, weightings)
                assert (windows.of(series, weighting) == exact).all()


def test_a_window_that_the_model_was_not_known_to_want_is_worked_out_when_it_is_asked_for() -> None:
    model = small_model()
    panel = panel_of(model, {"act": on_days(1, {0: 1, 40: 2})}, 1)
    assert last(41) not in wanted(model)[model.roles.attempt]
    assert weigh(model, panel).of(model.roles.attempt, last(41)) == [3]


def test_sums_of_values_do_not_depend_on_the_order_in_which_they_came() -> None:
    model = small_model()
    paid = next(i for i, series in enumerate(model.series) if series.of == "sum" and "paid" in series.events)
    one = on_days(1, {1: 0.1, 2: 0.2, 3: 0.3})
    other = on_days(1, {1: 0.3, 2: 0.1, 3: 0.2})
    sums = [weigh(model, panel_of(model, {}, 1, {"paid": v})).of(paid, last(28))[0] for v in (one, other)]
    assert sums == [0.6, 0.6]


def test_a_series_that_no_event_belongs_to_is_zero() -> None:
    model = small_model()
    panel = panel_of(model, {}, 2)
    assert weigh(model, panel).of(-1, last(DAYS)).tolist() == [0, 0]
