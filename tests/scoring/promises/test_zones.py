"""Accounts whose days begin at other hours: each is judged against everybody on its own day."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from banso_common.clock import HOUR_MS, ManualClock
from tests.conftest import START_AT
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.room import Room, room_of
from tests.scoring.promises.streams import told
from tests.scoring.promises.test_crashes import a_day
from tests.scoring.promises.test_episodes import ACCOUNTS, a_trying_day, names, struggles, usual_weeks

FIRST_TO_RISE = [f"kiritimati-{number}" for number in range(3)]
"""Their tomorrow begins at ten in the morning, UTC."""


@pytest.fixture
async def small(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """A member that judges by the small model of the domain's tests."""
    async with room_of(database_url, clock, model=small_model()) as made:
        yield made


async def test_a_hard_day_for_everybody_is_nobodys_alarm_when_tomorrow_has_begun_elsewhere(
    small: Room, clock: ManualClock
) -> None:
    for number, name in enumerate(FIRST_TO_RISE):
        small.write([told(800_000 + number, name, START_AT, {"time_zone": "Pacific/Kiritimati"})])
        small.write(one for day in range(-42, 0) for one in a_day(name, day, good=4, bad=int(day % 7 == 0)))
    await usual_weeks(small, clock)
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
