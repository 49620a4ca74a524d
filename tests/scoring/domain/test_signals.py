"""Episodes: opened at a threshold, closed below a lower one, numbered, said once."""

from __future__ import annotations

import numpy as np
import pytest

from banso_common.contracts.account_signal import SignalKind
from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.signals import Episodes, step
from banso_scoring.domain.standing import KIND_ROWS, KINDS, NO_DAY, Standing
from banso_scoring.model.load import load_model
from tests.scoring.domain.builders import SMALL, small_model

MODEL = small_model()
SILENT, STRUGGLING = KIND_ROWS[SignalKind.SILENT_STRUGGLING], KIND_ROWS[SignalKind.STRUGGLING]


def level(**values: float) -> Floats:
    rows = np.full((len(KINDS), 1), -np.inf)
    for name, value in values.items():
        rows[KIND_ROWS[SignalKind(name.replace("_", "-"))]] = value
    return rows


def after(previous: Standing, today: int, stay: Floats | None = None, **values: float) -> Episodes:
    to_open = level(**values)
    return step(MODEL, previous, (to_open, to_open if stay is None else stay), np.array([today], np.int32))


def closed(episodes: Episodes) -> Standing:
    found = Standing.new(1)
    found.open[:], found.episode[:], found.opened_day[:] = episodes.open, episodes.episode, episodes.opened_day
    return found


def said(episodes: Episodes) -> list[tuple[SignalKind, bool, int]]:
    changes = episodes.changes
    return [
        (KINDS[kind], bool(opened), int(number))
        for kind, opened, number in zip(changes.kind, changes.opened, changes.episode, strict=True)
    ]


def test_an_episode_opens_at_its_threshold_and_closes_only_below_the_lower_one() -> None:
    opened = after(Standing.new(1), 10, struggling=0.0)
    assert said(opened) == [(SignalKind.STRUGGLING, True, 1)]
    between = after(closed(opened), 11, struggling=-0.9)
    assert said(between) == []
    assert between.open[STRUGGLING, 0]
    assert said(after(closed(between), 12, struggling=-1.1)) == [(SignalKind.STRUGGLING, False, 1)]


def test_each_opening_has_the_next_number_and_its_day() -> None:
    standing = closed(after(closed(after(Standing.new(1), 10, struggling=1)), 11, struggling=-9))
    again = after(standing, 12, struggling=1)
    assert said(again) == [(SignalKind.STRUGGLING, True, 2)]
    assert again.opened_day[STRUGGLING] == [12]
    assert again.opened_day[SILENT] == [NO_DAY]


def test_evaluating_again_says_the_same_again() -> None:
    assert [said(after(Standing.new(1), 10, struggling=2)) for _ in range(3)] == [
        [(SignalKind.STRUGGLING, True, 1)]
    ] * 3


@pytest.mark.parametrize("was_open", [False, True])
def test_what_is_not_known_neither_opens_nor_closes(was_open: bool) -> None:
    previous = Standing.new(1)
    previous.open[STRUGGLING] = was_open
    found = after(previous, 10, struggling=np.nan)
    assert said(found) == []
    assert found.open[STRUGGLING, 0] == was_open


def test_struggling_does_not_open_beside_silent_struggling() -> None:
    both = after(Standing.new(1), 10, silent_struggling=1, struggling=3)
    assert said(both) == [(SignalKind.SILENT_STRUGGLING, True, 1)]
    assert said(after(closed(both), 11, silent_struggling=-5, struggling=3)) == [
        (SignalKind.SILENT_STRUGGLING, False, 1),
        (SignalKind.STRUGGLING, True, 1),
    ]


def test_a_reached_goal_opens_each_time_and_never_stays_open() -> None:
    first = after(Standing.new(1), 10, goal_reached=1)
    assert said(first) == [(SignalKind.GOAL_REACHED, True, 1)]
    assert not first.open.any()
    assert said(after(closed(first), 11, goal_reached=0)) == []
    assert said(after(closed(first), 12, goal_reached=1)) == [(SignalKind.GOAL_REACHED, True, 2)]


def test_a_kind_that_was_switched_off_opens_no_more_and_closes_what_is_open() -> None:
    off = load_model(SMALL + "signals: {struggling: {enabled: false}}\n", "off.yaml")
    opened = closed(after(Standing.new(1), 10, struggling=5))
    levels = (level(struggling=5), level(struggling=5))
    assert said(step(off, opened, levels, np.array([11], np.int32))) == [(SignalKind.STRUGGLING, False, 1)]
    assert said(step(off, Standing.new(1), levels, np.array([11], np.int32))) == []


def test_changes_stand_by_account() -> None:
    rows = np.full((len(KINDS), 3), -np.inf)
    rows[STRUGGLING] = [1, -9, 1]
    rows[KIND_ROWS[SignalKind.STALLED], 0] = 1
    found = step(MODEL, Standing.new(3), (rows, rows), np.array([1, 1, 1], np.int32))
    assert found.changes.account.tolist() == [0, 0, 2]
    assert len(found.changes) == 3
