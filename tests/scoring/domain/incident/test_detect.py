"""The same trouble in several accounts opens an incident with the most exact name, chance does not, and it closes when
it is as rare as before and not because nobody was there."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from banso_scoring.domain.incident.detect import closing, log_tail, opening
from banso_scoring.domain.incident.rules import IncidentRules
from banso_scoring.domain.incident.signature import Signature
from banso_scoring.domain.incident.signature_days import DAYS_SEEN
from tests.scoring.domain.incident.made import TODAY, Hit, hits_of, usual

RULES = IncidentRules()
OLD, NEW = Signature("error", "csv", "2.2.0"), Signature("error", "csv", "2.3.1")
CSV = Signature("error", "csv")


def struck(trouble: Signature, accounts: range, ago: int = 0, count: int = 1) -> list[Hit]:
    return [(trouble, account, ago, count) for account in accounts]


def test_six_of_forty_accounts_and_a_new_version_are_one_incident_that_names_it() -> None:
    (found,) = opening(hits_of(usual(40, 0.002, 1, OLD) + struck(NEW, range(6)), 40), (), RULES)
    assert found.named == NEW
    assert found.watched == CSV
    assert found.first_day == TODAY
    assert found.accounts >= 6
    assert found.expected < 1


def test_a_release_after_which_all_goes_on_as_before_is_no_incident() -> None:
    before = usual(60, 0.03, 2, OLD, until=3)
    after = [hit for hit in usual(60, 0.03, 5, NEW) if hit[2] < 3]
    assert len(after) > 2
    assert opening(hits_of(before + after, 60), (), RULES) == []


def test_accounts_that_always_met_it_are_hit_when_they_meet_it_far_harder() -> None:
    chronic = [(OLD, account, ago, 2) for account in range(10) for ago in range(DAYS_SEEN)]
    assert opening(hits_of(chronic, 40), (), RULES) == []
    (found,) = opening(hits_of(chronic + struck(NEW, range(6), count=20), 40), (), RULES)
    assert found.named == NEW


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ([("csv", "2.3.1")], Signature("error", "csv", "2.3.1")),
        ([("csv", "2.3.1"), ("csv", "2.3.0")], Signature("error", "csv")),
        ([("csv", "2.3.1"), ("pdf", "2.3.1")], Signature("error", "", "2.3.1")),
        ([("csv", "2.3.1"), ("pdf", "2.2.0")], Signature("error")),
        ([("", "")], Signature("error")),
        ([("csv", "")], Signature("error", "csv")),
    ],
)
def test_the_most_exact_name_that_holds_four_of_five_is_taken(parts: list[tuple[str, str]], named: Signature) -> None:
    hits = [(Signature("error", *parts[account % len(parts)]), account, 0, 1) for account in range(20)]
    past = struck(Signature("error", "login", "1"), range(90, 93), ago=20)
    found = opening(hits_of(past + hits, 100), (), RULES)
    assert [one.named for one in found] == [named]


def test_what_is_told_already_opens_no_second_incident() -> None:
    hits = hits_of(struck(NEW, range(6)), 40)
    for watched in (CSV, Signature("error")):
        assert opening(hits, [watched], RULES) == []
    assert len(opening(hits, [Signature("error", "pdf")], RULES)) == 1


def test_fewer_accounts_than_the_model_asks_for_are_no_incident() -> None:
    hits = hits_of(struck(NEW, range(5)), 40)
    assert len(opening(hits, (), replace(RULES, accounts_min=5))) == 1
    assert opening(hits, (), replace(RULES, accounts_min=6)) == []
    assert opening(hits, (), replace(RULES, share_min=0.2)) == []


@pytest.mark.parametrize(("days", "opens"), [(13, 0), (20, 1)])
def test_a_house_that_has_just_been_seen_opens_none(days: int, opens: int) -> None:
    hits = hits_of(struck(NEW, range(6)), 40)
    active = np.where(np.arange(DAYS_SEEN) >= DAYS_SEEN - days, 40, 0)
    assert len(opening(replace(hits, active=active), (), RULES)) == opens


def test_an_earlier_incident_does_not_become_what_is_usual() -> None:
    earlier = [(NEW, account, ago, 1) for account in range(30) for ago in (14, 15)]
    hits = hits_of(earlier + struck(NEW, range(30, 36)), 40)
    assert opening(hits, (), RULES) == []
    assert len(opening(hits, (), RULES, {"error": range(TODAY - 15, TODAY - 13)})) == 1


@given(st.integers(0, 2**31), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_it_does_not_matter_which_lane_an_account_is_in(seed: int, lanes: int) -> None:
    hits = usual(30, 0.02, seed, OLD) + usual(30, 0.1, seed + 1, NEW)
    whole, parted = hits_of(hits, 30), hits_of(hits, 30, lanes)
    assert opening(whole, (), RULES) == opening(parted, (), RULES)
    rows, parts = ({one: rows.tolist() for one, rows in each.counts.items()} for each in (whole, parted))
    assert rows == parts


def test_trouble_on_days_on_which_nobody_counts_is_no_fault() -> None:
    hits = hits_of([hit for ago in range(10, 30) for hit in struck(NEW, range(6), ago)] + struck(NEW, range(6)), 40)
    active = np.where(np.arange(DAYS_SEEN) < 25, 40, 0)
    assert opening(replace(hits, active=active), (), RULES) == []


def test_chance_opens_hardly_any_incident() -> None:
    """200 houses, 8 troubles each, from rare to common: of all of them together 0.02 incidents are allowed."""
    opened = 0
    for seed in range(200):
        hits = [
            hit
            for n, a_day in enumerate((0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3))
            for hit in usual(50, a_day, 97 * seed + n, Signature("error", f"f{n}", "1"))
        ]
        opened += len(opening(hits_of(hits, 50), (), RULES))
    assert opened <= 1


@given(st.floats(0.01, 50), st.floats(0.5, 40), st.integers(1, 200))
@settings(deadline=None)
def test_the_tail_is_never_said_to_be_rarer_than_it_is(mean: float, shape: float, seen: int) -> None:
    share = mean / (shape + mean)
    chance = 0.0
    for n in range(seen, seen + 3_000):
        term = math.lgamma(shape + n) - math.lgamma(shape) - math.lgamma(n + 1)
        chance += math.exp(term + n * math.log(share) + shape * math.log1p(-share))
    assume(chance > 1e-290)  # below, sums lose their digits
    assert log_tail(seen, mean, shape) >= min(math.log(chance), 0.0) - 1e-6


@pytest.mark.parametrize(("ago", "over"), [(1, False), (2, False), (3, True)])
def test_it_is_over_once_it_is_as_rare_as_before(ago: int, over: bool) -> None:
    assert closing(hits_of(struck(NEW, range(8), ago=ago), 40), CSV, TODAY - ago, 0.001) is over


def test_days_without_use_do_not_end_it() -> None:
    hits = hits_of(struck(NEW, range(8), ago=4), 40)
    away = np.where(np.arange(DAYS_SEEN) >= DAYS_SEEN - 4, 0, 40)
    assert closing(hits, CSV, TODAY - 4, 0.001)
    assert not closing(replace(hits, active=away), CSV, TODAY - 4, 0.001)


def test_a_newer_version_that_still_fails_keeps_it_open() -> None:
    newer = [(Signature("error", "csv", "2.3.2"), account, ago, 1) for account in range(8) for ago in range(3)]
    assert not closing(hits_of(struck(NEW, range(8), ago=4) + newer, 40), CSV, TODAY - 4, 0.001)


def test_after_four_weeks_it_is_what_is_usual() -> None:
    hits = hits_of([(NEW, account, ago, 1) for account in range(8) for ago in range(29)], 40)
    assert not closing(hits, CSV, TODAY - 27, 0.001)
    assert closing(hits, CSV, TODAY - 28, 0.001)
