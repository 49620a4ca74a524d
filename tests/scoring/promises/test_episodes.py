"""Episodes are told when their day is over, against what everybody had on it: a hard day for all is nobody's alarm, and
a contract that is over raises none. What is beyond doubt is told within the day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import AccountSignal, Band, SignalKind, SignalState, signal_decoder
from banso_scoring import tables as t
from banso_scoring.assess import news
from banso_scoring.domain.standing import KIND_ROWS, Standing
from tests.conftest import START_AT
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.room import Room, room_of
from tests.scoring.promises.streams import event
from tests.scoring.promises.test_crashes import a_day

ACCOUNTS = 60
HARD, BEYOND_DOUBT = 7, 40
"""Errors on a day, of an account that usually has one a week."""
STRUGGLE = {SignalKind.STRUGGLING, SignalKind.SILENT_STRUGGLING}


@pytest.fixture
async def small(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """A member that judges by the small model of the domain's tests."""
    async with room_of(database_url, clock, model=small_model()) as made:
        yield made


async def said(room: Room) -> list[AccountSignal]:
    """What the outbox holds, in its order."""
    return [signal_decoder.decode(bytes(row.value)) for row in await room.rows(t.outbox)]


async def struggles(room: Room) -> list[tuple[str, SignalState]]:
    """Who was said to struggle, and no longer to."""
    return [(signal.account, signal.state) for signal in await said(room) if signal.kind in STRUGGLE]


def names() -> list[str]:
    return [f"account-{number}" for number in range(ACCOUNTS)]


async def usual_weeks(room: Room, clock: ManualClock) -> None:
    """Everybody works for six weeks, with an error now and then."""
    for day in range(-42, 0):
        room.write(one for name in names() for one in a_day(name, day, good=4, bad=int(day % 7 == 0)))
    await room.drain()
    await room.sweep(clock.now())


async def a_trying_day(room: Room, clock: ManualClock, who: list[str], bad: int) -> None:
    """Today the accounts `who` meet `bad` errors each; the day is looked at while it lasts, and closes."""
    today = (clock.now() - START_AT) // DAY_MS
    for name in names():
        room.write(a_day(name, today, good=4, bad=bad if name in who else 0))
    clock.move_to(clock.now() + 12 * HOUR_MS)
    await room.drain()
    await room.sweep(clock.now())


async def test_a_hard_day_for_everybody_opens_no_episode(small: Room, clock: ManualClock) -> None:
    await usual_weeks(small, clock)
    before = len(await struggles(small))
    await a_trying_day(small, clock, names(), bad=20)
    clock.move_to(clock.now() + 13 * HOUR_MS)
    await small.sweep(clock.now())
    assert (await struggles(small))[before:] == []


async def test_a_hard_day_for_one_is_told_when_it_is_over_and_once(small: Room, clock: ManualClock) -> None:
    await usual_weeks(small, clock)
    await a_trying_day(small, clock, ["account-7"], bad=HARD)
    day = small.member.today()
    assert await struggles(small) == []
    clock.move_to(clock.now() + 13 * HOUR_MS)
    for _ in range(2):
        await small.sweep(clock.now())
        await small.reload()
    assert await struggles(small) == [("account-7", SignalState.OPENED)]
    assert {one.opened_at for one in await said(small) if one.kind in STRUGGLE} == {day * DAY_MS}


async def test_what_is_beyond_doubt_is_told_within_the_day_and_not_again_when_it_is_over(
    small: Room, clock: ManualClock
) -> None:
    await usual_weeks(small, clock)
    await a_trying_day(small, clock, ["account-7"], bad=BEYOND_DOUBT)
    assert await struggles(small) == [("account-7", SignalState.OPENED)]
    clock.move_to(clock.now() + 13 * HOUR_MS)
    for _ in range(2):
        await small.sweep(clock.now())
        await small.reload()
    assert await struggles(small) == [("account-7", SignalState.OPENED)]


async def test_a_batch_shows_health_at_once_and_leaves_what_is_said_to_the_sweep(
    small: Room, clock: ManualClock
) -> None:
    await usual_weeks(small, clock)
    count = len(await said(small))
    today = (clock.now() - START_AT) // DAY_MS
    (before,) = [row for row in await small.rows(t.health) if row.account == "account-7"]
    await small.take(*a_day("account-7", today, good=4, bad=BEYOND_DOUBT))
    (shown,) = [row for row in await small.rows(t.health) if row.account == "account-7"]
    assert shown.score < before.score
    assert len(await said(small)) == count
    await small.reload()
    await small.sweep(clock.now())
    assert ("account-7", SignalState.OPENED) in await struggles(small)


