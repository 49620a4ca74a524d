"""Promise 6: the outbox reaches the log whole and in order, at least once, and only for the lanes that are ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import DAY_MS, ManualClock
from banso_common.contracts.topics import KEEP_DAYS, Topic, partition_of
from banso_common.db.engine import connect
from banso_common.db.outbox import Message, outbox_table, put
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Unavailable
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.port import Outgoing
from banso_common.pipeline import relay as relay_module
from banso_common.pipeline.relay import KEEP_DAYS as KEPT_DAYS
from banso_common.pipeline.relay import Relay
from tests.scoring.promises.failing import armed

PARTITIONS = 3
metadata = MetaData(info={"service": "scoring"})
outbox = outbox_table(metadata)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = connect(database_url)
    async with transaction(made) as tx:
        await tx.run_sync(metadata.create_all)
    yield made
    await made.dispose()


@pytest.fixture
async def log(tmp_path: Path, clock: ManualClock) -> AsyncIterator[EmbeddedLog]:
    made = EmbeddedLog(tmp_path / "log", clock)
    await made.start()
    await made.create_topics(PARTITIONS, KEEP_DAYS)
    yield made
    await made.stop()


@pytest.fixture
async def relay(engine: AsyncEngine, log: EmbeddedLog, clock: ManualClock) -> AsyncIterator[Relay]:
    """A relay that owns lanes 0 and 1."""
    made = Relay(log, engine, outbox, lambda: [0, 1], clock)
    yield made
    await made.close()


async def say(engine: AsyncEngine, *keys: str, lane: int = 0, topic: Topic = Topic.ACCOUNT_SIGNALS) -> None:
    async with transaction(engine) as tx:
        await put(tx, outbox, [Message(key, lane, topic, key.partition("/")[0], key.encode()) for key in keys])


async def told(log: EmbeddedLog, topic: Topic = Topic.ACCOUNT_SIGNALS) -> dict[str, list[str]]:
    """What the log holds, by account, each in the partition that its account says."""
    found: dict[str, list[str]] = {}
    for partition in range(PARTITIONS):
        batch = await log.scan(topic, partition, 0, 1_000)
        for key, value in zip(batch.keys, batch.values, strict=True):
            account = (key or b"").decode()
            assert partition == partition_of(account, PARTITIONS)
            found.setdefault(account, []).append(value.decode())
    return found


async def waiting(engine: AsyncEngine) -> list[str]:
    async with reading(engine) as tx:
        query = select(outbox.c.key).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.seq)
        return list((await tx.execute(query)).scalars())


async def test_what_waits_is_sent_once_in_the_order_in_which_it_was_said(
    engine: AsyncEngine, log: EmbeddedLog, relay: Relay
) -> None:
    await say(engine, "a/3", "a/1", "b/1", "a/2")
    await say(engine, "a/0", lane=1)
    assert await relay.once() == 5
    assert await relay.once() == 0
    assert await told(log) == {"a": ["a/3", "a/1", "a/2", "a/0"], "b": ["b/1"]}
    assert await waiting(engine) == []


async def test_lanes_that_are_not_ours_wait_for_their_owner(
    engine: AsyncEngine, log: EmbeddedLog, relay: Relay
) -> None:
    await say(engine, "a/1", lane=2)
    assert await relay.once() == 0
    assert await waiting(engine) == ["a/1"]


async def test_each_topic_gets_its_own(engine: AsyncEngine, log: EmbeddedLog, relay: Relay) -> None:
    await say(engine, "a/1")
    await say(engine, "a/2", topic=Topic.OUTREACH_OUTCOMES)
    await relay.once()
    assert await told(log) == {"a": ["a/1"]}
    assert await told(log, Topic.OUTREACH_OUTCOMES) == {"a": ["a/2"]}


async def test_a_page_at_a_time(
    engine: AsyncEngine, log: EmbeddedLog, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "MESSAGES_MAX", 2)
    await say(engine, *(f"a/{n}" for n in range(5)))
    assert [await relay.once() for _ in range(4)] == [2, 2, 1, 0]
    assert await told(log) == {"a": [f"a/{n}" for n in range(5)]}


async def test_a_crash_between_sending_and_noting_it_sends_it_again_under_the_same_key(
    engine: AsyncEngine, log: EmbeddedLog, relay: Relay
) -> None:
    await say(engine, "a/1", "a/2")
    with armed("relay-sent:fail"), pytest.raises(Unavailable):
        await relay.once()
    assert await waiting(engine) == ["a/1", "a/2"]
    await relay.once()
    assert await told(log) == {"a": ["a/1", "a/2", "a/1", "a/2"]}


async def test_a_log_that_is_away_leaves_everything_waiting_and_the_relay_goes_on_later(
    engine: AsyncEngine, log: EmbeddedLog, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(engine, "a/1")
    writer = await log.writer()
    asked: list[int] = []

    class Away:
        async def write(self, outgoing: Sequence[Outgoing]) -> None:
            asked.append(len(outgoing))
            if len(asked) < 3:
                raise Unavailable("no broker")
            await writer.write(outgoing)

        async def close(self) -> None:
            await writer.close()

    async def away() -> Away:
        return Away()

    monkeypatch.setattr(log, "writer", away)
    monkeypatch.setattr("banso_common.pipeline.backoff.Backoff.next_ms", lambda _: 1)
    task = asyncio.create_task(relay.run())
    while await waiting(engine):  # noqa: ASYNC110 -- the relay gives no event
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await told(log) == {"a": ["a/1"]}


async def test_a_wake_saves_the_poll(
    engine: AsyncEngine, log: EmbeddedLog, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "POLL_S", 1_000)
    task = asyncio.create_task(relay.run())
    for key in ("a/1", "a/2"):
        await say(engine, key)
        relay.wake()
        while await waiting(engine):  # noqa: ASYNC110 -- the relay gives no event
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await told(log) == {"a": ["a/1", "a/2"]}


async def test_what_was_sent_long_ago_is_forgotten(
    engine: AsyncEngine, relay: Relay, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(engine, "a/1")
    await relay.once()
    await say(engine, "b/1", lane=9)
    for days, left in ((KEPT_DAYS, 2), (KEPT_DAYS + 2, 1)):
        clock.move_to(clock.now() + days * DAY_MS)
        await relay._prune()
        async with reading(engine) as tx:
            assert len((await tx.execute(select(outbox))).all()) == left
