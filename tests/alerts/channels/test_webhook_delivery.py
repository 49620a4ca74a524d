"""Webhooks from decision to receiver: three days of trying, and an end when the receiver is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.channels.pinned import PinnedHttp
from banso_alerts.channels.webhook import Endpoint, WebhookChannel, address_of
from banso_alerts.deliver import Deliverer
from banso_alerts.domain.delivery import Limits, Retry, backoff_ms, limits_of
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.store import suppressions
from banso_common.clock import DAY_MS, HOUR_MS, SECOND_MS, ManualClock
from banso_common.db.transaction import transaction
from tests.alerts.hook_server import HookServer, reply, running_hooks
from tests.alerts.made import directory, signal
from tests.alerts.room import LIMITS, PostBox, Room


@pytest.fixture
async def hooks() -> AsyncIterator[HookServer]:
    async with running_hooks() as server:
        yield server


@pytest.fixture
async def channel(hooks: HookServer, noon: ManualClock) -> AsyncIterator[WebhookChannel]:
    made = WebhookChannel(PinnedHttp(5.0, allow_private=True), Endpoint(SecretStr(hooks.url), (b"k" * 32,)), noon)
    yield made
    await made.close()


def room_for(engine: AsyncEngine, clock: ManualClock, address: str) -> Room:
    through = directory(ChannelName.WEBHOOK, team={ChannelName.WEBHOOK: address})
    return Room(engine, clock, PostBox(ChannelName.WEBHOOK, can_find=False), directory=through)


async def test_a_receiver_that_is_gone_gets_nothing_more_until_it_is_taken_off_the_list(
    engine: AsyncEngine, noon: ManualClock, hooks: HookServer, channel: WebhookChannel
) -> None:
    room = room_for(engine, noon, address_of(SecretStr(hooks.url)))
    deliverer = Deliverer(engine, [channel], noon, LIMITS, lambda: None)
    hooks.answers = [reply(410)]
    await room.hear(signal())
    await deliverer.once(channel)
    row = await room.row()
    assert (row.state, row.reason, row.detail) == ("parked", "rejected", "HTTP 410: ")
    await room.hear(signal("next"))
    assert {each.account: each.reason for each in await room.rows()} == {"acme": "rejected", "next": "suppressed"}
    async with transaction(engine) as tx:
        (only,) = await suppressions.listed(tx, None, 10)
        assert only.reason == "gone"
        assert await suppressions.remove(tx, only.address)
    await room.hear(signal("again"))
    await deliverer.once(channel)
    assert {each.account: each.state for each in await room.rows()}["again"] == "sent"
    assert len(hooks.received) == 2


async def test_a_webhook_is_tried_for_three_days_with_growing_waits_though_its_play_expires_sooner(
    engine: AsyncEngine, noon: ManualClock
) -> None:
    room = room_for(engine, noon, "webhook:1")
    room.box.answers = [Retry("HTTP 500")] * 100
    began = noon.now()
    await room.hear(signal(said_at=began - 160 * HOUR_MS))
    waits: list[int] = []
    while (row := await room.row()).state not in ("parked", "expired"):
        if row.next_at > noon.now():
            waits.append(row.next_at - noon.now())
            room.later(waits[-1])
        await room.tend()
        await room.deliver()
    assert (row.state, row.reason) == ("parked", "attempts-exhausted")
    assert noon.now() - began >= 3 * DAY_MS
    assert sum(waits[:10]) < 3 * HOUR_MS
    assert waits[0] < 10 * SECOND_MS
    assert waits[:12] == sorted(waits[:12])


def test_the_waits_of_other_channels_are_those_of_the_installation() -> None:
    own = limits_of(ChannelName.WEBHOOK, Limits())
    assert limits_of(ChannelName.EMAIL, Limits()) == Limits()
    assert (own.request_ms_max, own.grace_ms) == (Limits().request_ms_max, Limits().grace_ms)
    assert backoff_ms("x", 30, own) >= 6 * HOUR_MS
