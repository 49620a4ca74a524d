"""Delivering: `sending` is stored before the call; every answer, crash and lost lease ends well, on both stores."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.delivery import Rejected, Retry, Sent, Unsure
from banso_alerts.domain.outreach import ChannelName, Reason
from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.errors import SettingsError, Unavailable
from tests.alerts.made import directory, signal
from tests.alerts.room import LIMITS, PostBox, Room


class Held:
    """A send that waits until it is told to answer."""

    def __init__(self) -> None:
        self.called, self.answer = asyncio.Event(), asyncio.Event()

    async def send(self, letter: Any) -> Sent:
        self.called.set()
        await self.answer.wait()
        return Sent("late")


async def test_what_is_due_is_sent_once_and_said(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal())
    assert await room.deliver() == 1
    assert await room.deliver() == 0
    row = await room.row()
    assert (row.state, row.provider_ref, row.sent_at, row.attempts) == ("sent", "ref-1", noon.now(), 1)
    assert room.box.sent[0].address == "U0SATO"
    assert room.box.sent[0].message.outreach_id == row.id
    assert [said.outcome for said in await room.outcomes()] == [OutcomeKind.SENT]


async def test_sending_is_stored_before_the_call(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal())
    seen: list[tuple[str, int]] = []

    async def look(letter: Any) -> Sent:
        row = await room.row()
        seen.append((row.state, row.lease_until))
        return Sent("ref")

    room.box.send = look  # type: ignore[method-assign]
    await room.deliver()
    assert seen == [("sending", noon.now() + LIMITS.grace_ms)]


async def test_not_now_is_tried_again_later_and_parked_at_the_end(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, PostBox(answers=[Retry("502"), Retry("502"), Retry("502")]))
    await room.hear(signal())
    for wait_ms in (1_000, 2_000):
        await room.deliver()
        row = await room.row()
        assert (row.state, row.next_at) == ("retry", noon.now() + wait_ms)
        room.later(wait_ms - 1)
        assert await room.deliver() == 0
        room.later(1)
    await room.deliver()
    row = await room.row()
    assert (row.state, row.reason, row.detail) == ("parked", Reason.ATTEMPTS_EXHAUSTED, "502")
    (said,) = await room.outcomes()
    assert (said.outcome, said.reason) == (OutcomeKind.PARKED, Reason.ATTEMPTS_EXHAUSTED)


async def test_never_is_parked_at_once(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, PostBox(answers=[Rejected("channel_not_found")]))
    await room.hear(signal())
    await room.deliver()
    row = await room.row()
    assert (row.state, row.reason, row.detail) == ("parked", Reason.REJECTED, "channel_not_found")


@pytest.mark.parametrize("answer", [Unsure("reset"), TimeoutError(), ValueError("a bug in the channel")])
@pytest.mark.parametrize("arrived", [True, False])
async def test_without_an_answer_it_is_looked_for_after_the_grace_and_resent_only_if_it_is_not_there(
    engine: AsyncEngine, noon: ManualClock, answer: Any, arrived: bool
) -> None:
    room = Room(engine, noon, PostBox(answers=[answer]))
    await room.hear(signal())
    await room.deliver()
    row = await room.row()
    assert (row.state, row.reason) == ("in-doubt", Reason.UNCONFIRMED)
    room.later(LIMITS.grace_ms - 1)
    assert await room.deliver() == 0
    room.later(1)
    if arrived:
        room.box.arrived[row.id] = "found"
    await room.deliver()
    after = await room.row()
    assert after.state == "sent"
    assert after.provider_ref == ("found" if arrived else "ref-2")
    assert len(room.box.sent) == (1 if arrived else 2)


async def test_a_channel_that_cannot_look_repeats_itself(engine: AsyncEngine, noon: ManualClock) -> None:
    box = PostBox(name=ChannelName.EMAIL, can_find=False, answers=[Unsure("reset")])
    room = Room(engine, noon, box)
    await room.hear(signal())
    await room.deliver()
    room.later(LIMITS.grace_ms)
    await room.deliver()
    assert [letter.message.outreach_id for letter in box.sent] == [(await room.row()).id] * 2
    assert box.looks == 0


@pytest.mark.parametrize("fault", [Unavailable("503"), TimeoutError()])
async def test_a_look_without_an_answer_sends_nothing_and_is_repeated(
    engine: AsyncEngine, noon: ManualClock, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(engine, noon, PostBox(answers=[Unsure("reset")]))
    await room.hear(signal())
    await room.deliver()

    async def blind(letter: Any, since: int) -> str | None:
        raise fault

    monkeypatch.setattr(room.box, "find", blind)
    room.later(LIMITS.grace_ms)
    await room.deliver()
    row = await room.row()
    assert (row.state, len(room.box.sent)) == ("in-doubt", 1)
    monkeypatch.undo()
    room.box.arrived[row.id] = "found"
    room.later(HOUR_MS)
    await room.deliver()
    assert ((await room.row()).state, len(room.box.sent)) == ("sent", 1)


async def test_a_channel_that_may_not_look_repeats_itself_rather_than_say_nothing(
    engine: AsyncEngine, noon: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(engine, noon, PostBox(answers=[Unsure("reset")]))
    await room.hear(signal())
    await room.deliver()

    async def forbidden(letter: Any, since: int) -> str | None:
        raise SettingsError("missing_scope")

    monkeypatch.setattr(room.box, "find", forbidden)
    room.later(LIMITS.grace_ms)
    await room.deliver()
    assert ((await room.row()).state, len(room.box.sent)) == ("sent", 2)


async def test_what_a_dead_sender_left_is_looked_for_once_its_lease_has_run_out(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    dead, heir = Room(engine, noon), Room(engine, noon)
    await dead.hear(signal())
    await _die_while_sending(dead)
    assert (await heir.row()).state == "sending"
    assert await heir.deliver() == 0
    heir.box.arrived[(await heir.row()).id] = "found"
    heir.later(LIMITS.grace_ms)
    await heir.deliver()
    row = await heir.row()
    assert (row.state, row.provider_ref, len(heir.box.sent)) == ("sent", "found", 0)


async def test_a_result_that_comes_after_the_lease_was_lost_is_dropped(engine: AsyncEngine, noon: ManualClock) -> None:
    slow, heir = Room(engine, noon), Room(engine, noon)
    await slow.hear(signal())
    late = Held()
    slow.box.send = late.send  # type: ignore[method-assign]
    sending = asyncio.create_task(slow.deliver())
    await late.called.wait()
    heir.later(LIMITS.grace_ms)
    await heir.deliver()
    late.answer.set()
    await sending
    row = await heir.row()
    assert (row.state, row.provider_ref) == ("sent", "ref-1")
    assert [said.outcome for said in await heir.outcomes()] == [OutcomeKind.SENT]


async def test_a_result_that_comes_while_the_heir_sends_is_dropped_too(engine: AsyncEngine, noon: ManualClock) -> None:
    slow, heir = Room(engine, noon), Room(engine, noon)
    await slow.hear(signal())
    first, second = Held(), Held()
    slow.box.send, heir.box.send = first.send, second.send  # type: ignore[method-assign]
    sending = asyncio.create_task(slow.deliver())
    await first.called.wait()
    heir.later(LIMITS.grace_ms)
    inheriting = asyncio.create_task(heir.deliver())
    await second.called.wait()
    first.answer.set()
    await sending
    assert (await heir.row()).state == "sending"
    second.answer.set()
    await inheriting
    assert ((await heir.row()).state, (await heir.row()).attempts) == ("sent", 2)


async def test_a_sender_that_was_stopped_for_longer_than_its_lease_does_not_send(
    engine: AsyncEngine, noon: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    zombie, heir = Room(engine, noon), Room(engine, noon)
    await zombie.hear(signal())
    moments = iter([0.0, (LIMITS.grace_ms - LIMITS.request_ms_max) / 1_000])
    monkeypatch.setattr("banso_alerts.deliver.monotonic", lambda: next(moments))
    await zombie.deliver()
    monkeypatch.undo()
    assert zombie.box.sent == []
    heir.later(LIMITS.grace_ms)
    await heir.deliver()
    assert len(heir.box.sent) == 1


async def test_a_clock_that_leaps_while_we_send_makes_no_crash_of_it(engine: AsyncEngine, noon: ManualClock) -> None:
    """On virtual time a day may pass during one call: our own sends are not taken for a dead sender's."""
    dead, room = Room(engine, noon), Room(engine, noon)
    await dead.hear(signal("left"))
    await _die_while_sending(dead)
    await room.hear(signal("ours", said_at=noon.now()))

    async def leap(letter: Any) -> Sent:
        room.later(DAY_MS)
        room.box.send = usual  # type: ignore[method-assign]
        await room.deliver()
        return Sent("leapt")

    usual, room.box.send = room.box.send, leap  # type: ignore[method-assign]
    await room.deliver()
    left, ours = await room.rows()
    assert (left.state, left.attempts) == ("sent", 2)
    assert (ours.state, ours.attempts, ours.provider_ref) == ("sent", 1, "leapt")


