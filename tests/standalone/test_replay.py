"""The replay goes the real way, never runs ahead of its clock, and leaves the same when it was interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from banso_alerts import tables as alerts
from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import activity_decoder
from banso_common.contracts.topics import Topic
from banso_common.db.transaction import reading
from banso_common.log.port import Batch
from banso_scoring import tables as scoring
from banso_standalone.examples import load_oulad
from tests.standalone.house import NOW_AT, House, fresh_journal, open_house

DAYS = 24
MODULE = "AAA"


@pytest.fixture(scope="module")
def events() -> int:
    """How many events the slice has until noon of its last day but one."""
    extract = load_oulad(frozenset({"2014J"}), frozenset({MODULE}))
    return sum(1 for day in range(DAYS) for _ in extract.on_day(day))


async def test_every_event_is_applied_and_none_came_before_its_virtual_day(data_dir: Path, events: int) -> None:
    async with open_house(data_dir, fresh_journal(DAYS, MODULE)) as house:
        told = await house.replay()
        assert told[-1].is_real
        assert told[-1].events == events
        counted = await rows(house, scoring.lane)
        assert sum(row["received"] for row in counted) == events
        assert sum(row["applied"] for row in counted) == events
        assert sum(row["late"] for row in counted) == 0, "each event was known on the day on which it happened"
        records = 0
        for batch in await everything(house, Topic.ACCOUNT_ACTIVITY):
            for value in batch.values:
                activity = activity_decoder.decode(value)
                records += 1
                assert activity.received_at - DAY_MS / 2 <= activity.occurred_at <= activity.received_at <= NOW_AT
        assert records > 0


async def test_the_real_clock_takes_over_at_now(data_dir: Path) -> None:
    async with open_house(data_dir, fresh_journal(3, MODULE)) as house:
        assert house.clock.is_virtual
        await house.replay()
        assert not house.clock.is_virtual
        assert house.clock.now() == NOW_AT
        journal = house.file.read()
        assert journal is not None
        assert (journal.next_day, journal.clock_at) == (3, None)


async def test_a_replay_that_was_interrupted_leaves_what_a_whole_one_leaves(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped twice, once in the middle of a day: facts, standing, history and messages are the same."""
    async with open_house(data_dir, fresh_journal(DAYS, MODULE)) as house:
        await house.replay()
        whole = await left_by(house)

    other = tmp_path / "other"
    monkeypatch.setenv("BANSO_DATA_DIR", str(other))
    async with open_house(other, fresh_journal(DAYS, MODULE)) as house:
        assert (await house.replay(stop_after_day=9))[-1].day == 9
        # the tenth day's events come, and the process ends before the day is written down
        await send_half_of(house, day=9)
    async with open_house(other, None) as house:
        assert (await house.replay(stop_after_day=20))[0].day == 10
    async with open_house(other, None) as house:
        assert (await house.replay())[-1].is_real
        parts = await left_by(house)
        duplicates = sum(row["duplicate"] for row in await rows(house, scoring.lane))
    assert parts == whole
    assert duplicates > 0, "the half day was sent twice"


async def test_a_run_after_the_example_has_reached_today_replays_nothing(data_dir: Path) -> None:
    async with open_house(data_dir, fresh_journal(2, MODULE)) as house:
        await house.replay()
    async with open_house(data_dir, None) as house:
        assert not house.clock.is_virtual
        told = await house.replay()
        assert [(progress.day, progress.events) for progress in told] == [(2, 0)]


async def test_days_that_passed_while_it_was_stopped_are_sent_as_a_backlog_in_real_time(data_dir: Path) -> None:
    journal = fresh_journal(4, MODULE)
    async with open_house(data_dir, journal) as house:
        await house.replay(stop_after_day=2)
        # as if the real clock had taken over then, and two days have passed since
        house.file.write(type(journal)(**{**fields(house.file.read()), "clock_at": None}))
    async with open_house(data_dir, None) as house:
        told = await house.replay(stop_after_day=4)
        assert all(progress.is_real for progress in told)
        assert told[-1].events > 0
        await house.standalone.drained()


def fields(journal: Any) -> dict[str, Any]:
    return {name: getattr(journal, name) for name in journal.__struct_fields__}


async def send_half_of(house: House, day: int) -> None:
    """What a killed process may have written of a day."""
    from zoneinfo import ZoneInfo

    from banso_standalone.oulad_records import outgoing
    from banso_standalone.replay import Almanac

    noon_at = Almanac(house.journal, ZoneInfo("UTC")).told_at(day)
    house.clock.move_to(noon_at)
    happenings = list(load_oulad(frozenset({"2014J"}), frozenset({MODULE})).on_day(day))
    writer = await house.standalone.log.writer()
    await writer.write(outgoing(happenings[: len(happenings) // 2 + 1], noon_at, house.standalone.partitions))
    await writer.close()
    await house.standalone.drained()


async def rows(house: House, table: Table) -> list[dict[str, Any]]:
    """All rows of a table of scoring or alerts, in order of its key."""
    service = house.standalone.trio.scoring if table.metadata is scoring.metadata else house.standalone.trio.alerts
    async with reading(service.engine) as tx:
        found = await tx.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row._mapping) for row in found]


async def left_by(house: House) -> dict[str, list[dict[str, Any]]]:
    """All that must not depend on interruptions; the instants of real work are left out.

    A score is compared in whole points, as it is shown: a row is written when these change. Of an outreach that
    still waits, the reason is that of the moment at which it was last looked at.
    """
    tables = (scoring.account, scoring.account_day, scoring.health, scoring.history, alerts.signal, alerts.outreach)
    unlike = {"heard_at", "first_tried_at", "changed_at", "lease_until", "attempts"}

    def compared(row: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in row.items() if name not in unlike}
        if kept.get("score"):
            kept["score"] = round(kept["score"])
        if kept.get("state") == "waiting":
            kept.pop("stage")
        return kept

    return {table.name: [compared(row) for row in await rows(house, table)] for table in tables}


async def everything(house: House, topic: Topic) -> list[Batch]:
    """What the log still holds of a topic."""
    log = house.standalone.log
    return [await log.scan(topic, partition, 0, 1_000_000) for partition in range(await log.partitions(topic))]
