"""The same trouble in several accounts is told once by exactly one member, through restarts, faults and hand-overs;
what it explains carries its name, what it does not is told as always; when it is over, that is told once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from msgspec.structs import replace

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity, Scalar
from banso_common.contracts.account_signal import SUBJECT_PREFIX, AccountSignal, SignalKind, SignalState
from banso_common.errors import Fenced, Unavailable
from banso_scoring import tables as t
from banso_scoring.domain.incident.signature import Signature, is_signature
from banso_scoring.model.load import load_model
from tests.conftest import START_AT
from tests.scoring.domain.builders import SMALL, small_model
from tests.scoring.promises.failing import armed
from tests.scoring.promises.room import LANES, Room, member_of, room_of
from tests.scoring.promises.streams import event
from tests.scoring.promises.switched import settle, want
from tests.scoring.promises.test_sweep import said

FIRMS = [f"firm-{n:02}" for n in range(12)]
OLD: dict[str, Scalar] = {"feature": "csv", "version": "2.2.0"}
NEW: dict[str, Scalar] = {"feature": "csv", "version": "2.3.1"}
HIT = FIRMS[:6]
OPENED, CLOSED = SignalState.OPENED, SignalState.CLOSED


def error(number: int, account: str, at: int, told: dict[str, Scalar]) -> AccountActivity:
    return replace(event(number, account, "error", at), properties=told)


def a_day(day: int, troubled: Sequence[str] = (), told: dict[str, Scalar] = NEW) -> Iterator[AccountActivity]:
    """What all firms do on a day, once in nine days with an error; the troubled ones meet many."""
    at = START_AT + day * DAY_MS
    for place, account in enumerate(FIRMS):
        number = (1_000 + day) * 10_000 + place * 100
        yield from (event(number + n, account, "act", at + n) for n in range(20))
        if (day + place) % 9 == 0:
            yield error(number + 40, account, at + 40, OLD)
        if account in troubled:
            yield from (error(number + 50 + n, account, at + 50 + n, told) for n in range(12))


async def settled(room: Room, clock: ManualClock) -> None:
    """Four weeks are behind the firms."""
    await room.take(*(one for day in range(-28, 0) for one in a_day(day)))
    await room.sweep(clock.now())


async def days(room: Room, clock: ManualClock, numbers: range, troubled: Sequence[str] = ()) -> None:
    """Days pass, with a sweep on each."""
    for day in numbers:
        clock.move_to(max(clock.now(), START_AT + day * DAY_MS + HOUR_MS))
        await room.take(*a_day(day, troubled))
        await room.sweep(clock.now())


async def incidents(room: Room) -> list[AccountSignal]:
    return [one for one in await said(room) if one.kind is SignalKind.SILENT_INCIDENT]


async def parts(room: Room) -> dict[str, str | None]:
    """Account -> of which incident its struggle is a part, of those that were told."""
    kinds = (SignalKind.STRUGGLING, SignalKind.SILENT_STRUGGLING)
    return {one.account: one.part_of for one in await said(room) if one.kind in kinds and one.state is OPENED}


@pytest.fixture
async def house(database_url: str, clock: ManualClock) -> AsyncIterator[Room]:
    """Twelve firms that have worked for four weeks, on each kind of store."""
    async with room_of(database_url, clock, model=small_model()) as room:
        await settled(room, clock)
        yield room


async def test_six_firms_with_one_trouble_are_one_incident_from_beginning_to_end(
    house: Room, clock: ManualClock
) -> None:
    await days(house, clock, range(2), HIT)
    await house.take(event(1, HIT[0], "contact", clock.now()))
    await days(house, clock, range(2, 7))
    opened, closed = await incidents(house)
    assert (opened.state, closed.state) == (OPENED, CLOSED)
    assert opened.account == closed.account
    assert opened.account.startswith(SUBJECT_PREFIX)
    for signal, silent in ((opened, 6), (closed, 5)):
        told = signal.incident
        assert told is not None
        assert (told.event, told.feature, told.version) == ("error", "csv", "2.3.1")
        assert sorted(one.account for one in told.accounts) == HIT
        assert (told.accounts_total, told.silent_total) == (6, silent)
    assert closed.incident is not None
    assert {one.account for one in closed.incident.accounts if one.contacted} == {HIT[0]}
    found = await parts(house)
    assert set(found) == set(HIT)
    assert set(found.values()) == {opened.account}


EXCEPTED = load_model(SMALL + "incidents: {except: [error]}\n", "except.yaml")


async def test_trouble_that_the_model_excepts_is_no_incident_but_that_of_each_account(
    database_url: str, clock: ManualClock
) -> None:
    async with room_of(database_url, clock, model=EXCEPTED) as house:
        await settled(house, clock)
        await days(house, clock, range(2), HIT)
        assert await incidents(house) == []
        assert await parts(house) == dict.fromkeys(HIT)
        assert not any(is_signature(name) for cells in (await house.facts()).values() for name, _ in cells)


async def test_an_incident_that_is_open_ends_when_the_model_excepts_its_trouble(
    house: Room, clock: ManualClock
) -> None:
    await days(house, clock, range(2), HIT)
    await want(house, EXCEPTED)
    await settle(house)
    await days(house, clock, range(2, 3), HIT)
    assert [one.state for one in await incidents(house)] == [OPENED, CLOSED]


async def test_an_account_in_other_trouble_is_told_of_by_itself(house: Room, clock: ManualClock) -> None:
    other: dict[str, Scalar] = {"feature": "pdf", "version": "2.3.1"}
    at = START_AT + 60_000
    await house.take(*(error(n, HIT[0], at + n, other) for n in range(40)))
    await days(house, clock, range(2), HIT)
    found = await parts(house)
    assert found.pop(HIT[0]) is None
    assert set(found) == set(HIT[1:])
    assert None not in found.values()


@pytest.mark.parametrize("point", ["incident-stored", "incident-committed"])
async def test_a_fault_says_nothing_twice_and_loses_nothing(house: Room, clock: ManualClock, point: str) -> None:
    clock.move_to(START_AT + HOUR_MS)
    await house.take(*a_day(0, HIT))
    with armed(f"{point}:fail"), pytest.raises(Unavailable):
        await house.sweep(clock.now())
    told = len(await incidents(house))
    assert told == (point == "incident-committed")
    for _ in range(2):
        await house.reload()
        await house.sweep(clock.now())
    await days(house, clock, range(1, 2), HIT)
    (opened,) = await incidents(house)
    assert opened.episode == 1
    assert set((await parts(house)).values()) == {opened.account}


async def test_the_same_trouble_again_is_a_new_episode(house: Room, clock: ManualClock) -> None:
    await days(house, clock, range(1), HIT)
    await days(house, clock, range(1, 14))
    await days(house, clock, range(14, 15), FIRMS[6:])
    told = [(one.state, one.episode) for one in await incidents(house)]
    assert told == [(OPENED, 1), (CLOSED, 1), (OPENED, 2)]
    assert len({one.account for one in await incidents(house)}) == 1


async def test_signatures_are_facts_that_nobody_is_shown_as_events(house: Room, clock: ManualClock) -> None:
    await days(house, clock, range(1), HIT)
    names = {name for cells in (await house.facts()).values() for name, _ in cells}
    assert {name for name in names if is_signature(name)} == {
        Signature("error", "csv", version).name for version in ("2.2.0", "2.3.1")
    }
    counted = [cells for (account, _), cells in (await house.facts()).items() if account == HIT[0]]
    whole = sum(cell[0] for cells in counted for (name, _), cell in cells.items() if name == "error")
    signed = sum(cell[0] for cells in counted for (name, _), cell in cells.items() if is_signature(name))
    assert whole == signed


async def test_signatures_do_not_depend_on_order_batches_or_records_that_cannot_be_read(quick_room: Room) -> None:
    told = [one for day in range(-3, 1) for one in a_day(day, HIT) if one.name == "error"]
    told += [error(n, "acme", START_AT, {"screen": "home", "x": n, "flag": True}) for n in range(3)]
    await quick_room.take(*told)
    await quick_room.merge()
    once = await quick_room.stored_facts()
    assert any(is_signature(name) for cells in (await quick_room.facts()).values() for name, _ in cells)
    await quick_room.wipe()
    quick_room.write([b"{", *reversed(told)], lane=0)
    quick_room.write([b"not json"], lane=1)
    quick_room.write(told, lane=0)
    await quick_room.drain(17)
    await quick_room.merge()
    assert await quick_room.stored_facts() == once


@pytest.fixture
async def both(database_url: str, clock: ManualClock) -> AsyncIterator[tuple[Room, Room]]:
    """Two members over one store, each with one lane, and one log."""
    async with (
        room_of(database_url, clock, model=small_model()) as one,
        member_of(database_url, clock, model=small_model()) as two,
    ):
        two.log = one.log
        await settled(one, clock)
        await one.handler.revoked(range(1, LANES))
        await two.handler.assigned(range(1, LANES))
        yield one, two


async def test_of_two_members_exactly_one_tells_and_both_know_what_it_explains(
    both: tuple[Room, Room], clock: ManualClock
) -> None:
    clock.move_to(START_AT + HOUR_MS)
    both[0].write(a_day(0, HIT))
    for _ in range(3):
        for room in both:
            await room.drain()
            await room.sweep(clock.now())
        clock.move_to(clock.now() + 2 * MINUTE_MS)
    (opened,) = await incidents(both[0])
    assert opened.incident is not None
    assert sorted(one.account for one in opened.incident.accounts) == HIT
    (row,) = await both[0].rows(t.incident)
    owner = [row.lane for row in await both[0].rows(t.outbox) if row.account == opened.account]
    assert len(owner) == 1
    assert row.told_at is not None


async def test_a_member_that_lost_its_lanes_writes_no_incident(
    house: Room, database_url: str, clock: ManualClock
) -> None:
    clock.move_to(START_AT + HOUR_MS)
    await house.take(*a_day(0, HIT))
    async with member_of(database_url, clock, model=small_model()) as other:
        await other.reload()
    with pytest.raises(Fenced):
        await house.sweep(clock.now())
    assert await house.rows(t.incident) == []
    assert await incidents(house) == []