async def test_two_members_share_what_is_due_and_send_each_once(engine: AsyncEngine, noon: ManualClock) -> None:
    one, two = Room(engine, noon), Room(engine, noon)
    await one.hear(*(signal(f"a{i}", owner_email=f"{i}@vendor.example") for i in range(50)))
    while sum(await asyncio.gather(one.deliver(), two.deliver())):
        pass
    ids = [letter.message.outreach_id for letter in one.box.sent + two.box.sent]
    assert len(ids) == len(set(ids)) == 50


async def test_a_channel_takes_only_its_own(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, directory=directory(ChannelName.SLACK, ChannelName.EMAIL))
    await room.hear(signal())
    assert await room.deliver() == 1
    assert {row.channel: row.state for row in await room.rows()} == {"slack": "sent", "email": "planned"}


async def test_what_is_old_by_the_time_that_it_could_be_sent_is_not(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon)
    await room.hear(signal())
    room.later(8 * DAY_MS)
    assert await room.deliver() == 0
    await room.tend()
    assert ((await room.row()).state, room.box.sent) == ("expired", [])


async def test_a_store_that_is_away_after_the_call_leaves_it_to_the_lease(
    engine: AsyncEngine, noon: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(engine, noon)
    await room.hear(signal())

    def away(name: str) -> None:
        if name == "outreach-sent":
            raise Unavailable(name)

    monkeypatch.setattr("banso_alerts.deliver.failpoint", away)
    with pytest.raises(Unavailable):
        await room.deliver()
    monkeypatch.undo()
    room.box.arrived[(await room.row()).id] = "found"
    room.later(LIMITS.grace_ms)
    await room.deliver()
    assert ((await room.row()).provider_ref, len(room.box.sent)) == ("found", 1)


async def _die_while_sending(room: Room) -> None:
    """Take what is due, then die: nothing is sent and nothing stored."""

    async def never(letter: Any) -> Sent:
        raise asyncio.CancelledError

    room.box.send = never  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await room.deliver()
