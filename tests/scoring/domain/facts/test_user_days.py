"""Distinct users of a span are those that a plain set would hold, however many came since they were put in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banso_scoring.domain.facts import user_days
from banso_scoring.domain.facts.user_days import UserDays

WIDTH = 192
seen = st.lists(st.tuples(st.integers(1, 40), st.integers(0, WIDTH - 1)), max_size=60)


@pytest.mark.parametrize("tail", [0, 7, 4_096])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(seen, min_size=1, max_size=4), span=st.tuples(st.integers(-9, 191), st.integers(-9, 191)))
def test_users_are_counted_as_a_set_counts_them(
    monkeypatch: pytest.MonkeyPatch, tail: int, parts: list[list[tuple[int, int]]], span: tuple[int, int]
) -> None:
    monkeypatch.setattr(user_days, "TAIL_MIN", tail)
    users, accounts = UserDays(WIDTH), np.array([6, 0, 3, 3, 900, 1])
    plain: list[tuple[int, int]] = []
    for some in parts:
        plain += some
        columns = np.array(some, np.int64).reshape(len(some), 2).T
        users.add(columns[0], columns[0] % 7, columns[1])
        found = users.within(accounts, [span, (0, WIDTH - 1)])
        for row, (first, last) in enumerate((span, (0, WIDTH - 1))):
            of = [len({u for u, day in plain if u % 7 == account and first <= day <= last}) for account in accounts]
            assert found[row].tolist() == of


def test_of_nobody_there_is_nothing_and_days_that_are_forgotten_hold_nobody() -> None:
    users = UserDays(WIDTH)
    assert users.within(np.zeros(0, np.int64), [(0, 9)]).shape == (1, 0)
    users.add(np.array([5, 6]), np.array([0, 0]), np.array([3, 70]))
    users.move()
    assert users.within(np.array([0]), [(0, WIDTH - 1), (6, 6)]).tolist() == [[1.0], [1.0]]
    assert len(users) == 2
