"""Windows: what a weighting weighs, and that sums are exact."""

from __future__ import annotations

import numpy as np
import pytest

from banso_scoring.domain.panel import DAYS
from banso_scoring.domain.windows import Weighting, last, weigh
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
    whole = weigh(model, panel).values
    for size in (1, 2, 7):
        some = np.arange(size) * 13
        assert (weigh(model, panel.take(some)).values == whole[:, some]).all()


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
