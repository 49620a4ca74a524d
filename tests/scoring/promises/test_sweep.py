"""The passing of time: days close once and in order, silence moves scores, what is said is said once, and late news
correct the journey without rewriting what was known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import AccountSignal, SignalKind, SignalState, signal_decoder
from banso_scoring import standing_codec
from banso_scoring import tables as t
from banso_scoring.domain.facts.live import WORD
from tests.conftest import START_AT
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.room import Room, room_of
from tests.scoring.promises.streams import event, told
from tests.scoring.promises.test_crashes import a_day


@pytest.fixture
async def small(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """A member that judges by the small model of the domain's tests."""
    async with room_of(database_url, clock, model=small_model()) as made:
        yield made


async def active(room: Room, clock: ManualClock, days: int = 30, good: int = 4) -> None:
    """`acme` works on each of the last days, and a day closes."""
    first = (clock.now() - START_AT) // DAY_MS
    await room.take(*(one for day in range(first - days, first) for one in a_day("acme", day, good=good, bad=0)))
    await room.sweep(clock.now())
    clock.move_to(clock.now() + DAY_MS)
    await room.sweep(clock.now())


async def shown(room: Room, account: str = "acme") -> Any:
    (row,) = [row for row in await room.rows(t.health) if row.account == account]
    return row


async def said(room: Room) -> list[AccountSignal]:
    """What the outbox holds, in its order."""
    return [signal_decoder.decode(bytes(row.value)) for row in await room.rows(t.outbox)]


async def test_silence_alone_moves_a_score(small: Room, clock: ManualClock) -> None:
    await active(small, clock)
    before, received = await shown(small), [row.received for row in await small.rows(t.lane)]
    clock.move_to(clock.now() + 12 * DAY_MS)
    await small.sweep(clock.now())
    after = await shown(small)
    assert after.score < before.score - 20
    assert [row.received for row in await small.rows(t.lane)] == received
    assert after.last_day == before.last_day


async def test_every_day_closes_once_and_its_history_is_never_rewritten(small: Room, clock: ManualClock) -> None:
    await active(small, clock)
    clock.move_to(clock.now() + 9 * DAY_MS)
    await small.sweep(clock.now())
    before = await small.rows(t.history)
    assert [row.day for row in before] == sorted({row.day for row in before})
    assert before[-1].day == small.member.today() - 1
    await small.take(*a_day("acme", 3, good=50, bad=40), *a_day("acme", 7, good=50, bad=0))
    for hours in (0, 1, 30):
        clock.move_to(clock.now() + hours * HOUR_MS)
        await small.sweep(clock.now())
        await small.reload()
        await small.sweep(clock.now())
    after = await small.rows(t.history)
    assert after[: len(before)] == before
    assert [row.day for row in after] == sorted({row.day for row in after})
    assert {row.closed_day for row in await small.rows(t.lane) if row.received} == {small.member.today() - 1}


async def test_a_day_on_which_nothing_changed_has_no_row(small: Room, clock: ManualClock) -> None:
    await active(small, clock)
    clock.move_to(clock.now() + 60 * DAY_MS)
    await small.sweep(clock.now())
    count = len(await small.rows(t.history))
    for _ in range(3):
        clock.move_to(clock.now() + DAY_MS)
        await small.reload()
        await small.sweep(clock.now())
    assert len(await small.rows(t.history)) == count


async def test_a_day_is_closed_when_it_is_over_in_every_zone_where_anybody_is(small: Room, clock: ManualClock) -> None:
    await small.take(
        told(1, "acme", START_AT, {"time_zone": "Pacific/Kiritimati"}),
        told(2, "zeta", START_AT, {"time_zone": "America/Los_Angeles"}),
    )
    today = small.member.today()

    def closed() -> dict[str, int]:
        portfolio = small.member.portfolio
        return {name: int(portfolio.columns.closed_day[place]) for place, name in enumerate(portfolio.names)}

    midnight_at = (today + 1) * DAY_MS
    for hours, day in ((2, today - 1), (9, today), (24, today), (33, today + 1)):
        clock.move_to(midnight_at + hours * HOUR_MS)
        for _ in range(2):
            await small.sweep(clock.now())
            assert closed() == {"acme": day, "zeta": day}
            before = await small.rows(t.history)
            await small.reload()
        assert await small.rows(t.history) == before


async def test_a_signal_is_said_once_however_often_it_is_found(small: Room, clock: ManualClock) -> None:
    await active(small, clock)
    clock.move_to(clock.now() + 20 * DAY_MS)
    await small.sweep(clock.now())
    keys = [signal.key for signal in await said(small)]
    assert any(SignalKind.HEALTH_CRITICAL in key for key in keys)
    for _ in range(3):
        await small.sweep(clock.now())
        await small.reload()
        await small.sweep(clock.now())
    assert [signal.key for signal in await said(small)] == keys
    assert len(set(keys)) == len(keys)


