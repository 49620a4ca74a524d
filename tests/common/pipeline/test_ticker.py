"""Timed work: due by the clock that it was given, never twice at once, and a store that is away skips a round."""

from __future__ import annotations

import asyncio

import pytest

from banso_common.clock import ManualClock
from banso_common.errors import Fenced, Refused, Unavailable
from banso_common.pipeline import ticker as ticker_module
from banso_common.pipeline.backoff import Backoff
from banso_common.pipeline.ticker import Ticker


class Action:
    """What is called; it may fail."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.faults: list[Exception] = []
        self.running = 0

    async def __call__(self, now: int) -> None:
        self.running += 1
        assert self.running == 1, "twice at once"
        await asyncio.sleep(0)
        self.running -= 1
        self.calls.append(now)
        if self.faults:
            raise self.faults.pop(0)


async def test_it_is_due_at_once_and_then_when_the_clock_has_moved_far_enough() -> None:
    clock, action = ManualClock(0), Action()
    ticker = Ticker(clock, 10, action)
    for at in (0, 5, 9, 10, 11, 100, 105):
        clock.move_to(at)
        await ticker.tick()
    assert action.calls == [0, 10, 100]


async def test_who_is_in_a_hurry_need_not_wait_for_its_time() -> None:
    clock, seen = ManualClock(1_000), []

    async def action(now: int) -> None:
        seen.append(now)

    ticker = Ticker(clock, 60_000, action)
    await ticker.tick()
    clock.move_to(2_000)
    await ticker.tick()
    ticker.hurry()
    await ticker.tick()
    assert seen == [1_000, 2_000]


async def test_one_that_is_only_asked_does_nothing_by_itself_until_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("banso_common.pipeline.ticker.POLL_S", 0)
    clock, action = ManualClock(0), Action()
    ticker = Ticker(clock, 10, action)
    may: list[bool] = []
    ticker.asked_only = lambda: not may
    running = asyncio.create_task(ticker.run())
    for _ in range(5):
        await asyncio.sleep(0)
    assert action.calls == []
    may.append(True)
    for _ in range(20):
        await asyncio.sleep(0)
    running.cancel()
    assert action.calls == [0]


async def test_it_can_be_asked_for_out_of_turn_and_never_runs_twice_at_once() -> None:
    clock, action = ManualClock(0), Action()
    ticker = Ticker(clock, 10, action)
    await asyncio.gather(*(ticker.tick(force=True) for _ in range(5)), ticker.tick())
    assert len(action.calls) == 5


@pytest.mark.parametrize("fault", [Unavailable("away"), Fenced("taken")])
async def test_a_round_that_fails_is_skipped_and_the_next_one_is_done(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticker_module, "POLL_S", 0)
    clock, action = ManualClock(0), Action()
    action.faults = [fault]
    task = asyncio.create_task(Ticker(clock, 10, action).run())
    while len(action.calls) < 2:
        clock.move_to(clock.now() + 1)
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert action.calls[0] == 1
    assert action.calls[1] >= 11


async def test_a_fault_that_no_retry_mends_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Action()
    action.faults = [Refused("x", "y")]
    with pytest.raises(Refused):
        await Ticker(ManualClock(0), 10, action).run()


def test_waits_grow_to_a_ceiling_spread_out_and_begin_anew() -> None:
    backoff = Backoff(first_ms=100, most_ms=800)
    for ceiling in (100, 200, 400, 800, 800):
        assert ceiling // 2 <= backoff.next_ms() <= ceiling
    for _ in range(2_000):
        assert backoff.next_ms() <= 800
    backoff.reset()
    assert backoff.next_ms() <= 100
