"""Two incidents are one when they hit the same accounts on the same days, more than chance would have it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from banso_scoring.domain.incident.joining import Days, alike, tail


def hit(names: range, days: tuple[int, int] = (10, 11)) -> Days:
    return {f"firm-{number}": days for number in names}


@pytest.mark.parametrize(
    ("other", "apart", "active", "one_cause"),
    [
        (hit(range(6)), 0, 60, True),
        (hit(range(6)), 9, 60, True),
        (hit(range(2, 6)), 0, 60, True),
        (hit(range(4, 10)), 0, 60, False),  # a fifth of them is shared
        (hit(range(20, 26)), 0, 60, False),
        (hit(range(6), (14, 15)), 3, 60, False),  # the same accounts, on other days
        (hit(range(6), (12, 15)), 2, 60, True),
        (hit(range(6)), 0, 6, True),  # everybody, on the same day
        (hit(range(6)), 1, 6, False),  # everybody, and not at once
    ],
)
def test_the_same_accounts_on_the_same_days_have_one_cause(
    other: Days, apart: int, active: int, *, one_cause: bool
) -> None:
    assert alike(hit(range(6)), other, apart, active) is one_cause
    assert alike(other, hit(range(6)), apart, active) is one_cause


def test_the_tail_is_that_of_draws_without_return() -> None:
    rng = np.random.default_rng(7)
    drawn = rng.hypergeometric(8, 22, 9, 200_000)
    for both in range(9):
        assert math.isclose(tail(both, 8, 9, 30), float((drawn >= both).mean()), abs_tol=0.004)


def test_incidents_that_have_nothing_to_do_with_each_other_are_hardly_ever_joined() -> None:
    rng = np.random.default_rng(11)
    joined = 0
    for _ in range(2_000):
        active = int(rng.integers(8, 60))
        one, other = (
            {f"a{n}": (10, 12) for n in rng.choice(active, int(rng.integers(3, active + 1)), replace=False)}
            for _ in range(2)
        )
        joined += alike(one, other, int(rng.integers(0, 28)), active)
    assert joined / 2_000 <= 0.05
