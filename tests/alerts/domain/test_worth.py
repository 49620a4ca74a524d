"""What an outreach is worth: amounts in one unit, the measured uplift first, and what nobody knows yet."""

from __future__ import annotations

import pytest

from banso_alerts.domain.worth import RANKS, WORK, Worth, amounts_of, last_told_of, surprise_of, worths_of
from banso_common.clock import DAY_MS
from tests.alerts.made import MONDAY_NOON, candidate, evidence, play, signal

COSTS = {"JPY": 8_000.0, "USD": 60.0}


def test_one_currency_is_its_own_unit_and_who_said_nothing_is_in_the_middle() -> None:
    accounts = {"a": ("JPY", 100.0), "b": ("JPY", 300.0), "c": ("JPY", 500.0), "d": None}
    assert amounts_of(accounts, {}) == ({"a": 100.0, "b": 300.0, "c": 500.0, "d": 300.0}, "JPY")


def test_several_currencies_are_hours_of_work_where_the_model_says_what_an_hour_costs() -> None:
    accounts = {"a": ("JPY", 800_000.0), "b": ("USD", 60_000.0)}
    assert amounts_of(accounts, COSTS) == ({"a": 100.0, "b": 1_000.0}, WORK)


def test_without_that_they_are_ranks_each_currency_for_itself() -> None:
    accounts = {"a": ("JPY", 1.0), "b": ("JPY", 5.0), "c": ("JPY", 5.0), "d": ("EUR", 9.0)}
    amounts, unit = amounts_of(accounts, COSTS)
    assert unit == RANKS
    assert amounts == {"a": pytest.approx(1 / 3), "b": 1.0, "c": 1.0, "d": 1.0}


def test_where_nobody_said_any_amount_all_are_alike() -> None:
    assert amounts_of({"a": None, "b": None}, COSTS)[0] == {"a": 1.0, "b": 1.0}


def test_the_more_certain_the_trouble_and_the_silence_and_the_longer_ago_the_last_word_the_greater_the_surprise() -> (
    None
):
    def surprise(log_odds: float | None, chance: float | None, days: float | None, wrote: int = 0) -> float:
        of = evidence(log_odds=log_odds, no_contact_probability=chance, contacts_seen=wrote)
        told = None if days is None else MONDAY_NOON - round(days * DAY_MS)
        return surprise_of(signal(evidence=of), told, MONDAY_NOON)

    assert surprise(0.0, 0.0, None) == pytest.approx(0.5)
    assert surprise(2.0, 0.2, None) > surprise(1.0, 0.2, None)
    assert surprise(1.0, 0.1, None) > surprise(1.0, 0.2, None)
    assert surprise(1.0, 0.2, None) > surprise(1.0, 0.2, 30) > surprise(1.0, 0.2, 3)
    assert surprise(1.0, 0.2, 14) == pytest.approx(surprise(1.0, 0.2, None) / 2)
    assert surprise(1.0, None, None) == surprise(1.0, 0.01, None, wrote=3), "who wrote is no surprise by silence"
    assert 0.0 <= surprise(-1e6, 1.0, 0) <= surprise(1e6, 0.0, None) <= 1.0
    assert surprise_of(signal(evidence=None), None, MONDAY_NOON) == 0.25


def test_a_measured_uplift_stands_before_the_believed_one() -> None:
    one = candidate()
    believed = worths_of([one], {}, {}, {}, MONDAY_NOON)[one.id]
    measured = worths_of([one], {one.play.name: 0.4}, {}, {}, MONDAY_NOON)[one.id]
    assert believed.uplift == play().uplift_prior == 0.2
    assert measured.value == pytest.approx(2 * believed.value)
    assert Worth(2.0, "JPY", 3.0, 4.0).value == 24.0


def test_news_of_another_signal_counts_and_of_our_own_does_not() -> None:
    told = [("acme", "one", 5), ("acme", "two", 7), ("other", "one", 9)]
    assert last_told_of(told, ["two"]) == {"acme": 5, "other": 9}
