"""Ingest as a whole: from a record of any form to account activity, through its own worker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from banso_common.clock import ManualClock
from banso_common.contracts.topics import Topic
from banso_common.errors import SettingsError, Unavailable
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.port import Log
from banso_common.settings import load
from banso_ingest.dead_letters import Choice, replay
from banso_ingest.service import IngestService, build
from banso_ingest.settings import IngestSettings
from tests.ingest.gate import Gate
from tests.ingest.given import CLOUDEVENT, PLAIN, TRACK, without
from tests.ingest.logs import activities, dead_letters, everything, put

WAIT_S = 20.0


@pytest.fixture
async def service(log: Log, ingest_clock: ManualClock) -> AsyncIterator[IngestService]:
    made = await build(IngestSettings(), log, ingest_clock)
    await made.start()
    yield made
    await made.stop()


async def until(holds: Callable[[], bool]) -> None:
    """Only a failing test waits long."""
    async with asyncio.timeout(WAIT_S):
        while not holds():  # noqa: ASYNC110 -- what is waited for has no event of its own
            await asyncio.sleep(0.01)


async def caught_up(service: IngestService) -> None:
    async with asyncio.timeout(WAIT_S):
        while not await service.worker.caught_up():  # noqa: ASYNC110 -- the log tells nobody that its end was reached
            await asyncio.sleep(0.01)


async def test_records_become_activity_or_dead_letters_and_the_service_says_that_it_is_ready(
    service: IngestService, log: Log
) -> None:
    events = [CLOUDEVENT, TRACK, PLAIN, without(PLAIN, "account")]
    await put(log, [json.dumps(event).encode() for event in events])
    await until(lambda: service.readiness() == {"ingest.log": None, "ingest.partitions": None, "ingest.tasks": None})
    await caught_up(service)
    assert len(await activities(log)) == 3
    assert [letter.code for letter in await dead_letters(log)] == ["missing-account"]


async def test_a_new_member_goes_on_where_the_last_one_stopped(log: Log, ingest_clock: ManualClock) -> None:
    for number in range(2):
        await put(log, [json.dumps(PLAIN | {"id": f"p-{number}"}).encode()])
        service = IngestService(IngestSettings(), log, ingest_clock)
        await service.start()
        await caught_up(service)
        await service.stop()
    assert [each.id for each in await activities(log)] == ["p-0", "p-1"]


async def test_a_write_that_fails_is_done_again_and_nothing_is_lost(log: Log, ingest_clock: ManualClock) -> None:
    gate = Gate(log)
    service = IngestService(IngestSettings(), gate, ingest_clock)
    await service.start()
    await until(lambda: service.readiness()["ingest.log"] is None)
    gate.fault = Unavailable("the broker is away")
    await put(log, [json.dumps(PLAIN).encode()])
    await until(lambda: service.readiness()["ingest.log"] is not None)
    gate.fault = None
    await caught_up(service)
    assert {each.id for each in await activities(log)} == {"p-1"}
    await service.stop()


async def test_a_log_that_is_away_at_the_start_is_waited_for(log: Log, ingest_clock: ManualClock) -> None:
    gate = Gate(log)
    gate.fault = Unavailable("the broker is away")
    service = IngestService(IngestSettings(), gate, ingest_clock)
    await service.start()
    gate.fault = None
    await put(log, [json.dumps(PLAIN).encode()])
    await caught_up(service)
    assert len(await activities(log)) == 1
    await service.stop()


async def test_without_its_topics_it_does_not_start(tmp_path: Path, ingest_clock: ManualClock) -> None:
    empty = EmbeddedLog(tmp_path / "empty.sqlite", ingest_clock)
    await empty.start()
    with pytest.raises(SettingsError, match="no topic"):
        await IngestService(IngestSettings(), empty, ingest_clock).start()
    await empty.stop()


async def test_a_dead_letter_that_is_replayed_after_the_mending_is_counted_once(
    log: Log, ingest_clock: ManualClock
) -> None:
    """The event names no account: refused, until the installation says that a user is one."""
    event = json.dumps(without(PLAIN, "account", "id", "at")).encode()
    await put(log, [event])
    strict = IngestService(IngestSettings(), log, ingest_clock)
    await strict.start()
    await caught_up(strict)
    await strict.stop()
    assert [letter.code for letter in await dead_letters(log)] == ["missing-account"]
    assert await replay(log, Choice()) == 1
    assert await replay(log, Choice()) == 1
    mended = IngestService(IngestSettings(user_is_account=True), log, ingest_clock)
    await mended.start()
    await caught_up(mended)
    await mended.stop()
    assert len(await everything(log, Topic.USAGE_EVENTS)) == 3
    again = await activities(log)
    assert (len(again), len({each.identity for each in again})) == (2, 1)
    assert {each.account for each in again} == {"mika"}


async def test_a_halted_partition_is_said_in_readiness(log: Log, ingest_clock: ManualClock) -> None:
    await put(log, [b"{"] * 200, partition=2)
    await put(log, [json.dumps(PLAIN).encode()], partition=1)
    service = IngestService(IngestSettings(), log, ingest_clock)
    await service.start()
    await until(lambda: service.readiness()["ingest.partitions"] is not None)
    assert "200 of 200 records are refused" in (service.readiness()["ingest.partitions"] or "")
    await service.stop()
    assert await dead_letters(log) == []
    assert len(await activities(log)) == 1


def test_settings_are_read_from_the_environment_and_a_wrong_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANSO_KEPT_DAYS", "30")
    monkeypatch.setenv("BANSO_REFUSED_SHARE_MAX", "0.2")
    monkeypatch.setenv("BANSO_COOL_DOWN_S", "5")
    read = load(IngestSettings)
    assert (read.rules.kept_ms, read.breaker.share_max, read.breaker.cool_down_ms) == (30 * 86_400_000, 0.2, 5_000)
    monkeypatch.setenv("BANSO_KEPT_DAYS", "0")
    with pytest.raises(SettingsError, match="BANSO_KEPT_DAYS"):
        load(IngestSettings)
