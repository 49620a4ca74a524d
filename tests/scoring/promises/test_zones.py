"""Accounts whose days begin at other hours: each is judged against everybody on its own day."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import SignalKind, SignalState
from banso_scoring import tables as t
from tests.conftest import START_AT
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.room import Room, room_of
from tests.scoring.promises.streams import event, told
from tests.scoring.promises.test_crashes import a_day
from tests.scoring.promises.test_episodes import (
    ACCOUNTS,
    BEYOND_DOUBT,
    a_trying_day,
    names,
    said,
    struggles,
    usual_weeks,
)

FIRST_TO_RISE = [f"kiritimati-{number}" for number in range(3)]
"""Their tomorrow begins at ten in the morning, UTC."""


@pytest.fixture
async def small(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """A member that judges by the small model of the domain's tests."""
    async with room_of(database_url, clock, model=small_model()) as made:
        yield made


async def usual_weeks_everywhere(room: Room, clock: ManualClock) -> None:
    """The usual weeks, of those who rise first, too."""
    for number, name in enumerate(FIRST_TO_RISE):
        room.write([told(800_000 + number, name, START_AT, {"time_zone": "Pacific/Kiritimati"})])
        room.write(one for day in range(-42, 0) for one in a_day(name, day, good=4, bad=int(day % 7 == 0)))
    await usual_weeks(room, clock)


async def test_a_hard_day_for_everybody_is_nobodys_alarm_when_tomorrow_has_begun_elsewhere(
    small: Room, clock: ManualClock
) -> None:
    await usual_weeks_everywhere(small, clock)
    before = len(await struggles(small))
    clock.move_to(clock.now() + 2 * HOUR_MS)  # so that the close of their day has been
    await small.sweep(clock.now())
    await a_trying_day(small, clock, names(), bad=20)
    assert (await struggles(small))[before:] == []
    today = small.member.today()
    assert small.member.cohort_on(today).accounts == ACCOUNTS + len(FIRST_TO_RISE)
    assert small.member.cohort_on(today + 1).accounts == len(FIRST_TO_RISE)


async def test_what_is_usual_on_each_day_is_known_again_after_a_restart(small: Room, clock: ManualClock) -> None:
    small.write([told(800_000, "kiritimati-0", START_AT, {"time_zone": "Pacific/Kiritimati"})])
    small.write(a_day("kiritimati-0", -1, good=4, bad=0))
    await usual_weeks(small, clock)
    await a_trying_day(small, clock, [], bad=0)
    today = small.member.today()
    before = [small.member.cohort_on(day).accounts for day in (today, today + 1)]
    await small.reload()
    assert [small.member.cohort_on(day).accounts for day in (today, today + 1)] == before == [ACCOUNTS + 1, 1]


async def test_nothing_breaks_out_on_a_day_before_which_another_is_not_over_everywhere(
    small: Room, clock: ManualClock
) -> None:
    await usual_weeks_everywhere(small, clock)
    before = len(await struggles(small))
    midnight_at = (small.member.today() + 1) * DAY_MS
    clock.move_to(midnight_at - 2 * HOUR_MS)  # noon of tomorrow, where they are
    await small.take(*(event(900_000 + n, FIRST_TO_RISE[0], "error", clock.now()) for n in range(BEYOND_DOUBT)))
    await small.sweep(clock.now())
    assert (await struggles(small))[before:] == []
    clock.move_to(midnight_at + HOUR_MS)
    await small.sweep(clock.now())
    assert (await struggles(small))[before:] == [(FIRST_TO_RISE[0], SignalState.OPENED)]


async def test_what_somebody_did_is_told_at_once_and_dated_by_its_own_day(small: Room, clock: ManualClock) -> None:
    small.write([told(800_000, "kiritimati-0", START_AT, {"time_zone": "Pacific/Kiritimati"})])
    await usual_weeks(small, clock)
    today = small.member.today()
    await small.take(event(900_000, "kiritimati-0", "renewed", today * DAY_MS + 9 * HOUR_MS))  # an hour before midnight
    clock.move_to(today * DAY_MS + 11 * HOUR_MS)
    await small.sweep(clock.now())
    (renewed,) = [one for one in await said(small) if one.kind is SignalKind.CONTRACT_RENEWED]
    assert renewed.opened_at == today * DAY_MS
    clock.move_to(clock.now() + DAY_MS)
    await small.sweep(clock.now())
    assert len([one for one in await said(small) if one.kind is SignalKind.CONTRACT_RENEWED]) == 1


async def test_silence_moves_a_score_when_a_day_begins_where_the_account_is(small: Room, clock: ManualClock) -> None:
    small.write([told(800_000, "kiritimati-0", START_AT, {"time_zone": "Pacific/Kiritimati"})])
    small.write(one for day in range(-42, 0) for one in a_day("kiritimati-0", day, good=4, bad=0))
    await usual_weeks(small, clock)

    async def score() -> float:
        (row,) = [row for row in await small.rows(t.health) if row.account == "kiritimati-0"]
        return float(row.score)

    moved = set[int]()
    for day in range(1, 7):
        for hour in (1, 9, 11):
            before = await score()
            clock.move_to((START_AT // DAY_MS + day) * DAY_MS + hour * HOUR_MS)
            await small.sweep(clock.now())
            if await score() != before:
                moved.add(hour)
    assert 11 in moved, "their midnight was at ten"
