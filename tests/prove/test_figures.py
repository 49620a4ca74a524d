"""What precision, recall, delay and false alarms mean, on cases that can be counted by hand."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from banso_standalone.world.spec import State
from prove.figures import entries, figures, found, listed, on_list
from prove.truth import CODES, Episode

DAYS = list(range(100, 170, 7))
N = 50
Telling = tuple[np.ndarray, np.ndarray, float, float, int]


def states(*silent: tuple[int, int, int]) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    """Fine, but for (account, begin, end) in silent trouble."""
    made = np.full((len(DAYS), N), CODES[State.FINE], np.int8)
    for account, begin, end in silent:
        made[[begin <= day < end for day in DAYS], account] = CODES[State.SILENT]
    return made


def test_the_budget_is_a_share_of_those_who_are_there_and_equals_are_taken_in_order() -> None:
    scores = np.array([[1.0, 5.0, 5.0, np.nan, 9.0]])
    alive = np.array([[True, True, True, True, False]])
    assert listed(scores, alive, budget=0.25).tolist() == [[False, True, False, False, False]]
    assert listed(scores, alive, budget=0.5).tolist() == [[False, True, True, False, False]]
    assert listed(scores, alive, budget=1.0).tolist() == [[True, True, True, False, False]], (
        "who has no score is not listed"
    )


def test_half_of_a_list_is_news_until_four_lists_later() -> None:
    scores = np.tile(np.arange(10.0, 0.0, -1.0), (6, 1))
    on = listed(scores, np.ones(scores.shape, np.bool_), news=0.5, budget=0.4)
    assert [np.flatnonzero(row).tolist() for row in on[:3]] == [[0, 1, 2, 3], [0, 1, 4, 5], [0, 1, 6, 7]]
    assert listed(scores, np.ones(scores.shape, np.bool_), budget=0.4).sum(axis=0).tolist() == [6] * 4 + [0] * 6
    rested = listed(scores[:, :5], np.ones((6, 5), np.bool_), news=1.0, budget=0.2)
    assert [np.flatnonzero(row).tolist() for row in rested] == [[0], [1], [2], [3], [4], [0]]


def test_a_place_given_on_a_day_is_held_for_a_week_and_a_seventh_of_them_becomes_free_each_day() -> None:
    scores = np.tile(np.arange(14.0, 0.0, -1.0), (9, 1))
    first = listed(scores, np.ones(scores.shape, np.bool_), budget=0.5, term=7)
    assert [np.flatnonzero(row).tolist() for row in first] == [[0], [1], [2], [3], [4], [5], [6], [0], [1]]
    assert on_list(first, 7).sum(axis=1).tolist() == [1, 2, 3, 4, 5, 6, 7, 7, 7]
    news = listed(scores, np.ones(scores.shape, np.bool_), news=1.0, budget=0.5, term=7)
    assert [np.flatnonzero(row).tolist() for row in news[6:]] == [[6], [7], [8]]
    assert on_list(news, 7).sum(axis=1).tolist() == [1, 2, 3, 4, 5, 6, 7, 7, 7]


@st.composite
def telling(draw: st.DrawFn) -> Telling:
    """Scores (some the same, some not known), who is there, the share of news, a budget and a term."""
    days, n = draw(st.integers(1, 60)), draw(st.integers(1, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    level = random.normal(size=n) * draw(st.sampled_from([0.0, 1.0, 5.0]))
    scores = np.round(level + random.normal(size=(days, n)), draw(st.integers(0, 2)))
    scores[random.random(scores.shape) < 0.1] = np.nan
    left = random.integers(1, 3 * days + 1, n)
    alive = np.arange(days)[:, None] < left
    news, budget = draw(st.sampled_from([0.0, 0.3, 0.5, 1.0])), draw(st.floats(0.0, 0.6))
    return scores, alive, news, budget, draw(st.integers(1, 9))


@given(telling())
def test_a_list_never_has_more_than_its_places_nor_less_news_than_it_says(
    told: Telling,
) -> None:
    scores, alive, news, budget, term = told
    came = listed(scores, alive, news, budget, term)
    places = np.round(budget * alive.sum(axis=1)).astype(int)
    for day, row in enumerate(came):
        here, before = came[max(0, day - term + 1) : day + 1], came[max(0, day - term + 1) : day]
        assert not row.any() or here.sum() <= places[day]
        assert row.sum() <= -(-places[day] // term), "no day has more than its part"
        assert not (row & before.any(axis=0)).any(), "who is on the list is given no other place"
        assert (alive[day] & ~np.isnan(scores[day]))[row].all()
        again = sum(
            int((came[one] & came[max(0, one - 5 * term + 1) : one].any(axis=0)).sum())
            for one in range(max(0, day - term + 1), day + 1)
        )
        assert not row.any() or again <= max(places[max(0, day - term + 1) : day + 1]) * (1 - news) + 0.5


@given(telling(), st.integers(0, 59))
def test_a_list_knows_nothing_of_the_days_that_come(told: Telling, today: int) -> None:
    scores, alive, news, budget, term = told
    other = scores.copy()
    other[today + 1 :] = -other[today + 1 :, ::-1]
    then = alive.copy()
    then[today + 1 :] = True
    one, two = (listed(*some, news, budget, term)[: today + 1] for some in ((scores, alive), (other, then)))
    assert np.array_equal(one, two)


@given(telling())
def test_a_list_kept_daily_gives_as_many_places_a_week_as_one_drawn_weekly(
    told: Telling,
) -> None:
    scores, _, _, budget, term = told
    scores = np.repeat(np.nan_to_num(scores), 6, axis=1)
    all_here = np.ones(scores.shape, np.bool_)
    places = round(budget * scores.shape[1])
    daily = listed(scores, all_here, 0.0, budget, term).sum(axis=1)
    assert all(daily[day : day + term].sum() == places for day in range(len(daily) - term + 1))
    assert (listed(scores, all_here, 0.0, budget).sum(axis=1) == places).all()


@given(telling())
def test_whoever_is_passed_over_is_less_bad_or_on_the_list_or_no_news(
    told: Telling,
) -> None:
    scores, alive, news, budget, term = told
    came = listed(scores, alive, news, budget, term)
    for day in np.flatnonzero(came.any(axis=1)).tolist():
        known = np.where(alive[day], scores[day], np.nan)
        lately = came[max(0, day - 5 * term + 1) : day].any(axis=0)
        passed = ~came[day] & ~np.isnan(known) & ~lately
        assert not (known[passed] > np.nanmin(known[came[day]])).any()


def test_an_entry_is_on_after_off_and_the_first_day_tells_nothing() -> None:
    on = np.array([[True, False], [True, True], [False, True], [True, True]])
    assert entries(on).tolist() == [[False, False], [False, True], [False, False], [True, False]]


def test_precision_counts_account_weeks_and_recall_counts_episodes() -> None:
    truth = states((0, 107, 142), (1, 107, 142))
    on = np.zeros_like(truth, np.bool_)
    on[DAYS.index(121), 0] = on[DAYS.index(128), 0] = True
    on[DAYS.index(121), 7] = True
    episodes = [Episode(account, State.SILENT, 107, 142, account == 0) for account in (0, 1)]
    one = figures([found(on, truth, DAYS, episodes)])
    assert math.isclose(one.precision, 2 / 3)
    assert one.recall == 0.5
    assert one.delay_days == 121 - 107
    assert one.lead_days == 142 - 121
    assert one.picks == 3


def test_being_listed_after_an_episode_is_over_finds_nothing() -> None:
    truth = states((0, 107, 121))
    on = np.zeros_like(truth, np.bool_)
    on[DAYS.index(121), 0] = True
    one = figures([found(on, truth, DAYS, [Episode(0, State.SILENT, 107, 121, False)])])
    assert (one.precision, one.recall) == (0.0, 0.0)
    assert math.isnan(one.delay_days)


def test_false_alarms_are_entries_of_accounts_that_are_not_silent_by_account_year() -> None:
    truth = states((0, 107, 170))
    on = np.zeros_like(truth, np.bool_)
    on[2:5, 0] = on[3:6, 4] = True
    one = figures([found(on, truth, DAYS, [])])
    assert math.isclose(one.false_alarms, 1 / (N * len(DAYS) * 7 / 365))


def test_episodes_that_nobody_could_have_found_in_time_are_not_counted() -> None:
    begins = (DAYS[0] - 8, DAYS[0] - 7, DAYS[-1] - 14, DAYS[-1] - 13)
    episodes = [Episode(n, State.SILENT, begin, begin + 40, False) for n, begin in enumerate(begins)]
    episodes.append(Episode(9, State.VOCAL, DAYS[2], DAYS[5], False))
    assert found(np.zeros((len(DAYS), N), np.bool_), states(), DAYS, episodes).episodes == 2


def test_a_place_on_the_daily_list_counts_once_and_who_stays_comes_on_once() -> None:
    days = list(range(100, 130))
    truth = np.full((len(days), N), CODES[State.FINE], np.int8)
    truth[10:, 0] = CODES[State.SILENT]
    came = np.zeros_like(truth, np.bool_)
    came[[8, 15, 22], 0] = came[[9, 16], 1] = came[12, 2] = True
    one = found(came, truth, days, [Episode(0, State.SILENT, 110, 140, False)], 7)
    assert one.picks == {State.SILENT: 2, State.FINE: 4}
    assert one.delays == (5,), "a place given before the trouble began has not found it"
    assert (one.entries, one.false_entries) == (3, 3), "who is given a place again on the next day has not left"


def test_worlds_are_pooled_by_their_counts_not_by_their_means() -> None:
    truth = states((0, 100, 170))
    much, little = np.zeros_like(truth, np.bool_), np.zeros_like(truth, np.bool_)
    much[:, 0] = True
    little[0, 5] = True
    parts = [found(on, truth, DAYS, []) for on in (much, little)]
    assert math.isclose(figures(parts).precision, 10 / 11)
    assert math.isnan(figures([]).precision)
