"""An account's trouble is said again when an incident comes to explain it, and when it does so no more: once each time,
through restarts and faults; whose trouble was the incident and is over is not told of at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity, Scalar
from banso_common.contracts.account_signal import AccountSignal, SignalKind, SignalState, signal_key
from banso_common.errors import Unavailable
from tests.conftest import START_AT
from tests.scoring.domain.builders import small_model
from tests.scoring.promises.failing import armed
from tests.scoring.promises.room import Room, room_of
from tests.scoring.promises.test_incidents import FIRMS, HIT, NEW, a_day, days, error, incidents, settled
from tests.scoring.promises.test_sweep import said

OTHER: dict[str, Scalar] = {"feature": "pdf", "version": "2.3.1"}
KINDS = (SignalKind.STRUGGLING, SignalKind.SILENT_STRUGGLING)


def errors(account: str, day: int, count: int, told: dict[str, Scalar]) -> Iterator[AccountActivity]:
    """Errors of one account in the first hour of a day, beside those of `a_day`."""
    number = 90_000_000 + (1_000 + day) * 10_000 + FIRMS.index(account) * 100
    return (error(number + n, account, START_AT + day * DAY_MS + 10_000 + n, told) for n in range(count))


async def of_account(room: Room, account: str) -> list[AccountSignal]:
    return [one for one in await said(room) if one.account == account and one.kind in KINDS]


async def turns(
    room: Room, account: str, kind: SignalKind = SignalKind.STRUGGLING
) -> list[tuple[SignalState, int, bool]]:
    """What was said of the account's struggle: state, turn, and whether it is part of an incident."""
    return [(s.state, s.turn, s.part_of is not None) for s in await of_account(room, account) if s.kind is kind]


OPENED, CLOSED = SignalState.OPENED, SignalState.CLOSED


@pytest.fixture
async def house(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """Twelve firms that have worked for four weeks, on each kind of store."""
    async with room_of(database_url, clock, model=small_model()) as room:
        await settled(room, clock)
        yield room


async def hours(room: Room, clock: ManualClock, count: int) -> None:
    """Hours pass, each with a sweep and a restart."""
    for _ in range(count):
        clock.move_to(clock.now() + HOUR_MS)
        await room.sweep(clock.now())
        await room.reload()
        await room.sweep(clock.now())


async def fail_together(room: Room, clock: ManualClock, firms: Sequence[str]) -> None:
    """On day 0 one firm fails in the morning, the others an hour later."""
    first, *rest = firms
    clock.move_to(START_AT + HOUR_MS)
    await room.take(*a_day(0), *errors(first, 0, 12, NEW))
    await room.sweep(clock.now())
    await room.take(*(one for firm in rest for one in errors(firm, 0, 12, NEW)))


@pytest.mark.parametrize("point", ["", "incident-stored", "incident-committed"])
async def test_who_was_told_of_before_the_incident_opened_is_said_again_as_part_of_it(
    house: Room, clock: ManualClock, point: str
) -> None:
    await fail_together(house, clock, HIT)
    assert await turns(house, HIT[0]) == [(OPENED, 0, False)]
    if point:
        with armed(f"{point}:fail"), pytest.raises(Unavailable):
            await house.sweep(clock.now())
        await house.reload()
    await house.sweep(clock.now())
    assert (OPENED, 1, True) in await turns(house, HIT[0])
    await hours(house, clock, 3)
    (opened,) = await incidents(house)
    assert await turns(house, HIT[0]) == [(OPENED, 0, False), (OPENED, 1, True)]
    assert await turns(house, HIT[1]) == [(OPENED, 0, True)]
    first, again = await of_account(house, HIT[0])
    assert again.key == signal_key(HIT[0], again.kind, again.episode, OPENED, 1) != first.key
    assert (again.part_of, again.opened_at) == (opened.account, first.opened_at)


async def test_other_trouble_that_outgrows_the_incident_is_told_then_and_once(house: Room, clock: ManualClock) -> None:
    await days(house, clock, range(1), HIT)
    await house.take(*errors(HIT[0], 0, 30, OTHER))
    await hours(house, clock, 3)
    assert await turns(house, HIT[0]) == [(OPENED, 0, True), (OPENED, 1, False)]
    assert await turns(house, HIT[1]) == [(OPENED, 0, True)]
    alone = (await of_account(house, HIT[0]))[-1]
    assert alone.evidence is not None
    assert alone.evidence.channels[0].seen == 43  # of three days: 12 of the incident, 30 of its own, and one as always


async def test_after_the_incident_who_still_struggles_is_told_of_and_nobody_else(
    house: Room, clock: ManualClock
) -> None:
    await days(house, clock, range(2), HIT)
    for day in range(2, 12):
        await house.take(*errors(HIT[0], day, 6, OTHER))
        await days(house, clock, range(day, day + 1))
    (_, over) = await incidents(house)
    assert over.state is CLOSED
    for kind in KINDS:
        assert await turns(house, HIT[0], kind) == [(OPENED, 0, True), (OPENED, 1, False)]
    for account in HIT[1:]:
        assert (await turns(house, account))[:1] == [(OPENED, 0, True)]
        assert (OPENED, 1, False) not in await turns(house, account)
    await hours(house, clock, 2)
    assert len(await turns(house, HIT[0])) == 2
