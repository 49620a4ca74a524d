"""Storms become one message: what comes together is told together, the lesser beside the worse is not told, and what
nobody took is told again while it lasts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.domain.delivery import Rejected
from banso_alerts.domain.outreach import OutreachState, Reason
from banso_alerts.domain.plays import GROUP
from banso_alerts.domain.stages.stage import Storm
from banso_alerts.render.message import message_decoder
from banso_alerts.render.written import as_text
from banso_alerts.store import acts, inbox
from banso_common.clock import DAY_MS, HOUR_MS, SECOND_MS, ManualClock
from banso_common.contracts.account_signal import AccountSignal, SignalKind, SignalState
from banso_common.contracts.codec import decode
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db.transaction import transaction
from tests.alerts.made import rules, signal
from tests.alerts.room import Room

GOLDEN = Path(__file__).parent / "render" / "golden"
WAIT, INTERVAL, REPEAT = 30 * SECOND_MS, 300 * SECOND_MS, HOUR_MS
STORM = Storm(wait_ms=WAIT, interval_ms=INTERVAL, group_from=3, repeat_ms=REPEAT, repeats=2)


def room(engine: AsyncEngine, clock: ManualClock, **changes: Any) -> Room:
    return Room(engine, clock, rules=rules(cap_per_day=0, storm=replace(STORM, **changes)))


def of(name: str, at: ManualClock, **changes: Any) -> AccountSignal:
    return signal(name, account_name=name.title(), said_at=at.now(), opened_at=at.now(), **changes)


async def sent(desk: Room) -> list[str]:
    """What was told since the last look, by title."""
    before = len(desk.box.sent)
    while await desk.deliver():
        pass
    return [letter.message.title for letter in desk.box.sent[before:]]


async def states(desk: Room) -> list[tuple[str, str, str | None]]:
    return [(row.account, row.state, row.reason) for row in await desk.rows()]


async def test_those_that_come_within_the_wait_are_one_message_at_its_end(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    desk = room(engine, noon)
    await desk.hear(of("a", noon))
    desk.later(WAIT // 2)
    await desk.hear(of("b", noon), of("c", noon))
    assert {row.next_at for row in await desk.rows()} == {noon.now() + WAIT // 2}
    assert {reason for _, _, reason in await states(desk)} == {Reason.GATHERING}
    desk.later(WAIT // 2)
    await desk.tend()
    assert await sent(desk) == ["3社が、困っているのに声を上げていません"]
    assert [state for _, state, _ in await states(desk)] == ["sent"] * 4
    assert {row.sent_at for row in await desk.rows()} == {noon.now()}
    told = [outcome for outcome in await desk.outcomes() if outcome.outcome is OutcomeKind.SENT]
    assert {"a", "b", "c"} < {outcome.account for outcome in told}


async def test_two_are_two_messages(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon)
    await desk.hear(of("a", noon), of("b", noon))
    desk.later(WAIT)
    await desk.tend()
    assert len(await sent(desk)) == 2


async def test_after_a_message_more_of_the_same_wait_for_the_interval(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon)
    await desk.hear(of("a", noon))
    desk.later(WAIT)
    await desk.tend()
    assert len(await sent(desk)) == 1
    told_at = noon.now()
    desk.later(SECOND_MS)
    await desk.hear(*(of(name, noon) for name in ("b", "c", "d")))
    desk.later(WAIT)
    await desk.tend()
    assert await sent(desk) == []
    noon.move_to(told_at + INTERVAL)
    await desk.tend()
    assert len(await sent(desk)) == 1


async def test_another_play_or_another_recipient_is_another_group(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon, wait_ms=0, interval_ms=0)
    other = {"owner_slack": "U0SUZUKI", "owner_email": "suzuki@vendor.example"}
    await desk.hear(
        *(of(f"a{i}", noon) for i in range(2)),
        *(of(f"b{i}", noon, **other) for i in range(2)),
        *(of(f"c{i}", noon, kind=SignalKind.STRUGGLING) for i in range(2)),
    )
    assert len(await sent(desk)) == 6


async def test_what_a_group_tells_of_ends_as_the_group_does(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon, wait_ms=0)
    await desk.hear(*(of(name, noon) for name in "abc"))
    assert sorted(state for _, state, _ in await states(desk)) == ["grouped"] * 3 + ["planned"]
    desk.box.answers = [Rejected("channel_not_found")]
    await desk.deliver()
    assert {(state, reason) for _, state, reason in await states(desk)} == {("parked", Reason.REJECTED)}
    parked = [outcome.account for outcome in await desk.outcomes() if outcome.outcome is OutcomeKind.PARKED]
    assert sorted(parked) == ["a", "b", "banso:group", "c"]


async def test_a_group_counts_for_the_cooldown_of_each_account_in_it(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon, wait_ms=0, interval_ms=0)
    await desk.hear(*(of(name, noon) for name in "abc"))
    await sent(desk)
    desk.later(DAY_MS)
    await desk.hear(of("b", noon, episode=2))
    (again,) = [row for row in await desk.rows() if row.episode == 2]
    assert (again.state, again.reason) == ("held", Reason.COOLDOWN)


async def test_the_lesser_waits_while_the_worse_is_open_and_is_told_when_that_is_over(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    desk = room(engine, noon, wait_ms=0, interval_ms=0)
    await desk.hear(of("a", noon), of("a", noon, kind=SignalKind.STALLED))
    assert len(await sent(desk)) == 1
    waits = {row.kind: (row.state, row.reason) for row in await desk.rows()}
    assert waits["stalled"] == ("waiting", Reason.INHIBITED)
    desk.later(HOUR_MS)
    await desk.hear(of("a", noon, state=SignalState.CLOSED))
    await desk.tend()
    assert await sent(desk) == ["A：運用フェーズで止まっています"]


async def test_what_nobody_took_is_told_again_twice_and_no_more(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon, wait_ms=0)
    await desk.hear(of("a", noon))
    assert len(await sent(desk)) == 1
    for turn in range(4):
        desk.later(REPEAT - 1)
        await desk.tend()
        assert await sent(desk) == []
        desk.later(1)
        await desk.tend()
        again = await sent(desk)
        assert again == (["再通知：A：困っているのに声が上がっていません"] if turn < 2 else [])
    assert sorted(row.turn for row in await desk.rows()) == [0, 1, 2]
    assert len({row.id for row in await desk.rows()}) == 3


@pytest.mark.parametrize("how", ["taken", "over", "snoozed", "judged"])
async def test_no_reminder_of_what_somebody_took_or_what_is_over(
    engine: AsyncEngine, noon: ManualClock, how: str
) -> None:
    desk = room(engine, noon, wait_ms=0)
    await desk.hear(of("a", noon))
    await sent(desk)
    row = await desk.row()
    async with transaction(engine) as tx:
        match how:
            case "taken":
                await inbox.acknowledge(tx, Act(row.id, Deed.ACKNOWLEDGED, "sato", noon.now(), Source.API))
            case "snoozed":
                until = noon.now() + DAY_MS
                await inbox.snooze(tx, Act(row.id, Deed.SNOOZED, "sato", noon.now(), Source.API, until))
            case "judged":
                await acts.judge(tx, row, Act(row.id, Deed.NOT_REAL, "sato", noon.now(), Source.API))
            case _:
                pass
    if how == "over":
        await desk.hear(of("a", noon, state=SignalState.CLOSED))
    desk.later(REPEAT)
    await desk.tend()
    assert await sent(desk) == []
    assert len(await desk.rows()) == 1


async def test_whoever_takes_a_group_takes_all_of_it(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon, wait_ms=0, interval_ms=0)
    await desk.hear(*(of(name, noon) for name in "abc"))
    await sent(desk)
    (group,) = [row for row in await desk.rows() if row.play == GROUP]
    async with transaction(engine) as tx:
        await inbox.acknowledge(tx, Act(group.id, Deed.ACKNOWLEDGED, "sato", noon.now(), Source.API))
    assert {row.acknowledged_by for row in await desk.rows()} == {"sato"}
    desk.later(REPEAT)
    await desk.tend()
    assert await sent(desk) == []


async def test_a_replayed_storm_says_nothing_twice(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon, wait_ms=0, interval_ms=0)
    storm = [of(name, noon) for name in "abc"]
    await desk.hear(*storm)
    assert len(await sent(desk)) == 1
    again = room(engine, noon, wait_ms=0, interval_ms=0)
    await again.hear(*storm, at_offset=0)
    assert await sent(again) == []
    assert sum(state == OutreachState.SENT for _, state, _ in await states(again)) == 4


@pytest.mark.parametrize("locale", ["ja", "en"])
async def test_a_group_reads_as_its_golden_file(engine: AsyncEngine, noon: ManualClock, locale: str) -> None:
    desk = room(engine, noon, wait_ms=0)
    named = {"owner_locale": locale, "locale": locale}
    worths = {"acme": 5_000_000, "bolt": 700_000, "coil": 90_000}
    await desk.hear(*(of(name, noon, acv=units * 1_000_000, **named) for name, units in worths.items()))
    (group,) = [row for row in await desk.rows() if row.play == GROUP]
    message = decode(message_decoder, bytes(group.message))
    assert as_text(message) == (GOLDEN / f"group.{locale}.txt").read_text("utf-8")
