"""Incidents that have one cause are told as one, whichever opens first: one message, updated when more is joined to it,
and one end; through restarts, faults and two members."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from msgspec.structs import replace

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity
from banso_common.contracts.account_signal import AccountSignal, SignalState
from banso_common.errors import Unavailable
from banso_scoring import tables as t
from banso_scoring.api.trouble.incident_view import incident_detail, incident_list
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import load_model
from tests.conftest import START_AT
from tests.scoring.domain.builders import SMALL
from tests.scoring.promises.failing import armed
from tests.scoring.promises.room import LANES, Room, member_of, room_of
from tests.scoring.promises.test_incidents import FIRMS, HIT, a_day, error, incidents, parts, settled

OPENED, CLOSED = SignalState.OPENED, SignalState.CLOSED


def model() -> SuccessModel:
    """The small one, of which `timeout` is an error, too."""
    return load_model(SMALL.replace("events: [error]}\n    help", "events: [error, timeout]}\n    help"), "small.yaml")


def timeouts(day: int, firms: Sequence[str]) -> Iterator[AccountActivity]:
    for place, firm in enumerate(firms):
        number = 70_000_000 + (1_000 + day) * 10_000 + place * 100
        for n in range(12):
            at = START_AT + day * DAY_MS + 20_000 + n
            yield replace(error(number + n, firm, at, {"feature": "csv", "version": "2.3.1"}), name="timeout")


async def a_sweep(room: Room, clock: ManualClock, day: int, *batches: Iterator[AccountActivity]) -> None:
    clock.move_to(max(clock.now() + HOUR_MS, START_AT + day * DAY_MS + HOUR_MS))
    for batch in batches:
        await room.take(*batch)
    await room.sweep(clock.now())


def named(signal: AccountSignal) -> set[str]:
    """Every event that an incident's message names."""
    assert signal.incident is not None
    return {signal.incident.event, *(one.event for one in signal.incident.also)}


@pytest.fixture
async def house(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    async with room_of(database_url, clock, model=model()) as room:
        await settled(room, clock)
        yield room


async def test_two_that_open_together_are_one_from_beginning_to_end(house: Room, clock: ManualClock) -> None:
    for day in range(2):
        await a_sweep(house, clock, day, a_day(day, HIT), timeouts(day, HIT))
    for day in range(2, 8):
        await a_sweep(house, clock, day, a_day(day))
    opened, closed = await incidents(house)
    assert (opened.state, opened.turn, closed.state) == (OPENED, 0, CLOSED)
    assert named(opened) == named(closed) == {"error", "timeout"}
    assert opened.incident is not None
    assert sorted(one.account for one in opened.incident.accounts) == HIT
    assert {one.seen for one in opened.incident.accounts} >= {24}
    assert set((await parts(house)).values()) == {opened.account}
    async with house.member.view() as (tx, seen):
        (shown,) = (await incident_list(tx, None)).incidents
        assert {shown.event, *(one.event for one in shown.also)} == {"error", "timeout"}
        other = next(row.subject for row in await house.rows(t.incident) if row.joined)
        detail = await incident_detail(tx, seen, other.rsplit("/", 1)[-1])
    assert detail is not None
    assert detail.incident == shown


@pytest.mark.parametrize("point", ["", "incident-stored", "incident-committed"])
@pytest.mark.parametrize("late", ["error", "timeout"])
async def test_one_that_opens_later_is_told_in_an_update_of_the_first(
    house: Room, clock: ManualClock, late: str, point: str
) -> None:
    first, second = (a_day(0, HIT), timeouts(0, HIT)) if late == "timeout" else (timeouts(0, HIT), a_day(0, HIT))
    await a_sweep(house, clock, 0, first, *([a_day(0)] if late == "error" else []))
    (alone,) = await incidents(house)
    assert named(alone) == {"error", "timeout"} - {late}
    clock.move_to(clock.now() + HOUR_MS)
    await house.take(*second)
    if point:
        with armed(f"{point}:fail"), pytest.raises(Unavailable):
            await house.sweep(clock.now())
        await house.reload()
    for _ in range(3):
        await a_sweep(house, clock, 0)
        await house.reload()
    told = await incidents(house)
    assert [(one.state, one.turn, one.account) for one in told] == [
        (OPENED, 0, alone.account),
        (OPENED, 1, alone.account),
    ]
    assert named(told[1]) == {"error", "timeout"}
    assert told[1].key == f"{told[0].key}/1"


async def test_the_same_trouble_in_other_accounts_is_an_incident_of_its_own(house: Room, clock: ManualClock) -> None:
    await a_sweep(house, clock, 0, a_day(0, FIRMS[:5]), timeouts(0, FIRMS[6:11]))
    assert [named(one) for one in await incidents(house)] in ([{"error"}, {"timeout"}], [{"timeout"}, {"error"}])


async def test_of_two_members_the_two_tell_one_incident(database_url: str, clock: ManualClock) -> None:
    async with (
        room_of(database_url, clock, model=model()) as one,
        member_of(database_url, clock, model=model()) as two,
    ):
        two.log = one.log
        await settled(one, clock)
        await one.handler.revoked(range(1, LANES))
        await two.handler.assigned(range(1, LANES))
        clock.move_to(START_AT + HOUR_MS)
        one.write([*a_day(0, HIT), *timeouts(0, HIT)])
        for _ in range(5):
            for room in (one, two):
                await room.drain()
                await room.sweep(clock.now())
            clock.move_to(clock.now() + 2 * MINUTE_MS)
        told = await incidents(one)
        assert len({signal.account for signal in told}) == 1
        assert named(told[-1]) == {"error", "timeout"}
        assert told[-1].incident is not None
        assert sorted(hit.account for hit in told[-1].incident.accounts) == HIT
