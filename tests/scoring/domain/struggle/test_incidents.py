"""An incident that hits everybody raises no alarm, neither while it lasts nor by what it leaves behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.facts.windows import weigh
from banso_scoring.domain.struggle.cohort import merge, sketch
from banso_scoring.domain.struggle.incidents import discounts, friction
from banso_scoring.domain.struggle.silence import evaluate
from banso_scoring.domain.struggle.usual import fit
from tests.scoring.domain.builders import random_panel, small_model

MODEL = small_model()
ERROR = MODEL.roles.channels[0].series
WEEK = slice(DAYS - 7, DAYS)


def with_incident(panel: Panel, times: float, days: slice = WEEK) -> Panel:
    daily = panel.daily.copy()
    daily[ERROR, :, days] = np.minimum(daily[ERROR, :, days] * times, daily[MODEL.roles.attempt, :, days])
    return replace(panel, daily=daily)


def alarms(panel: Panel) -> int:
    return int((evaluate(MODEL, panel, fit(MODEL, sketch(MODEL, panel)), True).trouble > -2).sum())


def test_ordinary_days_count_in_full() -> None:
    panel = random_panel(MODEL, 300, seed=2)
    assert discounts(MODEL, fit(MODEL, sketch(MODEL, panel))) == pytest.approx(1.0, abs=0.2)


def test_friction_of_an_incident_counts_no_more_than_half_as_much_again_as_usual() -> None:
    panel = with_incident(random_panel(MODEL, 300, seed=2), 6)
    factors = discounts(MODEL, fit(MODEL, sketch(MODEL, panel)))
    assert (factors[0, WEEK] < 0.6).all()
    assert (factors[0, WEEK] > 1.5 / 6 - 0.05).all()
    assert factors[1, WEEK] == pytest.approx(1.0, abs=0.2)


def test_an_incident_week_raises_alarms_by_less_than_half() -> None:
    panels = [random_panel(MODEL, 1_000, seed=seed) for seed in range(6, 10)]
    usual = sum(alarms(panel) for panel in panels)
    assert usual >= 40
    assert sum(alarms(with_incident(panel, 5)) for panel in panels) < 1.5 * usual
    assert sum(alarms(with_incident(panel, 5, slice(DAYS - 60, DAYS - 46))) for panel in panels) < 1.5 * usual


def test_trouble_of_one_account_is_no_incident() -> None:
    panel = random_panel(MODEL, 300, seed=2)
    daily = panel.daily.copy()
    daily[ERROR, 0, WEEK] += 50
    changed = replace(panel, daily=daily)
    cohort = fit(MODEL, sketch(MODEL, changed))
    assert discounts(MODEL, cohort)[0] == pytest.approx(1.0, abs=0.2)
    assert evaluate(MODEL, changed, cohort, True).trouble[0] > 0


def test_a_small_cohort_cannot_tell_an_incident() -> None:
    panel = with_incident(random_panel(MODEL, 20, seed=2), 6)
    assert (discounts(MODEL, fit(MODEL, sketch(MODEL, panel))) == 1).all()


def test_an_incident_is_discounted_on_its_own_day_however_old_the_cohort_is() -> None:
    panel = with_incident(random_panel(MODEL, 300, seed=2), 6, slice(DAYS - 4, DAYS - 2))
    np.asarray(panel.daily)[:, :, :2] = 0
    cohort = fit(MODEL, sketch(MODEL, panel, day=100))
    now = friction(MODEL, replace(panel, today=np.full(300, 100)), cohort, weigh(MODEL, panel))
    daily = np.roll(panel.daily, -2, axis=2)
    daily[:, :, -2:] = 0
    tomorrow = replace(panel, daily=daily, today=np.full(300, 102))
    later = friction(MODEL, tomorrow, cohort, weigh(MODEL, tomorrow))
    assert later.counts[-1] == pytest.approx(now.counts[-1], rel=1e-6, abs=1e-6)
    assert (later.counts[-1, 0] < panel.daily[ERROR].sum(axis=1) - 0.5).any()
    assert (later.rates == now.rates).all()


def test_what_moves_all_accounts_is_expected_of_each() -> None:
    panel = random_panel(MODEL, 300, seed=2)
    more = with_incident(panel, 1.4, slice(DAYS - 14, DAYS))
    cohort = fit(MODEL, sketch(MODEL, more))
    rates = friction(MODEL, more, cohort, weigh(MODEL, more)).rates
    assert rates[2, 0] > 1.2 * rates[-1, 0]
    assert rates[2, 1] == pytest.approx(rates[-1, 1], rel=0.1)


def test_sketches_of_different_days_meet_on_the_later_one() -> None:
    panel = random_panel(MODEL, 60, seed=2)
    old, new = sketch(MODEL, panel, day=100), sketch(MODEL, panel, day=103)
    both = merge(old, new)
    assert both.day == 103
    assert merge(new, old).to_dict() == both.to_dict()
    assert (both.profile[:, : DAYS - 3] == old.profile[:, 3:] + new.profile[:, : DAYS - 3]).all()
    assert (both.profile[:, DAYS - 3 :] == new.profile[:, DAYS - 3 :]).all()
