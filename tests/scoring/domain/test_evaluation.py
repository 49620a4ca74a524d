"""The whole evaluation: pure, repeatable, the same for an account whoever stands beside it."""

from __future__ import annotations

import time
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_common.contracts.account_signal import Band, SignalKind
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.standing import BAND_CODES, KIND_ROWS, Standing
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.evidence import evidence_of
from banso_scoring.domain.struggle.met import Met
from banso_scoring.domain.struggle.usual import fit
from banso_scoring.model.load import default_model
from tests.scoring.domain.builders import on_days, panel_of, random_panel, small_model, steady, usual

MODEL = small_model()
COHORT = usual(MODEL)
DAY = 20_000


def equal(a: Standing, b: Standing) -> bool:
    return all(np.array_equal(getattr(a, field.name), getattr(b, field.name)) for field in fields(a))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), order=st.permutations(range(10)))
def test_accounts_in_another_order_get_the_same_standing_and_scores_to_the_bit(seed: int, order: list[int]) -> None:
    panel, days = random_panel(MODEL, 10, seed), np.arange(DAY, DAY + 10)
    before = evaluate(MODEL, COHORT, panel, Standing.new(10), days - 1)[0]
    there, seen = evaluate(MODEL, COHORT, panel, before, days)
    turn = np.array(order)
    here, turned = evaluate(MODEL, COHORT, panel.take(turn), before.take(turn), days[turn])
    assert equal(here, there.take(turn))
    assert np.array_equal(turned.metrics, seen.metrics[:, turn], equal_nan=True)
    assert np.array_equal(turned.health.score, seen.health.score[turn], equal_nan=True)
    assert np.array_equal(turned.struggle.log_odds, seen.struggle.log_odds[turn], equal_nan=True)


def test_evaluating_twice_from_the_same_standing_is_evaluating_once() -> None:
    panel, days = random_panel(MODEL, 50, 1), np.full(50, DAY)
    before = Standing.new(50)
    once, first = evaluate(MODEL, COHORT, panel, before, days)
    twice, second = evaluate(MODEL, COHORT, panel, before, days)
    assert equal(once, twice)
    assert np.array_equal(first.changes.kind, second.changes.kind)
    assert equal(before, Standing.new(50))


def test_a_standing_put_back_where_it_was_taken_is_the_same() -> None:
    standing = evaluate(MODEL, COHORT, random_panel(MODEL, 9, 2), Standing.new(9), np.full(9, DAY))[0]
    target, places = Standing.new(9), np.array([7, 1, 4])
    target.put(places, standing.take(places))
    assert equal(target.take(places), standing.take(places))
    assert equal(target.take(np.array([0, 2])), Standing.new(2))


def test_trouble_that_breaks_out_is_struggling_and_silent_is_who_has_not_written_by_the_day_after() -> None:
    recent = dict.fromkeys(range(28), 1.0)
    contact = on_days(2, recent) * np.array([[0.0], [0.5]])
    events = {"act": steady(2, 5), "error": on_days(2, recent) * 2.5, "help": steady(2, 0.5), "contact": contact}
    panel = panel_of(MODEL, events, 2)
    first, _ = evaluate(MODEL, COHORT, panel, Standing.new(2), np.full(2, DAY - 1))
    assert first.open[KIND_ROWS[SignalKind.SILENT_STRUGGLING]].tolist() == [False, False]
    assert first.open[KIND_ROWS[SignalKind.STRUGGLING]].tolist() == [True, True]
    standing, found = evaluate(MODEL, COHORT, panel, first, np.full(2, DAY))
    assert standing.open[KIND_ROWS[SignalKind.SILENT_STRUGGLING]].tolist() == [True, False]
    said = evidence_of(MODEL, found.struggle, 0, [Met(3, "error", 70, 28), Met(0, None, 0, 0)])
    assert (said.window_days, said.attempts, said.enough_data) == (36, 180, True)
    assert (said.channels[0].channel, said.channels[0].seen, said.channels[0].users) == ("error", 70, 3)
    assert (said.channels[0].event, said.channels[0].event_seen, said.channels[0].days) == ("error", 70, 28)
    assert (said.channels[1].event, said.channels[1].event_seen, said.channels[1].days) == (None, None, None)
    assert said.channels[0].expected < 35
    assert said.channels[0].labels == MODEL.roles.channels[0].labels
    assert set(said.channels[0].labels) == {"ja", "en"}
    assert said.contacts_seen == 0
    assert said.contacts_expected is not None
    assert said.contacts_expected > 1
    assert said.no_contact_probability is not None
    assert said.no_contact_probability < 0.6
    assert said.log_odds is not None
    assert said.log_odds > 0


