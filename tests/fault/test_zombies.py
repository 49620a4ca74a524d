"""Two members share partitions over a real Kafka and PostgreSQL, outlive each other, and refuse the dead who return."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import reading
from banso_common.log.port import Log
from banso_scoring import tables as t
from tests.fault.life import Life, Place, make_topics, write
from tests.fault.stream import PARTITIONS, Day, days
from tests.fault.verdict import breaches

WAIT_S = 60.0
"""How long to wait for what must happen; only a failing test waits so long."""


class House:
    """A store and a log, the records written, and the members at work."""

    def __init__(self, place: Place, engine: AsyncEngine, log: Log, said: Path) -> None:
        self.place, self.engine, self.log, self.said = place, engine, log, said
        self.written: list[Day] = []
        self._days = days(11)
        self.now = 0

    async def write(self) -> None:
        """Another day's records."""
        self.now, day = next(self._days)
        await write(self.log, day)
        self.written.append(day)

    @contextmanager
    def member(self, failpoint: str = "") -> Iterator[subprocess.Popen[bytes]]:
        """A member at work, killed at the end; what it says goes to `said`."""
        life = Life(self.place, self.now, failpoint, until_drained=False)
        command = [sys.executable, "-m", "tests.fault.member", msgspec.json.encode(life).decode()]
        one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        with self.said.open("ab") as said, subprocess.Popen(command, env=one_thread, stdout=said) as process:
            try:
                yield process
            finally:
                process.kill()

    async def applied(self) -> list[int]:
        """How many records each partition's checkpoint has passed."""
        async with reading(self.engine) as tx:
            rows = await tx.execute(select(t.checkpoint.c.partition, t.checkpoint.c.next_offset))
            found = {row.partition: row.next_offset for row in rows}
        return [max(found.get(partition, 0), 0) for partition in range(PARTITIONS)]

    async def epochs(self) -> list[int]:
        """How often each partition was taken."""
        async with reading(self.engine) as tx:
            return list((await tx.execute(select(t.checkpoint.c.epoch).order_by(t.checkpoint.c.partition))).scalars())

    async def all_applied(self) -> bool:
        """Whether the store has all that was written, and all that it says was told."""
        sizes = [sum(partition == at for day in self.written for at, _ in day) for partition in range(PARTITIONS)]
        if await self.applied() != sizes:
            return False
        async with reading(self.engine) as tx:
            return (
                await tx.execute(select(t.outbox.c.seq).where(t.outbox.c.sent_at.is_(None)).limit(1))
            ).first() is None

    async def until(self, what: Callable[[], object]) -> None:
        """Wait until `what` holds."""
        deadline = time.monotonic() + WAIT_S
        while True:
            found = what()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            told = f"{what} did not come about: {await self.applied()}\n{self.said.read_text()}"
            assert time.monotonic() < deadline, told
            await asyncio.sleep(0.05)

    async def judged(self) -> list[str]:
        return await breaches(self.engine, self.log, self.written)


@pytest.fixture
async def house(postgres_url: Callable[[], str], kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[House]:
    """A fresh store and fresh topics."""
    place = Place(postgres_url(), bootstrap=kafka_bootstrap, prefix=f"fault-{uuid4().hex[:8]}-")
    engine, log = connect(place.store), place.log()
    await upgrade(engine, "banso_scoring")
    await log.start()
    await make_topics(log)
    made = House(place, engine, log, tmp_path / "said")
    await made.write()
    yield made
    await log.stop()
    await engine.dispose()


def stopped(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process is stopped (SIGSTOP)."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize(
    ("point", "refused"),
    [
        ("scoring-stored:stop:2", "idle-in-transaction"),
        ("scoring-committed:stop:2", "is no longer the newest|rebalanced|does not own"),
    ],
)
async def test_a_zombie_that_returns_is_refused(house: House, point: str, refused: str) -> None:
    """Stopped inside its transaction it has lost that; stopped after it, it has lost its partitions."""
    with house.member(point) as zombie:
        await house.until(lambda: stopped(zombie))
        before = await house.epochs()
        await house.write()
        with house.member() as other:
            await house.until(house.all_applied)
            assert min(await house.epochs()) > max(before), "the other one took every partition"
            zombie.send_signal(signal.SIGCONT)
            await house.write()
            await house.until(house.all_applied)
            await house.until(lambda: re.search(refused, house.said.read_text()))
            assert other.poll() is None
    assert await house.judged() == []


async def test_two_members_share_the_partitions_and_one_ends_with_everything(house: House) -> None:
    with house.member() as one, house.member() as other:
        await house.until(house.all_applied)
        await house.write()
        await house.until(house.all_applied)
        one.send_signal(signal.SIGKILL)
        await house.write()
        await house.until(house.all_applied)
        assert other.poll() is None
    assert await house.judged() == []


async def test_members_that_come_and_go_leave_what_one_would(house: House) -> None:
    for point in ("scoring-stored:kill:3", "before-commit:kill:9"):
        with house.member(point) as one, house.member():
            await house.write()
            await house.until(lambda: one.poll() is not None or house.all_applied())
    with house.member():
        await house.until(house.all_applied)
    assert await house.judged() == []
