"""Promises 1 and 5: every record is applied, a repeat, or set aside with its offset and reason; none stops the rest."""

from __future__ import annotations

import pytest

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.codec import encode, identity_of
from banso_scoring import tables as t
from tests.conftest import START_AT
from tests.scoring.promises.room import LANES, Room, lane_of
from tests.scoring.promises.streams import Fold, event, told

GOOD = encode(event(1, "acme", "act", START_AT))


def usage(**changed: str) -> bytes:
    """A readable record with some fields written otherwise."""
    fields = {
        "v": "1",
        "kind": '"usage"',
        "identity": "77",
        "id": '"77"',
        "source": '"app"',
        "account": '"acme"',
        "name": '"act"',
        "occurred_at": str(START_AT),
        "received_at": str(START_AT),
    } | changed
    return ("{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}").encode()


def said(properties: str) -> bytes:
    return usage(kind='"account"', properties=properties)


POISON = {
    "no bytes": b"",
    "no JSON": b"\xff\xfe",
    "two records in one": GOOD + b"," + GOOD,
    "deep nesting": b"[" * 100_000,
    "another version": usage(v="2"),
    "a version beyond all numbers": usage(v="9" * 5_000),
    "an unknown kind": usage(kind='"\\u0000robot"'),
    "an identity beyond 64 bits": usage(identity=str(2**63)),
    "a user beyond 64 bits": usage(user_key=str(2**70)),
    "a value beyond 64 bits": usage(value=str(-(2**63) - 1)),
    "a value beyond all numbers": usage(value="1" * 5_000),
    "an instant outside of any calendar": usage(occurred_at=str(2**62)),
    "an instant of arrival outside of any calendar": usage(received_at=str(-(2**62))),
    "an account without a name": usage(account='""'),
    "an account with a name too long": usage(account='"' + "x" * 300 + '"'),
    "an account with NUL": usage(account='"a\\u0000b"'),
    "a name with NUL": usage(name='"a\\u0000b"'),
    "half a character": usage(account='"\\ud800"'),
    "a statement that is none": said("[1]"),
    "a statement of things": said('{"name":{"first":"x"}}'),
    "a statement beyond 64 bits": said('{"acv":' + str(2**63) + "}"),
    "a statement beyond all numbers": said('{"acv":' + "9" * 5_000 + "}"),
    "a statement with NUL": said('{"name":"a\\u0000b"}'),
    "a statement too long": said('{"owner_email":"' + "x" * 400 + '"}'),
}


async def test_what_cannot_be_read_is_set_aside_with_its_offset_and_nothing_else_is_lost(room: Room) -> None:
    good = [event(100 + n, "acme", "act", START_AT + n) for n in range(len(POISON))]
    lane, expected = lane_of("acme"), {}
    for one, (why, raw) in zip(good, POISON.items(), strict=True):
        expected[len(room.log[lane])] = (why, raw)
        room.write([raw], lane)
        room.write([one])
    await room.drain()
    found = {row.log_offset: row for row in await room.rows(t.dead_letter)}
    assert {offset: bytes(row.value) for offset, row in found.items()} == {o: raw for o, (_, raw) in expected.items()}
    assert all(row.reason for row in found.values())
    (counted,) = [row for row in await room.rows(t.lane) if row.received]
    assert (counted.received, counted.applied, counted.duplicate) == (2 * len(POISON), len(POISON), 0)
    assert counted.dead_lettered == len(POISON)
    assert await room.facts() == Fold().take(good).facts


@pytest.mark.parametrize("why", POISON)
async def test_a_record_that_cannot_be_read_does_not_stop_its_lane(quick_room: Room, why: str) -> None:
    quick_room.write([POISON[why], GOOD], 0)
    await quick_room.drain()
    assert quick_room.member.claims[0].next_offset == 2
    assert [bytes(row.value) for row in await quick_room.rows(t.dead_letter)] == [POISON[why]]


async def test_extremes_that_can_be_read_are_stored(room: Room) -> None:
    extremes = [
        usage(identity=str(2**63 - 1), value=str(2**63 - 1), user_key=str(2**63 - 1)),
        usage(identity="1", value=str(-(2**63)), account='"' + "ü" * 256 + '"', name='"' + "名" * 5_000 + '"'),
        said('{"acv":' + str(2**63 - 1) + ',"renewal_at":' + str(-(2**63)) + ',"name":"' + "x" * 256 + '"}'),
    ]
    room.write(extremes, 0)
    await room.drain()
    await room.merge()
    await room.reload()
    assert [row.dead_lettered for row in await room.rows(t.lane) if row.received] == [0]
    assert {row.acv for row in await room.rows(t.account)} == {2**63 - 1, None}


async def test_received_is_applied_and_repeats_and_set_aside_at_every_commit(room: Room) -> None:
    stream = [event(n % 30, ("acme", "zeta")[n % 30 % 2], "act", START_AT - n * DAY_MS // 7) for n in range(90)]
    for begin in range(0, 90, 9):
        room.write(stream[begin : begin + 9])
        room.write([b"?"], lane=begin % LANES)
        await room.drain(4)
        for row in await room.rows(t.lane):
            assert row.received == row.applied + row.duplicate + row.dead_lettered
            assert row.received == room.member.claims[row.lane].next_offset
    counted = await room.rows(t.lane)
    assert sum(row.applied for row in counted) == 30
    assert sum(row.duplicate for row in counted) == 60
    assert sum(row.dead_lettered for row in counted) == 10


async def test_a_repeat_within_the_window_changes_nothing(room: Room, clock: ManualClock) -> None:
    once = [event(n, "acme", "act", START_AT, user="ann", value=5) for n in range(5)] + [
        told(9, "acme", START_AT, {"seats": 5})
    ]
    await room.take(*once)
    await room.sweep(clock.now())
    before = await room.facts(), await room.rows(t.account), await room.rows(t.health), await room.rows(t.outbox)
    for hours in (1, 30, 100, 167):
        clock.move_to(START_AT + hours * 3_600_000)
        await room.take(*once)
        if hours > 30:
            await room.reload()
            await room.take(*once)
        assert await room.facts() == before[0]
    profiles = [(row.account, bytes(row.profile)) for row in await room.rows(t.account)]
    assert profiles == [(row.account, bytes(row.profile)) for row in before[1]]
    assert sum(row.applied for row in await room.rows(t.lane)) == len(once)


async def test_an_identity_is_forgotten_after_the_window_in_the_store_and_in_memory_alike(
    room: Room, clock: ManualClock
) -> None:
    await room.take(event(1, "acme", "act", START_AT))
    clock.move_to(START_AT + 5 * DAY_MS)
    await room.take(event(2, "acme", "act", clock.now()))
    await room.sweep(clock.now())
    assert sum(map(len, room.member.seen.values())) == 2
    clock.move_to(START_AT + 8 * DAY_MS)
    await room.sweep(clock.now())
    assert sum(map(len, room.member.seen.values())) == 1
    assert room.prepared() == []
    await room.reload()
    assert sum(map(len, room.member.seen.values())) == 1
    assert (
        await room.facts()
        == Fold().take([event(1, "acme", "act", START_AT), event(2, "acme", "act", START_AT + 5 * DAY_MS)]).facts
    )


async def test_an_identity_says_who_and_what_and_not_when(room: Room) -> None:
    assert identity_of("app", "1") != identity_of("ap", "p1")
    late = event(1, "acme", "act", START_AT, after=DAY_MS)
    await room.take(event(1, "acme", "act", START_AT), late)
    assert sum(row.duplicate for row in await room.rows(t.lane)) == 1
