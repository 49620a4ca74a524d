"""Kills members over a growing stream until there were enough kills, lets the last one finish, and judges."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from signal import SIGKILL
from typing import Any

import msgspec

from banso_common.contracts.plays_told import are_plays
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.log.port import Log
from tests.fault.life import Life, Place, make_topics, write
from tests.fault.stream import Day, days
from tests.fault.verdict import breaches

POINTS = {"before-commit": 12, "after-commit": 12, "scoring-stored": 4, "relay-sent": 1}
"""Failpoints, and up to which pass a life dies there; early passes are the likelier, for lives are short."""
LIFE_MS_MAX = 250
READ_MAX = 1_000_000
"""Signals of one partition: more than any run says."""
DEATH_BY_CLOCK = 0.25
"""The share of lives that are ended at a random moment instead of a point."""


@dataclass
class Report:
    """What a run came to."""

    kills: Counter[str] = field(default_factory=Counter)
    records: int = 0
    days: int = 0
    signals: int = 0
    breaches: list[str] = field(default_factory=list)


class Nursery:
    """Where members are born and die."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def live(self, life: Life) -> int:
        """Let a life be lived; gives its exit code, or minus the signal that ended it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(life) + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery, for the length of a block."""
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.fault.nursery"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | one_thread
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


async def run(place: Place, kills: int, seed: int) -> Report:
    """Kill `kills` members at `place`, which is fresh; judge what is there in the end."""
    draw, report, written = random.Random(seed), Report(), list[Day]()
    engine, log = connect(place.store), place.log()
    await upgrade(engine, "banso_scoring")
    await log.start()
    await make_topics(log)
    with nursery() as births:
        for now, day in days(seed):
            await write(log, day)
            written.append(day)
            while (why := _death(draw, report, kills)) != "":
                ended = births.live(_life(place, now, why))
                if ended == 0:
                    break
                assert ended == -SIGKILL, f"a member ended with {ended}"
                report.kills[why.partition(":")[0]] += 1
            if report.kills.total() >= kills:
                assert births.live(Life(place, now)) == 0
                break
    report.breaches = await breaches(engine, log, written)
    report.days, report.records = len(written), sum(map(len, written))
    report.signals = await _signals(log)
    await log.stop()
    await engine.dispose()
    return report


def reported(place: Place, kills: int, seed: int) -> dict[str, Any]:
    """`run` in a process of its own, as plain values, with the seconds that it took."""
    began = time.monotonic()
    report = asyncio.run(run(place, kills, seed))
    seconds = round(time.monotonic() - began, 1)
    return {"total": report.kills.total(), **vars(report), "kills": dict(report.kills), "seconds": seconds}


def _death(draw: random.Random, report: Report, kills: int) -> str:
    """How the next life is to end: at a point, or after some ms; empty when there were enough."""
    if report.kills.total() >= kills:
        return ""
    if draw.random() < DEATH_BY_CLOCK:
        return f"clock:{draw.randrange(LIFE_MS_MAX)}"
    name = draw.choice(list(POINTS))
    return f"{name}:kill:{min(draw.randint(1, POINTS[name]) for _ in range(2))}"


def _life(place: Place, now: int, why: str) -> Life:
    name, _, ms = why.partition(":")
    return Life(place, now, kill_after_ms=int(ms)) if name == "clock" else Life(place, now, failpoint=why)


async def _signals(log: Log) -> int:
    count = 0
    for partition in range(await log.partitions(Topic.ACCOUNT_SIGNALS)):
        values = (await log.scan(Topic.ACCOUNT_SIGNALS, partition, 0, READ_MAX)).values
        count += sum(not are_plays(value) for value in values)
    return count
