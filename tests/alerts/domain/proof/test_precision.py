"""A rule that is surely too often wrong falls silent, comes back when it is surely good enough, and not by luck."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.domain.proof.precision import Floor, Track, Turn, TurnKind, Verdict, standing
from banso_alerts.domain.proof.wilson import wilson

FLOOR = Floor(share=0.3, verdicts_min=12)


def said(*rights: bool, since: int = 0) -> list[Verdict]:
    return [Verdict(f"{since}-{place:04}", since + place, right) for place, right in enumerate(rights)]


def test_a_rule_without_verdicts_may_speak() -> None:
    assert standing([], [], FLOOR).demoted is False


def test_it_is_demoted_at_the_verdict_that_makes_it_sure_and_not_before() -> None:
    assert not standing(said(*[False] * 11), [], FLOOR).demoted
    found = standing(said(*[False] * 12), [], FLOOR)
    assert found.turns == (Turn(TurnKind.DEMOTED, 11, Track(0, 12)),)
    assert wilson(0, 12)[1] < FLOOR.share


def test_between_surely_below_and_surely_above_it_stays_what_it_is() -> None:
    fair = [True, False, False] * 10  # a third: nobody can say
    assert not standing(said(*fair), [], FLOOR).demoted
    assert standing([*said(*[False] * 12), *said(*fair, since=100)], [], FLOOR).demoted


def test_it_recovers_by_the_same_measure_from_its_demotion_on() -> None:
    found = standing([*said(*[False] * 12), *said(*[True, True, False] * 6, since=100)], [], FLOOR)
    assert [turn.kind for turn in found.turns] == [TurnKind.DEMOTED, TurnKind.RECOVERED]
    assert found.turns[-1].track.bounds[0] > FLOOR.share
    assert not found.demoted


def test_a_person_restores_it_and_it_is_judged_anew() -> None:
    restored = Turn(TurnKind.RESTORED, 50, by="sato")
    found = standing([*said(*[False] * 12), *said(*[False] * 11, since=100)], [restored], FLOOR)
    assert not found.demoted
    again = standing([*said(*[False] * 12), *said(*[False] * 12, since=100)], [restored], FLOOR)
    assert [turn.kind for turn in again.turns] == [TurnKind.DEMOTED, TurnKind.RESTORED, TurnKind.DEMOTED]


@given(st.lists(st.booleans(), max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(rights: list[bool], dice: random.Random) -> None:
    verdicts = said(*rights)
    shuffled = list(verdicts)
    dice.shuffle(shuffled)
    assert standing(shuffled, [], FLOOR) == standing(verdicts, [], FLOOR)


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_the_record_is_that_of_the_newest_verdicts(rights: list[bool]) -> None:
    lately = rights[-FLOOR.window :]
    assert standing(said(*rights), [], FLOOR).track == Track(sum(lately), len(lately))


@pytest.mark.parametrize(("share", "fallen_max", "fallen_min"), [(0.6, 0.0, 0.0), (0.45, 0.06, 0.0), (0.1, 1.0, 0.95)])
def test_luck_alone_rarely_silences_a_good_rule_and_a_bad_one_falls(
    share: float, fallen_max: float, fallen_min: float
) -> None:
    """300 rules, each judged 60 times and looked at after every verdict."""
    dice = random.Random(7)
    rules = [said(*(dice.random() < share for _ in range(60))) for _ in range(300)]
    fallen = sum(any(turn.kind is TurnKind.DEMOTED for turn in standing(rule, [], FLOOR).turns) for rule in rules)
    assert fallen_min <= fallen / 300 <= fallen_max
