"""The history of phases: moves, stays, terms."""

from __future__ import annotations

import numpy as np

from banso_scoring.domain.journey.journey import BARRED, STALLED, goal_code
from banso_scoring.domain.journey.phase_history import Move, Moved, Stay, moves_of, stays_of
from tests.scoring.domain.journey.test_journey import MODEL, RENEW, RUN, START, standing, walk


def test_a_day_on_which_nobody_moves_has_no_moves() -> None:
    assert moves_of(MODEL, walk(standing(), 200, acts=1), 200) == []


def test_a_move_says_from_where_since_when_and_how() -> None:
    passed = walk(standing(START, entered=150, goal_since=190), 200, acts=9)
    assert moves_of(MODEL, passed, 200) == [(0, Move(200, "start", 150, "run", Moved.PASSED))]
    fell = walk(standing(RUN, entered=160, lapse_since=199), 200, since=25)
    assert moves_of(MODEL, fell, 200) == [(0, Move(200, "run", 160, "start", Moved.FELL_BACK))]


def test_what_leaves_a_phase_that_renews_begins_the_next_term() -> None:
    renewed = walk(standing(RENEW, entered=170), 200, renewal=300)
    ((_, move),) = moves_of(MODEL, renewed, 200)
    assert move.moved is Moved.RENEWED
    assert stays_of("start", 100, [Move(170, "start", 100, "renew", Moved.PASSED), move]) == [
        Stay("start", 100, 170, Moved.PASSED, 1),
        Stay("renew", 170, 200, Moved.RENEWED, 1),
        Stay("run", 200, None, None, 2),
    ]


def test_an_account_that_never_moved_is_in_its_first_phase_since_its_first_day() -> None:
    assert stays_of("start", 100, []) == [Stay("start", 100, None, None, 1)]


def test_the_code_of_a_goal_tells_met_from_unmet_from_unknown() -> None:
    half = goal_code(walk(standing(RUN), 200, acts=40))
    assert np.array_equal(half, [0b0011])
    unmet = goal_code(walk(standing(START, entered=100), 200, acts=1))
    assert unmet[0] == 0b10 + STALLED
    assert goal_code(walk(standing(START, entered=199), 200, acts=9, since=25))[0] == 0b11 + BARRED
