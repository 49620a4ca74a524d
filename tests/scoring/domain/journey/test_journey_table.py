"""The live numbers of the journey's table."""

from __future__ import annotations

from banso_scoring.domain.journey.journey import BARRED, STALLED
from banso_scoring.domain.journey.journey_table import ConditionCount, Movers, Standers, count, median, together
from banso_scoring.domain.journey.phase_history import Moved

MET, UNMET = 0b11, 0b10


def test_accounts_are_counted_by_what_holds_of_their_goal() -> None:
    found = count(
        [7, 9],
        [
            Standers(10, MET | MET << 2, 3),
            Standers(20, MET | UNMET << 2 | STALLED, 2),
            Standers(30, UNMET, 4),
            Standers(40, MET | MET << 2 | BARRED, 1),
        ],
        [],
    )
    assert (found.accounts, found.goal_met, found.stalled, found.barred) == (10, 4, 2, 1)
    assert found.conditions == {7: ConditionCount(6, 10), 9: ConditionCount(4, 6)}


def test_who_renewed_passed_and_who_fell_back_did_not() -> None:
    moves = [Movers(5, Moved.PASSED, 2), Movers(9, Moved.RENEWED, 1), Movers(50, Moved.FELL_BACK, 3)]
    found = count([], [], moves)
    assert (found.passed, found.fell_back, found.goal_met) == (3, 3, 0)
    assert median(found.passed_days) == 5


def test_cells_add_up_by_metric_whatever_their_targets() -> None:
    one, other = count([7], [Standers(1, MET, 2)], []), count([9, 7], [Standers(3, MET | UNMET << 2, 5)], [])
    both = together([one, other])
    assert both.accounts == 7 and both.goal_met == 2
    assert both.conditions == {7: ConditionCount(2, 7), 9: ConditionCount(5, 5)}
    assert together([]).accounts == 0


def test_a_median_weighs_and_there_is_none_of_nothing() -> None:
    assert median([(1, 1), (5, 9), (100, 1)]) == 5
    assert median([(1, 2), (9, 2)]) == 1
    assert median([]) is None
