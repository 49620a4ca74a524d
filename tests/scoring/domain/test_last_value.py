"""The newest value of an event as a metric: what it is, when it is absent, however the panel holds its days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from banso_scoring.domain.facts.daily import MICRO, Daily, Rows
from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.success_model import Series
from banso_scoring.model.load import load_model
from tests.scoring.domain.builders import on_days, panel_of
from tests.scoring.domain.health.test_metrics import measured

MODEL = load_model(
    """
name: invoices
roles: {attempt: [invoice]}
metrics:
  minutes: {kind: last-value, events: [invoice], days: 60, ramp: [[15, 1], [60, 0]]}
dimensions: {speed: {weight: 1, metrics: {minutes: 1}}}
journey: {start: {}}
""",
    "invoices.yaml",
)


def minutes(counts: Floats, sums: Floats) -> Floats:
    return measured(panel_of(MODEL, {"invoice": counts}, len(counts), {"invoice": sums}), MODEL)["minutes"]


def test_it_is_the_mean_of_the_newest_day_that_has_any() -> None:
    counts, sums = on_days(1, {3: 2, 9: 1}), on_days(1, {3: 61, 9: 500})
    assert minutes(counts, sums) == [30.5]


def test_a_value_of_zero_is_a_value_and_no_event_is_none() -> None:
    counts, sums = on_days(3, {3: 1}), on_days(3, {})
    counts[1] = 0
    counts[2] = on_days(1, {60: 1})[0]
    found = minutes(counts, sums)
    assert found[0] == 0
    assert np.isnan(found[1:]).all(), "none came, or it came before `days`"


def held_by_rows(panel: Panel) -> Panel:
    """The same panel with a row only for accounts that have any, as the live window gives it."""

    def rows_of(series: Series, days: Floats) -> list[Rows]:
        whole = np.rint(days * (MICRO if series.of == "sum" else 1)).astype(np.int64)
        some = np.flatnonzero(whole.any(axis=1))
        return [(whole[some], some)]

    daily = np.asarray(panel.daily)
    series = [rows_of(one, daily[index]) for index, one in enumerate(MODEL.series)]
    return replace(panel, daily=Daily(panel.n, DAYS, series, [one.of == "sum" for one in MODEL.series]))


@given(
    arrays(np.float64, (4, 12), elements=st.integers(0, 2).map(float)),
    arrays(np.float64, (4, 12), elements=st.integers(-3, 3).map(float)),
)
def test_it_does_not_matter_how_the_panel_holds_its_days(counts: Floats, values: Floats) -> None:
    days, sums = on_days(4, {}), on_days(4, {})
    days[:, -12:], sums[:, -12:] = counts, counts * values
    panel = panel_of(MODEL, {"invoice": days}, 4, {"invoice": sums})
    plain, held = measured(panel, MODEL)["minutes"], measured(held_by_rows(panel), MODEL)["minutes"]
    assert plain == pytest.approx(held, nan_ok=True)