async def test_an_episode_that_is_withdrawn_and_opens_again_has_a_new_number(small: Room, clock: ManualClock) -> None:
    await active(small, clock, good=4)
    clock.move_to(clock.now() + 25 * DAY_MS)
    await small.sweep(clock.now())
    day = (clock.now() - START_AT) // DAY_MS

    async def critical() -> list[tuple[int, SignalState]]:
        return [(s.episode, s.state) for s in await said(small) if s.kind is SignalKind.HEALTH_CRITICAL]

    assert (await critical())[-1][1] is SignalState.OPENED
    number = (await critical())[-1][0]
    await small.take(*a_day("acme", day, good=30, bad=0), *a_day("acme", day - 1, good=30, bad=0))
    await small.sweep(clock.now())
    assert (await critical())[-1] == (number, SignalState.CLOSED)
    await small.reload()
    clock.move_to(clock.now() + 25 * DAY_MS)
    await small.sweep(clock.now())
    assert (await critical())[-1] == (number + 1, SignalState.OPENED)


async def test_a_signal_tells_what_its_reader_needs(small: Room, clock: ManualClock) -> None:
    await small.take(told(1, "acme", START_AT, {"name": "Acme", "owner_email": "mia@example.com", "locale": "ja-JP"}))
    await active(small, clock)
    clock.move_to(clock.now() + 20 * DAY_MS)
    await small.sweep(clock.now())
    signal = next(s for s in await said(small) if s.kind is SignalKind.HEALTH_CRITICAL)
    assert (signal.account_name, signal.owner_email, signal.locale) == ("Acme", "mia@example.com", "ja-JP")
    rows = {row.key: (row.account, row.lane) for row in await small.rows(t.outbox)}
    assert rows[signal.key][0] == signal.account == "acme"


async def phases(room: Room) -> tuple[str, int]:
    """The closed phase of `acme`, and since when."""
    (row,) = [row for row in await room.rows(t.closed) if row.account == "acme"]
    standing = standing_codec.decode(room.member.model, [bytes(row.closed)])
    return room.member.model.journey[int(standing.phase[0])].key, int(standing.entered_day[0])


@pytest.mark.parametrize("crash", [False, True])
async def test_an_account_that_comes_with_its_past_gets_the_journey_that_it_made(
    small: Room, clock: ManualClock, crash: bool
) -> None:
    past = [one for day in range(-40, 0) for one in a_day("acme", day, good=2, bad=0)]
    await small.take(*past)
    if crash:
        await small.reload()
    await small.sweep(clock.now())
    phase, entered_day = await phases(small)
    first_day = small.member.today() - 40
    assert phase == "run"
    assert first_day < entered_day < first_day + 15, "the goal was reached long ago, not today"
    assert (await shown(small)).phase == "run"


async def test_news_of_a_closed_day_correct_the_journey(small: Room, clock: ManualClock) -> None:
    await active(small, clock, days=10, good=0)
    await small.take(event(1, "acme", "act", START_AT - 9 * DAY_MS))
    await small.sweep(clock.now())
    assert (await phases(small))[0] == "start"
    await small.take(*(one for day in range(-8, 0) for one in a_day("acme", day, good=5, bad=0)))
    await small.sweep(clock.now())
    assert (await phases(small))[0] == "run"
    assert small.member.portfolio.backfilled == set()
    assert not any(row.backfilled for row in await small.rows(t.closed))


@pytest.mark.parametrize("days", [10, 50])
async def test_who_slept_closes_its_days_as_who_was_awake(tmp_path: Path, days: int) -> None:
    found = []
    for awake in (True, False):
        clock = ManualClock(START_AT)
        url = f"sqlite+aiosqlite:///{tmp_path / str(awake)}.db"
        async with room_of(url, clock, model=small_model()) as room:
            await active(room, clock, days=80)
            await room.take(*(one for day in (0, 1) for one in a_day("acme", day, good=4, bad=3)))
            for _ in range(days if awake else 0):
                clock.move_to(clock.now() + DAY_MS)
                await room.sweep(clock.now())
            clock.move_to(START_AT + (days + 1) * DAY_MS)
            await room.reload()
            await room.sweep(clock.now())
            # who is awake shows a score anew when it changed by a whole point
            health = [(row.account, round(row.score), row.phase, row.signals) for row in await room.rows(t.health)]
            found.append((await room.rows(t.history), health, [bytes(r.closed) for r in await room.rows(t.closed)]))
    assert found[0] == found[1]


async def test_days_that_the_window_no_longer_shows_are_not_judged(small: Room, clock: ManualClock) -> None:
    await active(small, clock)
    clock.move_to(clock.now() + 300 * DAY_MS)
    await small.reload()
    await small.sweep(clock.now())
    judged = [row.day for row in await small.rows(t.history)]
    assert not [day for day in judged if small.member.today() - 298 < day < small.member.today() - WORD - 3]
    assert int(small.member.portfolio.columns.closed_day[0]) == small.member.today() - 1


async def test_without_lanes_a_sweep_does_nothing(small: Room, clock: ManualClock) -> None:
    await small.handler.revoked([0, 1])
    await small.sweep(clock.now())
    assert await small.rows(t.cohort) == []


async def test_what_is_said_of_an_account_is_no_use_of_the_product(small: Room, clock: ManualClock) -> None:
    await active(small, clock)
    before = await shown(small)
    clock.move_to(clock.now() + 3 * DAY_MS)
    await small.take(
        told(9_001, "acme", clock.now(), {"name": "Acme KK"}), told(9_002, "new", clock.now(), {"seats": 3})
    )
    assert (await shown(small)).last_day == before.last_day
    assert (await shown(small, "new")).last_day < 0
