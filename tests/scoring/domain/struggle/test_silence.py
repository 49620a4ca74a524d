"""The struggle statistic: worked examples, and what must hold whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.panel import DAYS, Floats, Panel
from banso_scoring.domain.facts.windows import BEGUN_DAYS
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.silence import SILENT, Struggle, at_most, evaluate
from banso_scoring.domain.struggle.trouble import EVIDENCE_MAX, LOG_BEGUN, SIZES, log_ratio, worse
from banso_scoring.domain.struggle.usual import Cohort, fit
from banso_scoring.domain.success_model import Channel
from tests.scoring.domain.builders import on_days, panel_of, random_panel, small_model, steady, usual

MODEL = small_model()
COHORT = usual(MODEL)


def struggle_of(panel: Panel, cohort: Cohort = COHORT, known: bool = True) -> Struggle:
    return evaluate(MODEL, panel, cohort, known)


def accounts(act: float = 5, errors: float = 0, contacts: float = 0, seats: float = 10) -> Panel:
    """One account; errors and contacts a day over the last 28 days."""
    recent = dict.fromkeys(range(28), 1.0)
    events = {
        "act": steady(1, act),
        "error": on_days(1, recent) * errors,
        "help": steady(1, act / 10),
        "contact": on_days(1, recent) * contacts,
    }
    return panel_of(MODEL, events, 1, seats=seats)


def test_the_log_ratio_is_that_of_two_negative_binomials() -> None:
    # NB(3; 2, 8) and NB(3; 5, 8) by hand: C(10,3)·(.2)^3·(.8)^8 and C(10,3)·(5/13)^3·(8/13)^8
    expected = np.log((5 / 13) ** 3 * (8 / 13) ** 8) - np.log(0.2**3 * 0.8**8)
    assert log_ratio(np.array([3.0]), np.array([2.0]), np.array([8.0]), 1.5) == pytest.approx(expected)


@pytest.mark.parametrize("channel", [replace(MODEL.roles.channels[0], weight=weight) for weight in (0.5, 1.0)])
def test_evidence_is_worked_out_in_logarithms_where_likelihoods_leave_the_range_of_floats(channel: Channel) -> None:
    n, expected, shape = np.array([0.0, 3.0, 400.0, 900.0, 90_000.0, 7.0]), np.full(6, 2.0), np.full(6, 8.0)
    expected[-1] = 0.0
    found = np.empty(6)
    worse(n, expected, shape, channel, out=found)
    ratios = np.stack([log_ratio(n, expected, shape, size * (channel.ratio - 1.0)) for size in SIZES])
    mean = np.logaddexp.reduce(channel.weight * ratios) - np.log(len(SIZES))
    assert found[:-1] == pytest.approx(np.logaddexp(0.0, mean)[:-1] - np.log(2.0), rel=1e-12)
    assert found[-1] == 0.0


def test_what_is_told_of_the_leading_beginning_is_what_was_summed_over_channels() -> None:
    panel = random_panel(MODEL, 40, 3)
    friction = struggle_of(panel).friction
    told, paces, sures = friction.leading()
    begun = (friction.by_beginning + LOG_BEGUN[:, None]).argmax(axis=0)
    assert told.sum(axis=0) == pytest.approx(friction.by_beginning[begun, np.arange(40)], rel=1e-12)
    some = np.array([3, 17, 39])
    for whole, part in zip((told, paces, sures), friction.leading(some), strict=True):
        assert np.array_equal(whole[:, some], part)


def test_who_is_called_silent_is_shown_the_days_of_silence_and_not_what_they_wrote_before_it() -> None:
    wrote = on_days(2, dict.fromkeys(range(20, 56, 4), 1.0))
    worse = on_days(2, dict.fromkeys(range(16), 1.0)) * np.array([[2.0], [0.0]])
    events = {"act": steady(2, 5), "error": worse + steady(2, 0.1), "help": steady(2, 0.5), "contact": wrote}
    found = struggle_of(panel_of(MODEL, events, 2, seats=10))
    assert found.log_odds[0] > 0 > found.log_odds[1]
    assert found.window_days.tolist() == [16, MODEL.silence.shown_days]
    assert found.attempts.tolist() == [80.0, 280.0]
    assert found.contacts_seen.tolist() == [0.0, 9.0]
    assert found.contacts_expected[0] > 1
    assert found.seen[0, 0] > 5 * found.expected[0, 0]
    assert np.allclose(found.contacts_from.sum(axis=0), found.contacts_expected)


def test_the_odds_of_no_contact_are_a_over_a_plus_m_to_the_a() -> None:
    assert at_most(np.array([0.0]), np.array([3.0]), 3.0) == pytest.approx(0.125)
    # one contact: + 3·(1/2)^3·(1/2)
    assert at_most(np.array([1.0]), np.array([3.0]), 3.0) == pytest.approx(0.125 + 0.1875)
    assert np.isnan(at_most(np.array([31.0]), np.array([3.0]), 3.0))


def test_an_account_without_any_evidence_stands_at_its_prior() -> None:
    found = struggle_of(panel_of(MODEL, {}, 1, age_days=0), replace(COHORT, contacts_per=np.zeros(3)))
    assert found.log_odds == pytest.approx(np.log(0.03 / (0.94 + 0.03 + 0.15)))
    assert found.trouble == pytest.approx(np.log(0.06 / 1.09))
    assert not found.enough_data[0]


def test_errors_far_over_the_expected_and_no_contact_are_a_silent_struggle_and_contact_is_none() -> None:
    silent = struggle_of(accounts(errors=2.5))
    vocal = struggle_of(accounts(errors=2.5, contacts=0.4))
    fine = struggle_of(accounts(errors=0.15))
    assert silent.log_odds[0] > 0 > vocal.log_odds[0]
    assert vocal.trouble[0] > 0 > fine.trouble[0]


def test_every_expected_contact_has_a_cause() -> None:
    found = struggle_of(random_panel(MODEL, 40, seed=9))
    assert found.contacts_from.sum(axis=0) == pytest.approx(found.contacts_expected)
    assert (found.contacts_from >= 0).all()


def test_a_chronic_error_account_is_its_own_baseline() -> None:
    chronic = panel_of(MODEL, {"act": steady(1, 5), "error": steady(1, 1.0)}, 1)
    sudden = accounts(errors=1.0)
    assert struggle_of(chronic).trouble[0] < -1.5 < struggle_of(sudden).trouble[0]


def test_who_used_to_write_and_now_does_not_is_more_silent_than_who_never_wrote() -> None:
    before = dict.fromkeys(range(100, 126), 1.0)
    panel = accounts(errors=2.5)
    daily = np.array(panel.daily)
    daily[MODEL.roles.contact] += on_days(1, before)
    wrote = replace(panel, daily=daily)
    never, once = struggle_of(panel), struggle_of(wrote)
    assert once.contacts_expected[0] > 1.1 * never.contacts_expected[0]
    assert once.log_odds[0] > never.log_odds[0] + 0.1
    assert once.log_evidence == pytest.approx(never.log_evidence)


def test_a_long_steady_past_makes_the_same_rise_say_more() -> None:
    def rises(scale: float) -> float:
        daily = {"act": steady(1, 20 * scale), "error": steady(1, scale) + on_days(1, dict.fromkeys(range(21), scale))}
        return float(struggle_of(panel_of(MODEL, daily, 1)).log_evidence[0, 0])

    assert rises(10) > rises(1) > rises(0.1)


def test_one_way_to_fail_is_trouble_though_all_others_are_calm() -> None:
    calm = {"act": steady(1, 50), "help": on_days(1, dict.fromkeys(range(28, 126), 5.0))}
    failing = struggle_of(panel_of(MODEL, calm | {"error": on_days(1, dict.fromkeys(range(28), 6.0))}, 1))
    assert failing.log_evidence[0, 0] > 3
    assert np.log(0.5) < failing.log_evidence[1, 0] < 0
    assert failing.trouble[0] > 0


def test_trouble_that_began_this_week_is_seen_this_week() -> None:
    week = on_days(1, dict.fromkeys(range(6), 2.0))
    assert struggle_of(panel_of(MODEL, {"act": steady(1, 10), "error": week}, 1)).trouble[0] > -1


def test_friction_is_held_against_attempts_so_a_busy_account_is_not_a_troubled_one() -> None:
    busy = panel_of(MODEL, {"act": steady(1, 100), "error": steady(1, 3)}, 1)
    slow = panel_of(MODEL, {"act": steady(1, 5), "error": on_days(1, dict.fromkeys(range(28), 3.0))}, 1)
    assert struggle_of(busy).trouble[0] < 0 < struggle_of(slow).trouble[0]


def test_without_a_contact_source_nobody_is_silent_and_trouble_is_still_told() -> None:
    found = struggle_of(accounts(errors=2.5), known=False)
    assert np.isnan(found.log_odds[0])
    assert np.isnan(found.contacts_expected[0])
    assert np.isnan(found.p_no_contact[0])
    assert found.trouble[0] > 0
    assert not found.contact_known


@pytest.mark.parametrize(("attempts", "enough"), [(9, False), (10, True)])
def test_under_ten_attempts_in_four_weeks_there_is_not_enough_data(attempts: int, enough: bool) -> None:
    panel = panel_of(MODEL, {"act": on_days(1, {0: attempts, 28: 50})}, 1)
    assert struggle_of(panel).enough_data[0] == enough


small = st.integers(0, 40)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 999), ago=st.integers(0, BEGUN_DAYS[0] - 1), more=st.integers(1, 10_000))
def test_more_friction_now_never_lowers_trouble_nor_silence(seed: int, ago: int, more: int) -> None:
    panel = random_panel(MODEL, 8, seed)
    daily = panel.daily.copy()
    daily[MODEL.roles.channels[0].series, :, DAYS - 1 - ago] += more
    before, after = struggle_of(panel), struggle_of(replace(panel, daily=daily))
    assert (after.trouble >= before.trouble - 1e-9).all()
    assert (after.log_odds >= before.log_odds - 1e-9).all()


def test_trouble_that_is_over_is_no_trouble_though_it_was_large() -> None:
    def trouble(since: int, until: int) -> float:
        errors = on_days(1, dict.fromkeys(range(until, since), 3.0))
        return float(struggle_of(panel_of(MODEL, {"act": steady(1, 20), "error": errors}, 1)).trouble[0])

    assert trouble(40, 0) > 3
    assert trouble(40, 14) < -1
    assert trouble(70, 49) < -2


def test_of_trouble_beyond_all_doubt_it_is_still_told_whether_it_goes_on() -> None:
    def trouble(until: int) -> float:
        errors = on_days(1, dict.fromkeys(range(until, 35), 5_000.0))
        return float(struggle_of(panel_of(MODEL, {"act": steady(1, 10_000), "error": errors}, 1)).trouble[0])

    assert trouble(0) > 5
    assert trouble(8) < -5


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 999), ago=st.integers(0, 27), more=st.integers(1, 10_000))
@example(seed=403, ago=27, more=1)  # before the beginning that says most
@example(seed=785, ago=3, more=1)
def test_more_contacts_lately_never_raise_silence(seed: int, ago: int, more: int) -> None:
    panel = random_panel(MODEL, 8, seed)
    daily = panel.daily.copy()
    daily[MODEL.roles.contact, :, DAYS - 1 - ago] += more
    before, after = struggle_of(panel), struggle_of(replace(panel, daily=daily))
    assert (after.log_odds <= before.log_odds + 1e-9).all()
    assert (after.states[SILENT] <= before.states[SILENT] + 1e-9).all()


@pytest.mark.parametrize("count", [0.0, 1.0, 1e6, 1e12])
@pytest.mark.parametrize("event", ["act", "error", "help", "contact"])
def test_nothing_breaks_at_nothing_and_at_huge_counts(event: str, count: float) -> None:
    panel = panel_of(MODEL, {event: steady(60, count)}, 60, seats=1e9)
    for cohort in (COHORT, fit(MODEL, sketch(MODEL, panel))):
        found = struggle_of(panel, cohort)
        for column in (found.trouble, found.log_odds, found.log_evidence, found.expected, found.contacts_expected):
            assert np.isfinite(column).all()
        assert (np.abs(found.log_evidence) <= EVIDENCE_MAX).all()


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(12)))
def test_accounts_do_not_see_each_other(order: list[int]) -> None:
    panel = random_panel(MODEL, 12, seed=4)
    one, other = struggle_of(panel), struggle_of(panel.take(np.array(order)))
    for name in ("trouble", "log_odds", "p_no_contact"):
        column: Floats = getattr(one, name)
        assert np.array_equal(column[order], getattr(other, name), equal_nan=True)
