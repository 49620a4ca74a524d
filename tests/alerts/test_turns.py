"""When an incident comes to explain an account's trouble, what was not told of it yet is taken back; when it explains
it no more, it is told then, once; whatever is heard twice or in another order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.delivery import Retry
from banso_alerts.domain.outreach import OutreachState, Reason
from banso_alerts.domain.plays import DIGEST
from banso_alerts.domain.stages.stage import Room as Limits
from banso_alerts.domain.stages.stage import Storm
from banso_common.clock import DAY_MS, HOUR_MS, SECOND_MS, ManualClock
from banso_common.contracts.account_signal import AccountSignal, SignalKind, SignalState, signal_key
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.errors import Unavailable
from tests.alerts.made import at, of_incident, rules, signal
from tests.alerts.room import Room
from tests.scoring.promises.failing import armed

SUBJECT = of_incident().account
HELD = (OutreachState.HELD, Reason.PART_OF_INCIDENT, "incident")
NIGHT = at("2026-03-02T23:00")


def turn(number: int, part_of: str | None, account: str = "acme", **changes: Any) -> AccountSignal:
    """What is said of the account's first episode in this turn."""
    kind = changes.get("kind", SignalKind.SILENT_STRUGGLING)
    key = signal_key(account, kind, 1, SignalState.OPENED, number)
    return signal(account, key=key, turn=number, part_of=part_of, **changes)


ALONE, PART, ALONE_AGAIN = turn(0, None), turn(1, SUBJECT), turn(2, None)


async def told(room: Room) -> list[tuple[str, str | None, str | None]]:
    """What became of what the account's first turn had to tell."""
    return [(row.state, row.reason, row.stage) for row in await room.rows() if row.signal_key == ALONE.key]


async def through(room: Room, days: int) -> list[str]:
    """What is sent while the days pass, by title."""
    before = len(room.box.sent)
    for _ in range(days * 4):
        room.later(6 * HOUR_MS)
        await room.tend()
        while await room.deliver():
            pass
    return [letter.message.title for letter in room.box.sent[before:]]


@pytest.mark.parametrize(
    ("waits", "reason"),
    [
        ("gathering", Reason.GATHERING),
        ("night", Reason.QUIET_HOURS),
        ("inhibited", Reason.INHIBITED),
        ("budget", Reason.BUDGET),
        ("retry", Reason.CHANNEL_BUSY),
    ],
)
async def test_what_waits_when_the_incident_begins_is_taken_back(
    engine: AsyncEngine, noon: ManualClock, waits: str, reason: Reason
) -> None:
    limits = Limits(hours_per_week=10.0 if waits != "budget" else 0.0, digest_minute=16 * 60)
    storm = Storm(wait_ms=30 * SECOND_MS) if waits == "gathering" else Storm()
    room = Room(engine, noon, rules=rules(room=limits, storm=storm))
    kind = SignalKind.HEALTH_CRITICAL if waits == "inhibited" else SignalKind.SILENT_STRUGGLING
    noon.move_to(NIGHT if waits == "night" else noon.now())
    if waits == "inhibited":
        await room.hear(turn(0, None))
        await room.deliver()
    first = turn(0, None, kind=kind)
    await room.hear(first)
    if waits == "retry":
        room.box.answers.append(Retry("busy", HOUR_MS, False))
        await room.deliver()
    before = [row for row in await room.rows() if row.signal_key == first.key]
    assert [row.reason for row in before] == [reason]
    sent = len(room.box.sent)
    await room.hear(turn(1, SUBJECT, kind=kind))
    after = [row for row in await room.rows() if row.signal_key == first.key]
    assert [(row.state, row.reason, row.stage, row.next_at) for row in after] == [(*HELD, None)]
    await through(room, 2)
    assert len(room.box.sent) == sent
    digests = [(row.state, row.reason) for row in await room.rows() if row.play == DIGEST]
    assert digests == ([(OutreachState.HELD, Reason.CLOSED)] if waits == "budget" else [])
    ends = [one.outcome for one in await room.outcomes() if one.signal == first.key]
    assert ends == [OutcomeKind.HELD]


async def test_what_was_sent_stays_and_is_not_said_again_while_the_incident_explains_it(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon, rules=rules(storm=Storm(repeat_ms=DAY_MS, repeats=2)))
    await room.hear(ALONE)
    await room.deliver()
    await room.hear(PART)
    assert await told(room) == [(OutreachState.SENT, None, None)]
    assert await through(room, 16) == []  # longer than the play's cooldown
    await room.hear(turn(2, None, said_at=noon.now()))
    assert await through(room, 7) == []
    last = [(row.state, row.reason) for row in await room.rows() if row.signal_key == ALONE_AGAIN.key]
    assert last == [(OutreachState.HELD, Reason.COOLDOWN)]


@pytest.mark.parametrize("first", [None, SUBJECT])
async def test_who_is_in_trouble_of_its_own_is_told_of_then_and_once(
    engine: AsyncEngine, noon: ManualClock, first: str | None
) -> None:
    room = Room(engine, noon)
    noon.move_to(NIGHT)
    said = [turn(0, first), turn(1, SUBJECT), turn(2, None)] if first is None else [turn(0, first), turn(1, None)]
    for one in said[:-1]:
        await room.hear(one)
    assert await through(room, 2) == []
    await room.hear(said[-1])
    assert len(await through(room, 2)) == 1
    await room.hear(*said)
    assert await through(room, 2) == []
    assert {(row.state, row.reason) for row in await room.rows() if row.signal_key != said[-1].key} == {HELD[:2]}


async def test_the_order_of_turns_and_batches_changes_nothing_of_what_is_sent(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    noon.move_to(NIGHT)
    room = Room(engine, noon, rules=rules(cap_per_day=0))
    orders: list[Sequence[int]] = [*permutations(range(3))]
    for number, order in enumerate(orders):
        account = f"firm-{number}"
        said = [turn(place, SUBJECT if place == 1 else None, account) for place in order]
        await room.hear(*said[: number % 3])
        await room.hear(*said[number % 3 :], *said)
    sent: dict[str, int] = {}
    await through(room, 14)
    for letter in room.box.sent:
        sent[letter.about.account] = sent.get(letter.about.account, 0) + 1
    assert sent == {f"firm-{number}": 1 for number in range(len(orders))}
    rows = [row for row in await room.rows() if row.state == OutreachState.SENT]
    assert {row.signal_key.rsplit("/", 1)[-1] for row in rows} == {"2"}


async def test_a_kill_while_it_is_taken_back_leaves_all_of_it_or_nothing(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    noon.move_to(NIGHT)
    room = Room(engine, noon)
    await room.hear(ALONE)
    with armed("alerts-stored:fail"), pytest.raises(Unavailable):
        await room.hear(PART)
    assert (await told(room))[0][1] == Reason.QUIET_HOURS
    await room.hear(PART)
    assert await told(room) == [HELD]


async def test_other_episodes_and_other_accounts_are_not_taken_back(engine: AsyncEngine, noon: ManualClock) -> None:
    noon.move_to(NIGHT)
    room = Room(engine, noon)
    stalled = signal("acme", kind=SignalKind.STALLED)
    await room.hear(ALONE, stalled, signal("other"), PART)
    waiting = {row.signal_key for row in await room.rows() if row.state == OutreachState.WAITING}
    assert waiting == {stalled.key, signal("other").key}
    assert await told(room) == [HELD]
