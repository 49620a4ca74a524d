"""The ledger of one account: its panel is that of the live window, and each column holds what it chose."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts.day_facts import Cell, Cells
from banso_scoring.domain.facts.fact_columns import columns_of
from banso_scoring.domain.past.past import History, Past
from banso_scoring.domain.receipt.ledger import Choice, Ledger, panel, subsets
from tests.scoring.domain.builders import small_model

MODEL = small_model()
TODAY = 20_000
NAMES = ["act", "error", "rated", "paid", "unheard of", "ended", "renewed"]
events = st.lists(
    st.tuples(st.integers(0, 150), st.integers(0, 9), st.integers(0, 6), st.integers(1, 9), st.integers(1, 5)),
    min_size=1,
    max_size=50,
)


def facts_of(some: list[tuple[int, int, int, int, int]]) -> dict[int, Cells]:
    facts: dict[int, Cells] = {}
    for ago, later, name, count, user in some:
        cell = facts.setdefault(TODAY - ago, {}).setdefault((NAMES[name], TODAY - ago + later), Cell())
        cell.count += count
        cell.sum += count * 1_300_001
        cell.users.add(user)
    return facts


@settings(max_examples=80, deadline=None)
@given(some=events, ago=st.integers(0, 12), known_ago=st.integers(0, 12))
def test_the_column_that_takes_everything_is_what_the_live_window_shows(
    some: list[tuple[int, int, int, int, int]], ago: int, known_ago: int
) -> None:
    facts, day, known = facts_of(some), TODAY - ago, TODAY - known_ago
    past = Past(MODEL, History.of(columns_of({("a", at): cells for at, cells in facts.items()})))
    shown = past.panel(np.array([0]), day, known)
    names = {name: index % 3 for index, name in enumerate(NAMES)}
    chosen = panel(MODEL, Ledger(facts), Choice(day, known - 4, known, names, subsets(3)))
    last = chosen.take(np.array([7]))
    for column in ("daily", "users", "users_total", "ended"):
        assert getattr(last, column).tobytes() == getattr(shown, column).tobytes(), column
    if Ledger(facts).began(known):
        assert last.age_days.tolist() == shown.age_days.tolist()


def test_each_column_holds_what_was_known_and_the_groups_that_it_takes() -> None:
    facts: dict[int, Cells] = {
        TODAY - 9: {("act", TODAY - 9): Cell(1, users=[1])},
        TODAY - 2: {("act", TODAY): Cell(2, users=[1, 2]), ("error", TODAY): Cell(4, users=[2])},
    }
    chosen = panel(MODEL, Ledger(facts), Choice(TODAY, TODAY - 1, TODAY, {"act": 0, "error": 1}, subsets(2)))
    assert chosen.daily[MODEL.roles.attempt].sum(axis=1).tolist() == [1, 3, 1, 3]
    assert chosen.daily[MODEL.roles.channels[0].series].sum(axis=1).tolist() == [0, 0, 4, 4]
    assert chosen.users_total.tolist() == [1, 2, 2, 2]


def test_an_account_is_as_old_as_the_facts_that_a_column_takes() -> None:
    facts: dict[int, Cells] = {
        TODAY - 9: {("act", TODAY - 9): Cell(1)},
        TODAY - 60: {("error", TODAY): Cell(1)},
    }
    choice = Choice(TODAY, TODAY - 1, TODAY, {"error": 0}, subsets(1))
    assert panel(MODEL, Ledger(facts), choice).age_days.tolist() == [9, 60]
    assert panel(MODEL, Ledger(facts, born=TODAY - 700), choice).age_days.tolist() == [700, 700]


def test_news_say_how_many_came_when_and_how_many_of_them_late() -> None:
    facts: dict[int, Cells] = {
        TODAY: {("act", TODAY): Cell(3)},
        TODAY - 5: {("act", TODAY): Cell(2), ("act", TODAY - 5): Cell(9)},
        TODAY + 1: {("act", TODAY): Cell(5)},
    }
    (news,) = Ledger(facts).news(TODAY - 1, TODAY, TODAY).values()
    assert (news.events, news.late, news.first_day, news.last_day) == (5, 2, TODAY - 5, TODAY)
