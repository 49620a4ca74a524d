"""A member may be killed around the moment at which it tells of a dead feed: the operator is told of it once, and once
that it is over."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from signal import SIGKILL

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS
from banso_common.contracts.account_signal import SignalKind, feed_subject, signal_decoder
from banso_common.contracts.codec import encode
from banso_common.contracts.plays_told import are_plays
from banso_common.contracts.topics import Topic, partition_of
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import reading
from banso_common.log.port import Log
from banso_scoring import tables as t
from tests.conftest import START_AT
from tests.fault.kills import Nursery, nursery
from tests.fault.life import Life, Place, make_topics, write
from tests.fault.stream import PARTITIONS, Day
from tests.scoring.promises.streams import event

LISTENS_MS = 11 * MINUTE_MS
DIED_AT, BACK_AT = START_AT + 10 * DAY_MS, START_AT + 15 * DAY_MS
KILLS = ("feed-counted:kill", "feed-said:kill", "relay-sent:kill")
SPOKEN = feed_subject("app") + "/feed-stale/1/"


def heard(since: int, until: int) -> Day:
    """Events of one feed and three accounts, one of each in every hour."""
    found: Day = []
    for at in range(since, until, HOUR_MS):
        for number in range(3):
            account = f"account-{number}"
            record = event((at // HOUR_MS) * 3 + number, account, "act", at)
            found.append((partition_of(account, PARTITIONS), encode(record)))
    return found


async def said(engine: AsyncEngine, log: Log) -> tuple[list[str], set[str]]:
    """The keys of what was said of feeds, in the store, and what of it came to the log."""
    async with reading(engine) as tx:
        rows = (await tx.execute(select(t.outbox.c.value).order_by(t.outbox.c.seq))).scalars()
        stored = [signal_decoder.decode(bytes(value)) for value in rows]
    sent: Counter[str] = Counter()
    for partition in range(await log.partitions(Topic.ACCOUNT_SIGNALS)):
        batch = await log.scan(Topic.ACCOUNT_SIGNALS, partition, 0, 100_000)
        sent.update(signal_decoder.decode(value).key for value in batch.values if not are_plays(value))
    return [one.key for one in stored if one.kind is SignalKind.FEED_STALE], {key for key in sent if SPOKEN in key}


def lived(births: Nursery, place: Place, now: int) -> None:
    """Members that die one after the other, each a step further, and one that lives."""
    for point in KILLS:
        assert births.live(Life(place, now, failpoint=point, listens_ms=LISTENS_MS)) == -SIGKILL, point
    assert births.live(Life(place, now, listens_ms=LISTENS_MS)) == 0


@pytest.mark.timeout(180)
async def test_however_often_its_member_is_killed_a_dead_feed_is_told_of_once(
    database_url: str, tmp_path: Path
) -> None:
    place = Place(database_url, file=str(tmp_path / "log"))
    engine, log = connect(place.store), place.log()
    await upgrade(engine, "banso_scoring")
    await log.start()
    await make_topics(log)
    try:
        with nursery() as births:
            await write(log, heard(START_AT, DIED_AT))
            assert births.live(Life(place, DIED_AT)) == 0
            lived(births, place, DIED_AT + 4 * DAY_MS)
            opened = [f"{SPOKEN}opened"]
            assert await said(engine, log) == (opened, set(opened))
            await write(log, heard(BACK_AT, BACK_AT + HOUR_MS))
            lived(births, place, BACK_AT + MINUTE_MS)
            both = [*opened, f"{SPOKEN}closed"]
            assert await said(engine, log) == (both, set(both))
    finally:
        await log.stop()
        await engine.dispose()
