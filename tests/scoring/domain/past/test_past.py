"""The past with both clocks: what was known then does not change, and what is true now is all that came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.live import LiveWindow
from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.facts.stated import Stated
from banso_scoring.domain.past.past import NEVER, History, Past
from banso_scoring.domain.struggle.cohort import sketch
from banso_scoring.domain.struggle.usual import fit
from banso_scoring.model.load import load_model
from tests.scoring.domain.builders import SMALL
from tests.scoring.domain.facts.test_fact_columns import ACCOUNTS, Event, facts_of

MODEL = load_model(SMALL.replace("ended: [ended]", "ended: [help]"), "small.yaml")
ALL = np.arange(len(ACCOUNTS))
FIRST, LAST = 1_000, 1_040

stories = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(FIRST - DAYS - 20, LAST),
        st.integers(0, 60),
        st.sampled_from([0, 0, 0, 1]),
        st.integers(-(2**40), 2**40),
        st.sampled_from([0, 1, 2, 3]),
    ),
    max_size=30,
).map(lambda some: [(a, d, d + late, n, v, u and 10 * u + a) for a, d, late, n, v, u in some])
"""Events of names `act` and `help` (which here ends the contract), each known up to 60 days late."""


def past_of(some: Sequence[Event]) -> Past:
    spoken = np.array([FIRST - 30, FIRST + 7, NEVER])
    said = {0: {"seats": [Stated(FIRST + 3, 1, FIRST + 3, 9)]}, 1: {"seats": [Stated(FIRST - 90, 2, FIRST - 80, 9)]}}
    return Past(MODEL, replace(History.of(facts_of(some), spoken), statements=said))


def bytes_of(panel: Panel) -> tuple[bytes, ...]:
    columns = (getattr(panel, name) for name in Panel.__slots__ if name not in ("plans", "said"))
    return tuple(b"" if column is None else column.tobytes() for column in columns)


@given(some=stories, later=stories, day=st.integers(FIRST, LAST), ago=st.integers(-5, 40))
@settings(deadline=None)
def test_nothing_that_became_known_later_changes_what_was_known(
    some: list[Event], later: list[Event], day: int, ago: int
) -> None:
    known = day - ago
    came = [event for event in later if event[2] > known]
    before = past_of(some).panel(ALL, day, known)
    assert bytes_of(past_of([*some, *came]).panel(ALL, day, known)) == bytes_of(before)


@given(some=stories, every=st.integers(1, 9))
@settings(deadline=None)
def test_a_walk_shows_each_day_as_it_was_known(some: list[Event], every: int) -> None:
    past = past_of(some)
    days = []
    for known in past.walk(FIRST, LAST, every):
        days.append(known.day)
        assert bytes_of(known.panel(ALL)) == bytes_of(past.panel(ALL, known.day, known.day))
    assert days == list(range(FIRST, LAST + 1, every))


@given(some=stories, day=st.integers(FIRST, LAST))
@settings(deadline=None)
def test_what_is_true_now_is_all_that_came(some: list[Event], day: int) -> None:
    seen = past_of(some).panel(ALL, day)
    window = LiveWindow(MODEL, day)
    window.make_room(len(ACCOUNTS), day)
    window.add(facts_of([event for event in some if event[1] <= day]), ALL)
    first = np.array([FIRST - 30, FIRST + 7, NEVER])
    for account, happened, *_ in some:
        first[account] = min(first[account], happened)
    told = window.panel(ALL, day, np.array([9.0 if day >= FIRST + 3 else np.nan, 9.0, np.nan]), np.minimum(first, day))
    for column in ("daily", "users", "users_total", "age_days", "seats"):
        assert getattr(seen, column).tobytes() == getattr(told, column).tobytes(), column


@given(some=stories)
@settings(deadline=None)
def test_the_cohort_of_a_day_is_that_of_the_accounts_that_were_there(some: list[Event]) -> None:
    past = past_of(some)
    for known in past.walk(LAST, LAST):
        told = fit(MODEL, sketch(MODEL, past.panel(known.positions, LAST, LAST), LAST))
        assert known.cohort().profile.tobytes() == told.profile.tobytes()
        assert known.cohort().accounts == len(known.positions)


def test_an_account_is_there_from_the_day_it_was_known_until_the_day_its_end_was() -> None:
    past = past_of(
        [(1, FIRST - 5, FIRST + 4, 0, 0, 0), (2, FIRST, FIRST, 0, 0, 0), (2, FIRST + 10, FIRST + 15, 1, 0, 0)]
    )
    there = {known.day: known.positions.tolist() for known in past.walk(FIRST, LAST)}
    assert there[FIRST] == [0, 2]
    assert there[FIRST + 4] == [0, 1, 2]
    assert there[FIRST + 14] == [0, 1, 2]
    assert there[FIRST + 15] == [0, 1]
    assert past.outcomes.after(FIRST + 9).tolist() == [NEVER, NEVER, FIRST + 10]
    assert past.outcomes.after(FIRST + 10).tolist() == [NEVER, NEVER, NEVER]


def test_a_contract_that_is_soon_renewed_did_not_end() -> None:
    model = load_model(
        SMALL.replace("renewed: [renewed]", "renewed: [act]").replace("ended: [ended]", "ended: [help]"), "m"
    )
    ends: list[Event] = [(a, FIRST, FIRST, 1, 0, 0) for a in range(3)]
    again: list[Event] = [(1, FIRST, FIRST, 0, 0, 0), (2, FIRST + 30, FIRST + 30, 0, 0, 0)]
    before: list[Event] = [(0, FIRST - 1, FIRST - 1, 0, 0, 0), (0, FIRST + 31, FIRST + 31, 0, 0, 0)]
    past = Past(model, History.of(facts_of([*ends, *again, *before])))
    assert past.outcomes.after(0).tolist() == [FIRST, NEVER, NEVER]


def test_what_was_said_counts_from_the_day_it_was_said() -> None:
    past = past_of([(2, FIRST, FIRST, 0, 0, 0)])
    assert np.isnan(past.panel(ALL, FIRST + 3, FIRST + 2).seats).tolist() == [True, False, True]
    assert np.isnan(past.panel(ALL, FIRST + 3, FIRST + 3).seats).tolist() == [False, False, True]
