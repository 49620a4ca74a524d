"""What precision, recall, delay and false alarms mean, on cases that can be counted by hand."""

from __future__ import annotations

import math

import numpy as np

from banso_standalone.world.spec import State
from prove.figures import entries, figures, found, listed
from prove.truth import CODES, Episode

DAYS = list(range(100, 170, 7))
N = 50


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


def test_worlds_are_pooled_by_their_counts_not_by_their_means() -> None:
    truth = states((0, 100, 170))
    much, little = np.zeros_like(truth, np.bool_), np.zeros_like(truth, np.bool_)
    much[:, 0] = True
    little[0, 5] = True
    parts = [found(on, truth, DAYS, []) for on in (much, little)]
    assert math.isclose(figures(parts).precision, 10 / 11)
    assert math.isnan(figures([]).precision)
