"""Time is moved by a replay, then real, and never goes back."""

from __future__ import annotations

import pytest

from banso_common.clock import ManualClock
from banso_standalone.switchable_clock import SwitchableClock


def test_virtual_time_stands_until_it_is_moved() -> None:
    clock = SwitchableClock(ManualClock(1_000), 10)
    assert (clock.now(), clock.is_virtual) == (10, True)
    clock.move_to(500)
    assert clock.now() == 500


def test_virtual_time_cannot_be_moved_back() -> None:
    clock = SwitchableClock(ManualClock(1_000), 10)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(9)


def test_after_release_time_is_real_and_cannot_be_moved() -> None:
    real = ManualClock(1_000)
    clock = SwitchableClock(real, 10)
    clock.release()
    assert (clock.now(), clock.is_virtual) == (1_000, False)
    real.move_to(2_000)
    assert clock.now() == 2_000
    with pytest.raises(ValueError, match="cannot be moved"):
        clock.move_to(3_000)


def test_a_real_clock_that_is_behind_virtual_time_makes_time_stand_not_go_back() -> None:
    real = ManualClock(1_000)
    clock = SwitchableClock(real, 10)
    clock.move_to(1_500)
    clock.release()
    assert clock.now() == 1_500
    real.move_to(1_600)
    assert clock.now() == 1_600


def test_without_a_virtual_instant_time_is_real_from_the_start() -> None:
    clock = SwitchableClock(ManualClock(7))
    assert (clock.now(), clock.is_virtual) == (7, False)
