"""Clumps of friction are seen where there are any, nothing else is taken for one, and a rise made of them says less."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring import cohort_store
from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.struggle.clumps import behind as clumps_behind
from banso_scoring.domain.struggle.clumps import fit as clumps_of
from banso_scoring.domain.struggle.clumps import sums
from banso_scoring.domain.struggle.cohort import CohortSketch, merge, sketch
from banso_scoring.domain.struggle.course_facts import Facts
from banso_scoring.domain.struggle.silence import evaluate
from banso_scoring.domain.struggle.trouble import widened
from banso_scoring.domain.struggle.usual import Cohort, fit
from tests.scoring.domain.builders import on_days, panel_of, random_panel, small_model, steady, usual

MODEL = small_model()
N, DAY = 400, 20_000
DRAW = np.random.default_rng(7)
USE = DRAW.poisson(20 * DRAW.lognormal(0, 0.6, (N, 1)) * np.resize([1, 1, 1, 1, 1, 0.2, 0.1], DAYS)).astype(np.float64)
COHORT = usual(MODEL)
RISE = on_days(1, dict.fromkeys(range(14), 1.0))


def met(errors: Floats, use: Floats = USE) -> Panel:
    return panel_of(MODEL, {"act": use, "error": errors}, len(use))


def found(errors: Floats, use: Floats = USE) -> tuple[float, float]:
    uneven, together = clumps_of(sums(MODEL, met(errors, use), DAY))
    assert uneven[1] == together[1] == 0.0, "of help pages there is none"
    return float(uneven[0]), float(together[0])


def by_chance(rate: float | Floats = 0.05) -> Floats:
    return np.asarray(np.random.default_rng(1).poisson(USE * rate), np.float64)


def clumpy(uneven: float, together: float) -> Cohort:
    return replace(COHORT, uneven=np.array([uneven, 0.0]), together=np.array([together, 0.0]))


def test_friction_that_comes_by_chance_has_no_clumps_however_use_and_paces_differ() -> None:
    own = np.random.default_rng(2).gamma(1.0, 0.05, (N, 1))
    assert found(by_chance()) == pytest.approx((0.0, 0.0), abs=0.03)
    assert found(by_chance(own)) == pytest.approx((0.0, 0.0), abs=0.03)


def test_trouble_that_lasts_and_a_day_that_is_hard_for_all_are_no_clumps() -> None:
    worse = np.full((N, DAYS), 0.05)
    worse[: N // 5, 60:100] *= 4
    assert found(by_chance(worse)) == pytest.approx((0.0, 0.0), abs=0.03)
    worse[:, 110:112] *= 5
    assert found(by_chance(worse)) == pytest.approx((0.0, 0.0), abs=0.1)


@pytest.mark.parametrize("ago", [0, 1, 30])
@pytest.mark.parametrize("lasted", [1, 6])
def test_an_incident_that_hits_part_of_the_accounts_is_no_clump_in_each_of_them(ago: int, lasted: int) -> None:
    errors = by_chance()
    for day in range(ago, ago + lasted):
        errors[day % 3 : N : 3, DAYS - 1 - day] += 20
    assert found(errors) == pytest.approx((0.0, 0.0), abs=0.05)


def test_fewer_than_fifty_accounts_cannot_tell_an_incident_so_they_have_no_clumps() -> None:
    clumped = by_chance(0.05 * np.random.default_rng(3).gamma(1.0, 1.0, (N, DAYS)))
    few, enough = (fit(MODEL, sketch(MODEL, met(clumped[:n], USE[:n]), DAY)) for n in (49, 50))
    assert few.uneven.tolist() == few.together.tolist() == [0.0, 0.0]
    assert enough.uneven[0] > 0.3


@pytest.mark.parametrize("later", range(7))
def test_spans_are_of_the_same_days_whenever_they_are_counted(later: int) -> None:
    errors = by_chance(0.01)
    half, other, newer = met(errors[::2], USE[::2]), met(errors[1::2], USE[1::2]), np.roll(errors, -later, 1)
    newer[:, DAYS - later :] = 0
    whole = sketch(MODEL, met(newer, np.roll(USE, -later, 1)), DAY + later).clumps
    merged = merge(sketch(MODEL, half, DAY), merge(_blank(later), sketch(MODEL, other, DAY))).clumps
    left = whole.shape[1] - clumps_behind(DAY, DAY + later)
    assert np.array_equal(merged[:, :left], whole[:, :left])
    assert whole[:, :left].any()
    assert not merged[:, left:].any()


def _blank(later: int) -> CohortSketch:
    """Of one account that did nothing, days later."""
    return sketch(MODEL, met(np.zeros((1, DAYS)), np.zeros((1, DAYS))), DAY + later)


@pytest.mark.parametrize("uneven", [0.2, 0.5, 1.0])
def test_days_that_are_uneven_are_seen_as_uneven_as_they_are(uneven: float) -> None:
    paces = np.random.default_rng(3).gamma(1 / uneven, uneven, (N, DAYS))
    z, q = found(by_chance(0.05 * paces))
    assert 0.6 * uneven < z < 1.2 * uneven
    assert q < 0.15


def test_friction_that_comes_with_others_is_seen() -> None:
    draw = np.random.default_rng(4)
    first = draw.poisson(USE * 0.02)
    others = draw.negative_binomial(np.maximum(first, 1), 0.5) * (first > 0)
    _, q = found((first + others).astype(np.float64))
    assert 0.4 < q < 2.0, "a geometric number of them, two on average: with each come two others"


def test_no_giant_decides_for_all() -> None:
    errors, use = by_chance(), USE.copy()
    use[0], errors[0] = 1e6, on_days(1, dict.fromkeys(range(0, DAYS, 9), 1.0))[0] * 1e5
    assert found(errors, use) == pytest.approx((0.0, 0.0), abs=0.05)


def test_a_handful_of_spans_says_that_there_are_no_clumps() -> None:
    errors = on_days(2, {3: 6, 40: 5})
    assert max(found(errors, USE[:2])) < 0.3
    assert found(np.zeros((2, DAYS)), USE[:2]) == found(np.ones((1, DAYS)), np.zeros((1, DAYS))) == (0.0, 0.0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=30, max_size=30), st.integers(0, 99))
def test_sums_of_parts_add_up(mine: list[bool], seed: int) -> None:
    draw = np.random.default_rng(seed)
    panel = met(draw.poisson(1.5, (30, DAYS)).astype(np.float64), USE[:30])
    parts = [panel.take(np.flatnonzero(np.array(mine) == own)) for own in (True, False)]
    assert sums(MODEL, panel, DAY)[0].any()
    assert np.array_equal(sums(MODEL, parts[0], DAY) + sums(MODEL, parts[1], DAY), sums(MODEL, panel, DAY))


def test_what_was_stored_before_clumps_were_known_has_none() -> None:
    kept = sketch(MODEL, random_panel(MODEL, 60, 1)).to_dict()
    assert np.any(kept.pop("clumps"))
    assert not CohortSketch.from_dict(kept).clumps.any()
    row = msgspec.msgpack.decode(cohort_store.encode(clumpy(0.5, 1.0)))
    read = cohort_store.decode(msgspec.msgpack.encode(row[:-2]))
    assert read.uneven.tolist() == read.together.tolist() == [0.0, 0.0]
    assert cohort_store.decode(msgspec.msgpack.encode(row)).uneven.tolist() == [0.5, 0.0]


def test_the_cohort_knows_its_clumps() -> None:
    paces = np.random.default_rng(3).gamma(2.0, 0.5, (N, DAYS))
    cohort = fit(MODEL, sketch(MODEL, met(by_chance(0.05 * paces))))
    assert cohort.uneven[0] > 0.3
    assert cohort.uneven[1] == 0.0


@pytest.mark.parametrize(("uneven", "together"), [(0.5, 0.0), (0.0, 1.0), (1.0, 2.0)])
def test_the_same_rise_says_less_where_friction_comes_in_clumps(uneven: float, together: float) -> None:
    panel = panel_of(MODEL, {"act": steady(1, 20), "error": RISE}, 1)
    plain, clumped = (evaluate(MODEL, panel, cohort, True) for cohort in (COHORT, clumpy(uneven, together)))
    assert clumped.trouble[0] < plain.trouble[0] - 0.5
    assert 0 < clumped.log_evidence[0, 0] < plain.log_evidence[0, 0]
    assert clumped.expected[0, 0] > 0, "what people are told is counted in single failures"
    since = np.zeros(1, np.int32)
    facts = Facts.of(MODEL, panel, np.zeros(1, np.intp), np.array([14], np.int32))
    assert facts.trouble_since(clumpy(uneven, together), clumped, since) < facts.trouble_since(COHORT, plain, since)


def test_unevenness_matters_most_where_days_are_few() -> None:
    shape = np.array([40.0])
    kept = [float((widened(shape, 0.5, days) / shape)[0]) for days in (3, 10, 56)]
    assert kept == sorted(kept)
    assert kept[0] < 0.1
    assert widened(shape, 0.0, 3) is shape


def test_channels_that_differ_in_clumps_alone_say_different_things_of_an_account_that_met_none() -> None:
    panel = panel_of(MODEL, {"act": steady(1, 20)}, 1)
    twin = replace(MODEL.roles.channels[0], name="twin")
    model = replace(MODEL, roles=replace(MODEL.roles, channels=(MODEL.roles.channels[0], twin)))
    alike = replace(COHORT, rates=np.full(2, 0.05), kappas=np.full(2, 8.0), uneven=np.zeros(2), together=np.zeros(2))
    one = evaluate(model, panel, alike, True).trouble[0]
    other = evaluate(model, panel, replace(alike, uneven=np.array([0.0, 2.0])), True).trouble[0]
    both = evaluate(model, panel, replace(alike, uneven=np.full(2, 2.0)), True).trouble[0]
    assert one < other < both


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.integers(0, 2), st.integers(1, 10_000), st.floats(0, 4), st.floats(0, 10))
def test_more_friction_now_never_lowers_trouble_in_clumps_either(
    seed: int, ago: int, more: int, uneven: float, together: float
) -> None:
    panel, cohort = random_panel(MODEL, 8, seed), clumpy(uneven, together)
    daily = panel.daily.copy()
    daily[MODEL.roles.channels[0].series, :, DAYS - 1 - ago] += more
    before, after = (evaluate(MODEL, one, cohort, True) for one in (panel, replace(panel, daily=daily)))
    assert (after.trouble >= before.trouble - 1e-9).all()
    assert (after.log_odds >= before.log_odds - 1e-9).all()
