"""What found no place is told in one message a day, with the reason for each; durable as any outreach, and once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.domain.carriers import DIGEST_SUBJECT
from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_alerts.domain.plays import DIGEST, Audience, OwnText, PlayChannel
from banso_alerts.domain.proof.findings import PlayFound
from banso_alerts.domain.proof.measurement import Measurement
from banso_alerts.domain.proof.uplift import State
from banso_alerts.domain.stages.stage import Room as Limits
from banso_alerts.render.message import message_decoder
from banso_alerts.render.written import as_text
from banso_alerts.store.proof import findings
from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_signal import AccountSignal, Severity, SignalKind, SignalState
from banso_common.contracts.codec import decode
from banso_common.db.transaction import transaction
from tests.alerts.made import at, directory, play, rules, signal
from tests.alerts.room import Room

TEXT = OwnText("title", ("what",), ("do",))
GOLDEN = Path(__file__).parent / "render" / "golden"
FOUR = at("2026-03-02T16:00")
LIMITS = Limits(voice_house_ms=DAY_MS, voice_customer_ms=7 * DAY_MS, hours_per_week=10.0, digest_minute=16 * 60)
"""Two hours a day: two calls of an hour each."""


def worth(name: str, units: int, **changes: Any) -> AccountSignal:
    return signal(name, account_name=name.title(), acv=units * 1_000_000, **changes)


def room(engine: AsyncEngine, clock: ManualClock, **changes: Any) -> Room:
    return Room(engine, clock, rules=rules(cap_per_day=0, room=replace(LIMITS, **changes)))


async def digests(of: Room) -> list[Any]:
    return [row for row in await of.rows() if row.play == DIGEST]


async def test_the_most_valuable_are_told_now_and_the_rest_at_four_in_one_message(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    desk = room(engine, noon)
    await desk.hear(worth("small", 10), worth("great", 1_000), worth("middle", 100), worth("smaller", 5))
    held = {row.account: (row.state, row.reason, row.stage) for row in await desk.rows() if row.play != DIGEST}
    late = ("held", Reason.BUDGET, "arbitration")
    now = ("planned", None, None)
    assert held == {"great": now, "middle": now, "small": late, "smaller": late}
    (digest,) = await digests(desk)
    assert (digest.state, digest.reason, digest.next_at) == ("waiting", Reason.DIGEST, FOUR)
    assert (digest.account, digest.recipient_key) == (DIGEST_SUBJECT, "owner:sato@vendor.example")
    await desk.deliver()
    assert len(desk.box.sent) == 2
    noon.move_to(FOUR - 1)
    assert await desk.tend() == 0
    noon.move_to(FOUR)
    assert await desk.tend() == 1
    await desk.deliver()
    (told,) = desk.box.sent[2:]
    assert told.message.title == "その場ではお知らせしなかったこと：2件"
    assert [line.split("：")[0] for line in told.message.sections[0].lines] == ["Small", "Smaller"]
    assert (await digests(desk))[0].state == OutreachState.SENT
    assert {row.state for row in await desk.rows() if row.told_in} == {"held"}


async def test_a_day_has_one_digest_and_the_next_day_another(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon)
    await desk.hear(*(worth(f"a{i}", 10) for i in range(4)))
    desk.later(HOUR_MS)
    await desk.hear(worth("b", 10, said_at=noon.now()))
    (digest,) = await digests(desk)
    assert [row.told_in for row in await desk.rows() if row.state == "held"] == [digest.id] * 3
    noon.move_to(FOUR)
    await desk.tend()
    await desk.deliver()
    await desk.hear(worth("c", 10, said_at=noon.now()))
    assert sorted(row.next_at for row in await digests(desk) if row.state == "waiting") == [FOUR + DAY_MS]
    assert len(desk.box.sent) == 3


async def test_a_digest_is_told_once_though_its_sender_dies(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon)
    await desk.hear(*(worth(f"a{i}", 10) for i in range(3)))
    await desk.deliver()
    noon.move_to(FOUR)
    await desk.tend()
    (digest,) = await digests(desk)
    desk.box.answers = [RuntimeError("died after Slack had it")]
    desk.box.arrived[digest.id] = "C1/1.0"
    await desk.deliver()
    desk.later(60_000)
    await desk.deliver()
    assert (await digests(desk))[0].state == OutreachState.SENT
    assert [letter.message.outreach_id for letter in desk.box.sent].count(digest.id) == 1
    again = room(engine, noon)
    await again.hear(*(worth(f"a{i}", 10) for i in range(3)), at_offset=0)
    assert await again.tend() == 0
    assert len(await digests(again)) == 1


async def test_what_is_over_or_taken_by_then_is_left_out_and_an_empty_digest_is_not_sent(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    desk = room(engine, noon)
    await desk.hear(*(worth(f"a{i}", 10 - i) for i in range(3)))
    await desk.hear(worth("a2", 1, state=SignalState.CLOSED))
    await desk.deliver()
    noon.move_to(FOUR)
    await desk.tend()
    (digest,) = await digests(desk)
    assert (digest.state, digest.reason) == ("held", Reason.CLOSED)
    assert await desk.deliver() == 0


async def test_of_one_account_an_owner_hears_once_and_the_other_news_wait_for_four(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    desk = room(engine, noon, hours_per_week=None)
    await desk.hear(signal(), signal(kind=SignalKind.STRUGGLING, severity=Severity.INFO))
    await desk.hear(signal(kind=SignalKind.GOAL_REACHED, severity=Severity.WARNING))
    await desk.hear(signal(episode=2, kind=SignalKind.HEALTH_CRITICAL, severity=Severity.CRITICAL, account="acme"))
    found = {(row.kind, row.state, row.reason) for row in await desk.rows() if row.play != DIGEST}
    assert found == {
        ("silent-struggling", "planned", None),
        ("struggling", "held", Reason.ONE_VOICE),
        ("goal-reached", "held", Reason.ONE_VOICE),
        ("health-critical", "waiting", Reason.INHIBITED),
    }


async def test_a_customer_is_told_no_digest(engine: AsyncEngine, noon: ManualClock) -> None:
    desk = room(engine, noon)
    to_them = replace(play("celebrate"), name="offer", audience=Audience.CONTACT, channels=(PlayChannel.EMAIL,))
    offer = replace(to_them, template=None, text={"ja": TEXT, "en": TEXT}, cooldown_ms=0)
    desk.desk.policy = replace(desk.policy, plays=(offer,), directory=directory(ChannelName.EMAIL))
    open_all_day = rules(cap_per_day=0, room=LIMITS, hours=replace(rules().hours, opens_minute=0, closes_minute=1440))
    desk.desk.policy = replace(desk.desk.policy, rules=open_all_day)
    await desk.hear(*(signal(kind=SignalKind.GOAL_REACHED, episode=n, time_zone="Asia/Tokyo") for n in (1, 2)))
    assert sorted((row.state, row.reason, row.told_in) for row in await desk.rows()) == [
        ("held", Reason.ONE_VOICE, None),
        ("planned", None, None),
    ]


@pytest.mark.parametrize("locale", ["ja", "en"])
async def test_a_digest_reads_as_its_golden_file(engine: AsyncEngine, noon: ManualClock, locale: str) -> None:
    desk = room(engine, noon)
    named = {"owner_locale": locale, "locale": locale}
    await desk.hear(
        *(worth(name, 100, severity=Severity.CRITICAL, **named) for name in ("a", "b", "c")),
        worth("d", 50, kind=SignalKind.STALLED, **named),
    )
    await desk.hear(worth("a", 100, kind=SignalKind.STRUGGLING, severity=Severity.INFO, **named))
    noon.move_to(FOUR)
    await desk.tend()
    (digest,) = await digests(desk)
    message = decode(message_decoder, bytes(digest.message))
    assert as_text(message) == (GOLDEN / f"digest.{locale}.txt").read_text("utf-8")


async def test_a_play_that_was_measured_to_help_more_has_the_place(engine: AsyncEngine, noon: ManualClock) -> None:
    """Two accounts of one value, one hour a day: the author thinks more of the one play, what was seen does not."""
    plays = [play("call-the-silent"), replace(play("help-the-struggling"), cost=play().cost)]

    def found(name: str, believed: float) -> PlayFound:
        return PlayFound(name, 40, 10, State.NO_DIFFERENCE, None, believed, [], [])

    desk = room(engine, noon, hours_per_week=5.0)
    desk.desk.policy = replace(desk.policy, plays=tuple(plays))
    async with transaction(engine) as tx:
        seen = Measurement(uplift=[found("call-the-silent", 0.01), found("help-the-struggling", 0.3)], wear_out=[])
        await findings.keep(tx, seen, noon.now())
    await desk.hear(worth("silent", 10), worth("loud", 10, kind=SignalKind.STRUGGLING))
    told = {row.account: row.state for row in await desk.rows() if row.play != DIGEST}
    assert told == {"silent": "held", "loud": "planned"}
