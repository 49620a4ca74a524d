"""The cohort: sketches add up, and what is fitted from them is what was put in."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.panel import DAYS
from banso_scoring.domain.struggle.cohort import BINS, CohortSketch, bin_of, merge, sketch
from banso_scoring.domain.struggle.silence import evaluate
from banso_scoring.domain.struggle.usual import CONTACT_SHAPE_FIXED, KAPPA_FIXED, contact_known, fit
from tests.scoring.domain.builders import on_days, panel_of, random_panel, small_model, steady

MODEL = small_model()
PANEL = random_panel(MODEL, 60, seed=1)


def same(a: CohortSketch, b: CohortSketch) -> bool:
    return a.to_dict() == b.to_dict()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=60, max_size=60), st.permutations(range(4)))
def test_sketches_of_parts_add_up_to_the_sketch_of_the_whole_in_any_order(owner: list[int], order: list[int]) -> None:
    parts = [sketch(MODEL, PANEL.take(np.flatnonzero(np.array(owner) == k))) for k in order]
    left = merge(merge(merge(parts[0], parts[1]), parts[2]), parts[3])
    right = merge(parts[0], merge(parts[1], merge(parts[2], parts[3])))
    whole = sketch(MODEL, PANEL)
    assert same(left, right)
    assert same(left, whole)


def test_the_sketch_of_nobody_is_neutral() -> None:
    nobody = sketch(MODEL, PANEL.take(np.array([], np.intp)))
    assert same(merge(nobody, sketch(MODEL, PANEL)), sketch(MODEL, PANEL))


def test_a_sketch_survives_json() -> None:
    whole = sketch(MODEL, PANEL)
    assert same(CohortSketch.from_dict(json.loads(json.dumps(whole.to_dict()))), whole)


def test_sketches_of_two_models_are_refused() -> None:
    ours = sketch(MODEL, PANEL)
    theirs = replace(ours, version="other@1")
    with pytest.raises(ValueError, match="do not add up"):
        merge(ours, theirs)
    with pytest.raises(ValueError, match="says nothing"):
        fit(MODEL, theirs)


def test_a_small_cohort_keeps_the_fixed_spreads_and_leans_to_the_usual_rate_of_the_file() -> None:
    cohort = fit(MODEL, sketch(MODEL, PANEL.take(np.array([], np.intp))))
    assert cohort.kappas.tolist() == [KAPPA_FIXED, KAPPA_FIXED]
    assert cohort.contact_shape == CONTACT_SHAPE_FIXED
    assert cohort.rates == pytest.approx([0.02, 0.05])
    assert cohort.contacts_per == pytest.approx([0.02, 0.05, 0.05])


@pytest.mark.parametrize(("n", "bad"), [(1, 1), (2, 1), (5, 1), (12, 4), (40, 10)])
def test_one_in_trouble_among_a_handful_does_not_become_what_is_usual(n: int, bad: int) -> None:
    error = np.zeros((n, DAYS))
    error[:bad, -14:] = 20
    panel = panel_of(MODEL, {"act": steady(n, 5), "error": error}, n)
    cohort = fit(MODEL, sketch(MODEL, panel))
    assert 0 < cohort.rates[0] < 0.03
    found = evaluate(MODEL, panel, cohort, True)
    assert (found.trouble[:bad] > 0).all()
    assert (found.trouble[bad:] < -2).all()


def test_a_few_accounts_that_agree_are_what_is_usual() -> None:
    cohort = fit(MODEL, sketch(MODEL, panel_of(MODEL, {"act": steady(8, 10), "error": steady(8, 2)}, 8)))
    assert cohort.rates[0] == pytest.approx(0.2, rel=0.1)


def test_the_usual_rate_is_the_median_so_a_tenth_of_bad_accounts_does_not_move_it() -> None:
    n = 200
    error = steady(n, 0.5)
    error[:20] = 8
    cohort = fit(MODEL, sketch(MODEL, panel_of(MODEL, {"act": steady(n, 10), "error": error}, n)))
    assert cohort.rates[0] == pytest.approx(0.05, rel=0.06)


def test_where_friction_is_rare_the_usual_rate_is_that_of_all_together() -> None:
    n = 200
    error = np.zeros((n, DAYS))
    error[:30, -10:] = 0.2
    cohort = fit(MODEL, sketch(MODEL, panel_of(MODEL, {"act": steady(n, 1), "error": error}, n)))
    assert 0.0005 < cohort.rates[0] < 0.02


def test_a_giant_does_not_decide_what_is_usual() -> None:
    n = 100
    act, error = steady(n, 3), np.zeros((n, DAYS))
    act[0], error[0] = 1e6, 1e6
    cohort = fit(MODEL, sketch(MODEL, panel_of(MODEL, {"act": act, "error": error}, n)))
    assert cohort.rates[0] < 0.02


def test_causes_of_contact_are_found_again_and_never_negative() -> None:
    rng = np.random.default_rng(5)
    n = 3_000
    seats = rng.integers(1, 60, n).astype(np.float64)
    act = rng.poisson(5, (n, DAYS)).astype(np.float64)
    error = rng.poisson(0.3, (n, DAYS)).astype(np.float64)
    contact = rng.poisson(0.06 * seats[:, None] / 30 + 0.2 * error).astype(np.float64)
    panel = panel_of(MODEL, {"act": act, "error": error, "contact": contact}, n, seats=list(seats))
    cohort = fit(MODEL, sketch(MODEL, panel))
    assert cohort.contacts_per[:2] == pytest.approx([0.06, 0.2], rel=0.15)
    assert (cohort.contacts_per >= 0).all()


def test_every_rate_has_a_bin_and_only_zero_has_the_first() -> None:
    rates = np.array([0.0, 1e-9, 1e-5, 0.02, 1.0, 1e2, 1e9])
    bins = bin_of(rates)
    assert bins[0] == 0
    assert (bins[1:] >= 1).all()
    assert (np.diff(bins) >= 0).all()
    assert bins[-1] == BINS - 1


@pytest.mark.parametrize(
    ("source", "ago", "known"),
    [
        ("auto", 3, True),
        ("auto", 60, False),
        ("auto", None, False),
        ("connected", None, True),
        ("none", 3, False),
    ],
)
def test_contact_is_known_when_declared_or_seen_and_fresh(source: str, ago: int | None, known: bool) -> None:
    model = small_model(source)
    panel = panel_of(model, {"contact": on_days(2, {} if ago is None else {ago: 1})}, 2)
    assert contact_known(model, fit(model, sketch(model, panel))) is known
