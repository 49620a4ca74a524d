"""A rule's way from its first signal to the digest and back, over both stores, as nobody would tell it by hand."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.domain.outreach import OutreachState, Reason
from banso_alerts.domain.proof.rule_book import definition_of
from banso_alerts.proving import judge_rules
from banso_alerts.store.proof import rules as rule_rows
from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.account_signal import SignalKind
from banso_common.db.transaction import reading, transaction
from tests.alerts.made import play, rules, signal
from tests.alerts.proof.alarms import FLOOR, NAME, OPEN_RULES, demoted_room, false_alarms, judged
from tests.alerts.room import Room


async def notices(room: Room) -> list[str]:
    return [row.state for row in await room.rows() if row.account.startswith("banso:")]


async def test_a_rule_that_is_always_wrong_falls_silent_says_so_once_and_is_judged_on(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = await demoted_room(engine, noon)
    await judged(room)
    assert await notices(room) == [OutreachState.PLANNED]
    await room.hear(signal("later", said_at=noon.now()))
    (row,) = [row for row in await room.rows() if row.account == "later"]
    assert (row.state, row.reason, row.stage) == (OutreachState.HELD, Reason.DEMOTED, "demoted")
    room.later(DAY_MS)
    await room.hear(signal("later", kind=SignalKind.CONTACT_MADE, said_at=noon.now()))
    await judged(room)
    async with reading(engine) as tx:
        found = await tx.execute(select(t.judgement.c.found).where(t.judgement.c.signal_key.like("later/%")))
    assert found.scalar_one() == "right"
    assert await notices(room) == [OutreachState.PLANNED]


async def test_the_notice_is_delivered_and_names_the_figures(engine: AsyncEngine, noon: ManualClock) -> None:
    room = await demoted_room(engine, noon)
    await room.deliver()
    (letter,) = [letter for letter in room.box.sent if letter.address == "C0TEAM"]
    words = " ".join(line for section in letter.message.sections for line in section.lines)
    assert "This rule was right 0 of 12 times (0-24 %, 95 % interval): surely below the floor of 30 %" in words


async def test_a_person_restores_it_and_it_speaks_again(engine: AsyncEngine, noon: ManualClock) -> None:
    room = await demoted_room(engine, noon)
    room.later(DAY_MS)
    async with transaction(engine) as tx:
        assert await rule_rows.restore(tx, NAME, "sato", noon.now()) == 1
        assert await rule_rows.restore(tx, NAME, "sato", noon.now()) == 0
    await judged(room)
    await room.hear(signal("later", said_at=noon.now()))
    assert [row.state for row in await room.rows() if row.account == "later"] == ["planned"]
    await room.hear(signal("later", kind=SignalKind.CONTACT_MADE, said_at=noon.now() + 1))
    room.later(DAY_MS)
    await judged(room)
    async with reading(engine) as tx:
        turns = [(row.what, row.who) for row in await rule_rows.turns_of(tx)]
    assert turns == [("demoted", None), ("restored", "sato")]


async def test_its_messages_say_how_often_it_was_right(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, rules=OPEN_RULES)
    await false_alarms(room, range(5))
    await judged(room)
    await room.hear(signal("later", said_at=noon.now(), owner_locale="ja"))
    await room.deliver()
    said = [line for section in room.box.sent[-1].message.sections for line in section.lines]
    assert "このお知らせは、これまで5回のうち0回当たっています（的中率0〜43 %、95 %区間）" in said


async def test_judging_again_changes_nothing_and_a_later_word_does(engine: AsyncEngine, noon: ManualClock) -> None:
    room = Room(engine, noon, rules=OPEN_RULES)
    await false_alarms(room, range(3))
    room.later(20 * DAY_MS)
    await judged(room)
    assert await judge_rules(engine, room.policy, FLOOR, noon.now()) == 0
    room.later(DAY_MS)
    (first, *_) = await room.rows()
    async with transaction(engine) as tx:
        word = {"outreach_id": first.id, "who": "sato", "signal_key": first.signal_key, "play": NAME}
        await tx.execute(t.verdict.insert().values(**word, verdict="real", at=noon.now(), source="button"))
    assert await judge_rules(engine, room.policy, FLOOR, noon.now() + 1) == 1
    assert await judge_rules(engine, room.policy, FLOOR, noon.now() + 2) == 0
    async with reading(engine) as tx:
        (rule,) = await rule_rows.every(tx)
    assert (rule.right_count, rule.judged_count) == (1, 3)


async def test_a_new_rule_with_a_shadow_is_judged_and_not_sent_until_its_days_are_over(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = Room(engine, noon, rules=rules(cap_per_day=0, shadow_ms=14 * DAY_MS))
    shadowed = replace(play(), shadow=True)
    room.policy = room.desk.policy = replace(room.policy, plays=(shadowed,))
    await false_alarms(room, range(1))
    await judged(room)
    (first,) = await room.rows()
    assert (first.state, first.reason) == (OutreachState.HELD, Reason.SHADOW)
    async with reading(engine) as tx:
        assert await tx.scalar(select(t.judgement.c.found)) == "wrong"
    room.later(12 * DAY_MS)
    await room.hear(signal("b", said_at=noon.now()))
    assert (await room.rows())[-1].state == OutreachState.PLANNED


async def test_a_changed_rule_begins_a_new_record_and_one_that_only_costs_more_does_not(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = await demoted_room(engine, noon)
    slower = replace(play(), cooldown_ms=1, quiet_hours=False)
    assert definition_of(slower) == definition_of(play())
    changed = replace(play(), severity_floor=signal().severity)
    room.desk.policy = replace(room.policy, plays=(changed,))
    await room.hear(signal("later", said_at=noon.now()))
    assert [row.state for row in await room.rows() if row.account == "later"] == ["planned"]
    async with reading(engine) as tx:
        (rule,) = await rule_rows.every(tx)
    assert (rule.judged_count, rule.demoted) == (0, 0)
