"""What must hold in the end, whatever died on the way, told as a list of what does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.contracts.account_activity import AccountActivity, activity_decoder
from banso_common.contracts.account_signal import signal_decoder
from banso_common.contracts.plays_told import are_plays
from banso_common.contracts.topics import Topic
from banso_common.db.transaction import reading
from banso_common.log.port import Log
from banso_scoring import facts_store
from banso_scoring import tables as t
from tests.fault.stream import PARTITIONS, Day
from tests.scoring.promises.room import EVER, plain
from tests.scoring.promises.streams import Fold


async def breaches(engine: AsyncEngine, log: Log | None, written: Sequence[Day]) -> list[str]:
    """Which promises the store and the log break, given all that was written."""
    found = [
        *await _facts(engine, written),
        *await _conservation(engine, written),
        *await _episodes(engine),
    ]
    return found if log is None else [*found, *await _told(engine, log)]


def readable(written: Iterable[Day]) -> tuple[list[AccountActivity], int]:
    """The activities of a stream in their order, and how many records are none."""
    some, rubbish = [], 0
    for day in written:
        for _, raw in day:
            try:
                some.append(activity_decoder.decode(raw))
            except msgspec.MsgspecError:
                rubbish += 1
    return some, rubbish


async def _facts(engine: AsyncEngine, written: Sequence[Day]) -> list[str]:
    """State = fold(log)."""
    expected = Fold().take(readable(written)[0]).facts
    async with reading(engine) as tx:
        names = list((await tx.execute(select(t.account.c.account))).scalars())
        found = plain(await facts_store.of_accounts(tx, names, EVER))
    wrong = [key for key in sorted({*expected, *found}) if expected.get(key) != found.get(key)]
    return [f"the facts of {key} are {found.get(key)}, not {expected.get(key)}" for key in wrong]


async def _conservation(engine: AsyncEngine, written: Sequence[Day]) -> list[str]:
    """Received = applied + repeats + set aside, of every record of every partition."""
    activities, rubbish = readable(written)
    fold = Fold().take(activities)
    sizes = [sum(partition == lane for day in written for partition, _ in day) for lane in range(PARTITIONS)]
    async with reading(engine) as tx:
        lanes = (await tx.execute(select(t.lane).order_by(t.lane.c.lane))).all()
        offsets = list(
            (await tx.execute(select(t.checkpoint.c.next_offset).order_by(t.checkpoint.c.partition))).scalars()
        )
        aside = len((await tx.execute(select(t.dead_letter.c.lane))).all())
    problems = []
    if offsets != sizes:
        problems.append(f"the checkpoints are {offsets}, the log has {sizes}")
    if [row.received for row in lanes] != sizes:
        problems.append(f"received {[row.received for row in lanes]}, written {sizes}")
    for row in lanes:
        if row.received != row.applied + row.duplicate + row.dead_lettered:
            problems.append(f"lane {row.lane} does not add up: {row}")
    counted = [sum(getattr(row, name) for row in lanes) for name in ("applied", "duplicate", "dead_lettered")]
    if counted != [len(fold.seen), fold.repeats, rubbish] or aside != rubbish:
        problems.append(f"counted {counted}, {aside} aside; written {[len(fold.seen), fold.repeats, rubbish]}")
    return problems


async def _episodes(engine: AsyncEngine) -> list[str]:
    """Each episode is opened once, and closed at most once after that; numbers have no holes."""
    async with reading(engine) as tx:
        said = [
            signal_decoder.decode(bytes(raw))
            for raw in (await tx.execute(select(t.outbox.c.value).order_by(t.outbox.c.seq))).scalars()
        ]
    problems, opened, closed = [], dict[tuple[str, str], int](), set[tuple[str, str, int]]()
    for signal in said:
        place = (signal.account, str(signal.kind))
        if signal.state == "opened":
            if signal.episode != opened.get(place, 0) + 1:
                problems.append(f"{signal.key} opens after episode {opened.get(place, 0)}")
            opened[place] = signal.episode
        elif signal.episode > opened.get(place, 0) or (*place, signal.episode) in closed:
            problems.append(f"{signal.key} closes what is not open")
        else:
            closed.add((*place, signal.episode))
    return problems


async def _told(engine: AsyncEngine, log: Log) -> list[str]:
    """The topic has every key of the outbox, in the outbox's order when repeats are left out, and no other."""
    async with reading(engine) as tx:
        rows = (await tx.execute(select(t.outbox.c.key, t.outbox.c.account).order_by(t.outbox.c.seq))).all()
    told: dict[str, list[str]] = {}
    async for raw in _records(log):
        if are_plays(raw):
            continue
        signal = signal_decoder.decode(raw)
        told.setdefault(signal.account, [])
        if signal.key not in told[signal.account]:
            told[signal.account].append(signal.key)
    said: dict[str, list[str]] = {}
    for row in rows:
        said.setdefault(row.account, []).append(row.key)
    return [
        f"of {name} was told {told.get(name)}, said {said.get(name)}"
        for name in {*said, *told}
        if told.get(name) != said.get(name)
    ]


async def _records(log: Log) -> AsyncIterator[bytes]:
    for partition in range(await log.partitions(Topic.ACCOUNT_SIGNALS)):
        offset = 0
        while True:
            batch = await log.scan(Topic.ACCOUNT_SIGNALS, partition, offset, 1_000)
            if not len(batch):
                break
            for value in batch.values:
                yield value
            offset = batch.next_offset
    with suppress(GeneratorExit):
        return