def test_with_contact_unknown_the_signal_is_struggling_and_the_evidence_says_unknown() -> None:
    model = small_model("none")
    cohort = usual(model)
    events = {"act": steady(1, 5), "error": on_days(1, dict.fromkeys(range(28), 2.5)), "help": steady(1, 0.5)}
    standing, found = evaluate(model, cohort, panel_of(model, events, 1), Standing.new(1), np.array([DAY]))
    assert standing.open[KIND_ROWS[SignalKind.STRUGGLING], 0]
    assert not standing.open[KIND_ROWS[SignalKind.SILENT_STRUGGLING], 0]
    said = evidence_of(model, found.struggle, 0, [Met(1, "error", 70, 28)] * 2)
    assert (said.contacts_seen, said.contacts_expected, said.no_contact_probability) == (None, None, None)
    assert said.log_odds == pytest.approx(found.struggle.trouble[0], abs=1e-5)


def test_who_was_called_silent_is_so_no_more_once_the_contact_source_is_gone() -> None:
    previous = Standing.new(1)
    previous.open[KIND_ROWS[SignalKind.SILENT_STRUGGLING]] = True
    model = small_model("none")
    standing = evaluate(model, usual(model), panel_of(model, {}, 1), previous, np.array([DAY]))[0]
    assert not standing.open[KIND_ROWS[SignalKind.SILENT_STRUGGLING], 0]


def test_too_little_data_opens_no_struggle_however_bad_it_looks() -> None:
    panel = panel_of(MODEL, {"act": on_days(1, {0: 9}), "error": on_days(1, {0: 9})}, 1)
    found = evaluate(MODEL, COHORT, panel, Standing.new(1), np.array([DAY]))[1]
    assert found.struggle.trouble[0] > 0
    assert found.episodes.changes.kind.tolist() == []


def test_an_account_of_which_nothing_is_known_has_no_band() -> None:
    model = default_model()
    panel = panel_of(model, {}, 1, users_total=0, seats=np.nan, age_days=0)
    standing, found = evaluate(model, fit(model, sketch(model, panel)), panel, Standing.new(1), np.array([DAY]))
    assert standing.band[0] == BAND_CODES[Band.UNKNOWN]
    assert np.isnan(found.health.score[0])


def test_the_default_model_tells_a_thriving_account_from_a_leaving_one() -> None:
    model = default_model()
    n = 60
    act, failed = steady(n, 6), on_days(n, {9: 1, 30: 2, 90: 3})
    act[0, -40:] = failed[0, -40:] = 0
    events = {"report made": act, "export failed": failed, "ticket opened": on_days(n, {5: 1})}
    panel = panel_of(model, events, n, users=6, users_total=9)
    panel = replace(panel, users=np.where(np.arange(n) == 0, 0.0, panel.users))
    standing = evaluate(model, fit(model, sketch(model, panel)), panel, Standing.new(n), np.full(n, DAY))[0]
    assert standing.band[0] == BAND_CODES[Band.CRITICAL]
    assert (standing.band[1:] == BAND_CODES[Band.HEALTHY]).all()


def test_five_thousand_accounts_are_evaluated_in_well_under_a_second() -> None:
    model = default_model()
    rng = np.random.default_rng(0)
    panel = panel_of(model, {"act": rng.poisson(1, (5_000, 126)).astype(np.float64)}, 5_000)
    cohort = fit(model, sketch(model, panel))
    begin = time.perf_counter()
    evaluate(model, cohort, panel, Standing.new(5_000), np.full(5_000, DAY))
    assert time.perf_counter() - begin < 0.5