async def test_while_a_backlog_is_read_nothing_is_said_and_afterwards_it_is_as_if_there_had_been_none(
    small: Room, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("banso_scoring.member.BACKLOG_MIN", 50)
    await usual_weeks(small, clock)
    before = await struggles(small)
    today = (clock.now() - START_AT) // DAY_MS
    for name in names():  # by lane, so that half of them come first
        small.write(a_day(name, today, good=4, bad=20))
    clock.move_to(clock.now() + DAY_MS)  # meanwhile the day is over, and is not closed yet
    while batches := small.batches(100):
        await small.handler.commit(small.handler.prepare(batches))
        await small.sweep(clock.now())
    assert await struggles(small) == before
    assert {row.closed_day for row in await small.rows(t.lane) if row.received} == {small.member.today() - 1}


async def test_the_first_accounts_of_an_empty_house_ask_for_a_sweep_and_later_ones_wait_for_theirs(
    small: Room, clock: ManualClock
) -> None:
    asked: list[int] = []
    small.member.met = lambda: asked.append(clock.now())
    await small.take(*a_day("acme", 0, good=4, bad=0))
    assert len(asked) == 1
    await small.sweep(clock.now())
    await small.take(*a_day("zeta", 0, good=4, bad=0))
    assert len(asked) == 1


def test_an_episode_that_was_over_before_it_could_be_told_is_not_told() -> None:
    before, after = Standing.new(1), Standing.new(1)
    row = KIND_ROWS[SignalKind.HEALTH_CRITICAL]
    after.episode[row] = 1
    assert news(np.array([0]), before, after) == []
    after.open[row] = True
    assert [(one.kind, one.state) for one in news(np.array([0]), before, after)] == [
        (SignalKind.HEALTH_CRITICAL, SignalState.OPENED)
    ]
    goal = Standing.new(1)
    goal.episode[KIND_ROWS[SignalKind.GOAL_REACHED]] = 1
    assert [one.kind for one in news(np.array([0]), before, goal)] == [SignalKind.GOAL_REACHED]


async def test_an_episode_that_was_told_is_withdrawn_only_below_the_lower_threshold(
    small: Room, clock: ManualClock
) -> None:
    await usual_weeks(small, clock)
    await a_trying_day(small, clock, ["account-7"], bad=BEYOND_DOUBT)
    for hour in range(1, 8):
        clock.move_to(clock.now() + HOUR_MS)
        today = (clock.now() - START_AT) // DAY_MS
        await small.take(event(900_000 + hour, "account-7", "act", START_AT + today * DAY_MS))
        await small.sweep(clock.now())
    assert await struggles(small) == [("account-7", SignalState.OPENED)]


async def ended(room: Room, clock: ManualClock) -> Any:
    """`account-7` struggles, then its contract ends; gives what it shows."""
    await usual_weeks(room, clock)
    await a_trying_day(room, clock, ["account-7"], bad=BEYOND_DOUBT)
    await room.take(event(900_000, "account-7", "ended", clock.now()))
    clock.move_to(clock.now() + 13 * HOUR_MS)
    await room.sweep(clock.now())
    (shown,) = [row for row in await room.rows(t.health) if row.account == "account-7"]
    return shown


async def test_who_has_left_has_no_health_and_is_in_nobodys_list(small: Room, clock: ManualClock) -> None:
    shown = await ended(small, clock)
    assert (shown.score, shown.band, shown.signals) == (None, str(Band.UNKNOWN), "")
    assert (await struggles(small))[-1] == ("account-7", SignalState.CLOSED)
    clock.move_to(clock.now() + 60 * DAY_MS)
    await small.reload()
    await small.sweep(clock.now())
    assert not [s for s in await said(small) if s.account == "account-7" and s.said_at > clock.now() - 59 * DAY_MS]
    assert small.member.cohort.accounts == ACCOUNTS - 1


async def test_who_comes_back_is_looked_after_again(small: Room, clock: ManualClock) -> None:
    await ended(small, clock)
    clock.move_to(clock.now() + DAY_MS)
    await small.take(event(900_001, "account-7", "renewed", clock.now()))
    await small.sweep(clock.now())
    (shown,) = [row for row in await small.rows(t.health) if row.account == "account-7"]
    assert shown.score is not None
    assert small.member.cohort.accounts == ACCOUNTS
