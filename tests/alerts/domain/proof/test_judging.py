"""What makes a signal right or wrong, and that the order in which things became known does not matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_alerts.domain.acts import Verdict
from banso_alerts.domain.proof.judging import (
    JUDGED_DAYS,
    PASSING_DAYS,
    By,
    Case,
    Found,
    Happened,
    Judgement,
    Word,
    judge,
)
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import SignalKind, SignalState

OPENED, CLOSED = SignalState.OPENED, SignalState.CLOSED
SAID_AT = 100 * DAY_MS
OVER = SAID_AT + JUDGED_DAYS * DAY_MS
CASE = Case("acme/struggling/3/opened", "help", SignalKind.STRUGGLING, 3, SAID_AT)


def later(days: float, kind: SignalKind, state: SignalState = OPENED, episode: int = 1) -> Happened:
    return Happened(kind, state, episode, SAID_AT + round(days * DAY_MS))


CLOSES = later(PASSING_DAYS, SignalKind.STRUGGLING, CLOSED, 3)


@pytest.mark.parametrize("kind", [SignalKind.CONTRACT_ENDED, SignalKind.CONTACT_MADE, SignalKind.HEALTH_CRITICAL])
def test_trouble_that_shows_within_the_days_was_right(kind: SignalKind) -> None:
    shown = later(JUDGED_DAYS, kind)
    assert judge(CASE, [], [shown], OVER) == Judgement(Found.RIGHT, By.OUTCOME, shown.at, True)


@pytest.mark.parametrize(
    "happened",
    [
        later(JUDGED_DAYS + 0.01, SignalKind.CONTACT_MADE),
        later(-1, SignalKind.CONTACT_MADE),
        later(0, SignalKind.CONTACT_MADE),
        later(3, SignalKind.CONTRACT_RENEWED),
        later(3, SignalKind.HEALTH_CRITICAL, CLOSED),
        later(3, SignalKind.STRUGGLING, OPENED, 4),
    ],
)
def test_what_came_too_late_before_or_says_nothing_leaves_it_open(happened: Happened) -> None:
    assert judge(CASE, [], [happened], OVER).found is Found.OPEN


def test_a_rule_does_not_confirm_itself() -> None:
    own = Case("acme/health-critical/1/opened", "rescue", SignalKind.HEALTH_CRITICAL, 1, SAID_AT)
    assert judge(own, [], [later(3, SignalKind.HEALTH_CRITICAL, OPENED, 2)], OVER).found is Found.OPEN


def test_what_passes_by_itself_was_wrong_and_a_contact_before_or_after_makes_it_right() -> None:
    assert judge(CASE, [], [CLOSES], OVER) == Judgement(Found.WRONG, By.OUTCOME, CLOSES.at, True)
    for days in (PASSING_DAYS - 1, PASSING_DAYS + 1):
        assert judge(CASE, [], [CLOSES, later(days, SignalKind.CONTACT_MADE)], OVER).found is Found.RIGHT


def test_what_passes_late_or_in_somebodys_hand_stays_open() -> None:
    assert judge(CASE, [], [later(PASSING_DAYS + 0.01, SignalKind.STRUGGLING, CLOSED, 3)], OVER).found is Found.OPEN
    assert judge(CASE, [], [later(2, SignalKind.STRUGGLING, CLOSED, 2)], OVER).found is Found.OPEN
    taken = Case(CASE.signal_key, CASE.play, CASE.kind, 3, SAID_AT, taken_at=SAID_AT + DAY_MS)
    assert judge(taken, [], [CLOSES], OVER).found is Found.OPEN


def test_before_its_days_are_over_it_is_pending_and_nothing_of_later_is_known() -> None:
    shown = later(5, SignalKind.CONTACT_MADE)
    assert judge(CASE, [], [shown], shown.at - 1) == Judgement(Found.PENDING, By.OUTCOME, SAID_AT, False)
    assert judge(CASE, [], [shown], shown.at) == Judgement(Found.RIGHT, By.OUTCOME, shown.at, False)


def test_a_persons_newest_word_wins_over_everything() -> None:
    wrong, knew = Word(Verdict.NOT_REAL, "sato", OVER + 5), Word(Verdict.KNEW_IT, "ito", OVER + 9)
    contact = later(2, SignalKind.CONTACT_MADE)
    assert judge(CASE, [wrong], [contact], OVER) == Judgement(Found.WRONG, By.PERSON, wrong.at, True)
    assert judge(CASE, [knew, wrong], [], OVER) == Judgement(Found.RIGHT, By.PERSON, knew.at, True)


def test_only_people_judge_a_moment() -> None:
    goal = Case("acme/goal-reached/1/opened", "celebrate", SignalKind.GOAL_REACHED, 1, SAID_AT)
    assert judge(goal, [], [later(2, SignalKind.CONTACT_MADE)], OVER).found is Found.OPEN
    assert judge(goal, [Word(Verdict.REAL, "sato", OVER)], [], OVER).found is Found.RIGHT


HAPPENED = st.builds(
    Happened,
    st.sampled_from(SignalKind),
    st.sampled_from(SignalState),
    st.integers(2, 4),
    st.integers(SAID_AT - DAY_MS, OVER + DAY_MS),
)
WORDS = st.builds(Word, st.sampled_from(Verdict), st.sampled_from("ab"), st.integers(SAID_AT, SAID_AT + 3))


@given(st.lists(WORDS, max_size=3).flatmap(lambda w: st.tuples(st.just(w), st.permutations(w))), st.data())
def test_the_order_in_which_it_became_known_does_not_matter(
    words: tuple[list[Word], list[Word]], data: st.DataObject
) -> None:
    happened = data.draw(st.lists(HAPPENED, max_size=6))
    shuffled = data.draw(st.permutations(happened))
    now = data.draw(st.integers(SAID_AT, OVER + 9))
    assert judge(CASE, words[0], happened, now) == judge(CASE, words[1], shuffled, now)


@given(st.lists(HAPPENED, max_size=6), st.integers(SAID_AT, OVER), st.integers(0, 14 * DAY_MS))
def test_what_is_right_stays_right_as_time_goes_on(happened: list[Happened], now: int, more: int) -> None:
    if judge(CASE, [], happened, now).found is Found.RIGHT:
        assert judge(CASE, [], happened, now + more).found is Found.RIGHT
