"""Members in processes of their own: what happens when one hangs or dies."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from banso_common.log.port import Log
from tests.contract.places import (
    PARTITIONS,
    TOPIC,
    WAIT_S,
    EmbeddedPlace,
    Place,
    Told,
    collect,
    numbers,
    outgoing,
    values,
)

ROOT = Path(__file__).parents[2]
both = pytest.mark.parametrize("place", ["embedded", "kafka"], indirect=True)  # groups know no fetch path
Start = Callable[[Place], Awaitable[Process]]


@pytest.fixture
async def member() -> AsyncIterator[Start]:
    """Starts `tests.contract.member` on a place, and ends it after the test."""
    started: list[Process] = []

    async def start(place: Place) -> Process:
        program = [sys.executable, "-m", "tests.contract.member", *place.arguments()]
        process = await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdin=PIPE, stdout=PIPE)
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def says(process: Process, word: str) -> list[str]:
    """The rest of the next line that begins with `word`."""
    assert process.stdout is not None
    async with asyncio.timeout(WAIT_S):
        while line := (await process.stdout.readline()).decode().split():
            if line[0] == word:
                return line[1:]
    raise AssertionError(f"the member ended without saying {word}")


@both
async def test_a_member_that_hangs_loses_its_partitions_and_is_fenced_when_it_wakes(
    log: Log, place: Place, member: Start
) -> None:
    writer = await log.writer()
    await writer.write([outgoing(0, numbers(0, 5))])
    hung = await member(place)
    assert len(await says(hung, "assigned")) == PARTITIONS
    assert await says(hung, "read") == ["5"]
    hung.send_signal(signal.SIGSTOP)
    told = Told()
    reader = await log.reader(TOPIC, "g", told)
    assert values(await collect(reader, 5)) == numbers(0, 5), "what was not committed is read again"
    assert told.owned == set(range(PARTITIONS))
    await reader.commit({0: 5})
    assert hung.stdin is not None
    hung.stdin.write(b"commit 0 3\n")
    hung.send_signal(signal.SIGCONT)
    assert await says(hung, "fenced") == []


@both
async def test_a_killed_member_leaves_everything_to_the_others(log: Log, place: Place, member: Start) -> None:
    writer = await log.writer()
    await writer.write([outgoing(0, numbers(0, 5))])
    killed = await member(place)
    assert await says(killed, "read") == ["5"]
    told = Told()
    reader = await log.reader(TOPIC, "g", told)
    killed.kill()
    assert values(await collect(reader, 5)) == numbers(0, 5)
    assert told.owned == set(range(PARTITIONS))


@both
async def test_members_of_two_processes_share(log: Log, place: Place, member: Start) -> None:
    told = Told()
    reader = await log.reader(TOPIC, "g", told)
    other = await member(place)
    seen = asyncio.create_task(says(other, "assigned"))
    while not seen.done():
        await reader.read(10, 50)
    theirs = {int(partition) for partition in seen.result()}
    while len(told.owned) != PARTITIONS - len(theirs):
        await reader.read(10, 50)
    assert theirs | told.owned == set(range(PARTITIONS))
    assert len(theirs) == PARTITIONS // 2


@both
async def test_records_written_by_one_process_wake_a_reader_in_another(log: Log, place: Place, member: Start) -> None:
    other = await member(place)
    await says(other, "assigned")
    writer = await log.writer()
    await writer.write([outgoing(0, numbers(0, 3))])
    assert await says(other, "read") == ["3"]


@pytest.mark.parametrize("place", ["embedded"], indirect=True)
async def test_a_killed_process_is_known_as_dead_at_once(place: EmbeddedPlace, member: Start) -> None:
    """Its time-out would be longer than this test: the lock that it held tells."""
    await place.log()
    place.limits = replace(place.limits, session_timeout_ms=10**9)
    killed = await member(place)
    await says(killed, "assigned")
    killed.kill()
    await killed.wait()
    log = await place.log()
    told = Told()
    reader = await log.reader(TOPIC, "g", told)
    await reader.read(10, 500)
    assert told.owned == set(range(PARTITIONS))
    assert len(list(place.path.parent.glob("*-alive-*"))) == 1, "the dead one's sign is removed, ours stands"
