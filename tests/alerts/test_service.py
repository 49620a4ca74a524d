"""The service whole, over a real embedded log: signals in, messages and outcomes out; it drains and goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from banso_alerts.channels.console import ConsoleChannel
from banso_alerts.service import PACKAGE, AlertsService, build
from banso_alerts.settings import AlertsSettings
from banso_common.clock import DAY_MS, ManualClock, SystemClock
from banso_common.contracts.account_signal import AccountSignal
from banso_common.contracts.codec import decode, encode
from banso_common.contracts.outreach_outcome import OutcomeKind, OutreachOutcome, outcome_decoder
from banso_common.contracts.topics import KEEP_DAYS, Topic, partition_of
from banso_common.db.migrate import upgrade
from banso_common.errors import SettingsError
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.port import Log, Outgoing
from banso_common.settings import load
from tests.alerts.made import at, signal

PARTITIONS = 4


class House:
    """One data folder: a log and alerts over it, started and stopped as often as asked."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.folder, self.clock = folder, clock
        self.printed: list[str] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[tuple[AlertsService, Log]]:
        log = EmbeddedLog(self.folder / "log.db", self.clock)
        await log.start()
        await log.create_topics(PARTITIONS, KEEP_DAYS)
        service = AlertsService(load(AlertsSettings), log, self.clock, [ConsoleChannel(self.printed.append)])
        await upgrade(service.engine, PACKAGE)
        await service.start()
        try:
            yield service, log
        finally:
            await service.stop()
            await log.stop()

    async def caught_up(self, service: AlertsService) -> None:
        async with asyncio.timeout(30):
            while not await service.caught_up():  # noqa: ASYNC110 -- it is a question, as a replay asks it
                await asyncio.sleep(0.01)


@pytest.fixture
def house(tmp_path: Path, noon: ManualClock, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("BANSO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BANSO_TIME_ZONE", "Asia/Tokyo")
    monkeypatch.setenv("BANSO_PUBLIC_URL", "https://banso.example")
    monkeypatch.setenv("BANSO_GROUP_WAIT_S", "0")
    monkeypatch.setenv("BANSO_GROUP_INTERVAL_S", "0")
    return House(tmp_path, noon)


async def say(log: Log, signals: Sequence[AccountSignal]) -> None:
    """Put signals on account-signals, as scoring does."""
    writer = await log.writer()
    await writer.write(
        [
            Outgoing(
                topic=Topic.ACCOUNT_SIGNALS,
                partitions=[partition_of(each.account, PARTITIONS) for each in signals],
                keys=[each.account.encode() for each in signals],
                values=[encode(each) for each in signals],
            )
        ]
    )
    await writer.close()


async def outcomes(log: Log) -> list[OutreachOutcome]:
    """Everything on outreach-outcomes."""
    batches = [await log.scan(Topic.OUTREACH_OUTCOMES, p, 0, 1_000) for p in range(PARTITIONS)]
    return [decode(outcome_decoder, value) for batch in batches for value in batch.values]


async def relayed(log: Log, count: int) -> None:
    """Wait until so many outcomes are on the log."""
    async with asyncio.timeout(30):
        while len(await outcomes(log)) < count:  # noqa: ASYNC110 -- the log tells nobody outside of a group
            await asyncio.sleep(0.01)


async def test_a_signal_on_the_log_becomes_a_message_and_an_outcome_on_the_log(house: House) -> None:
    async with house.running() as (service, log):
        await say(log, [signal("a"), signal("b")])
        await house.caught_up(service)
        assert len(house.printed) == 2
        assert "https://banso.example/accounts/a" in "".join(house.printed)
        await relayed(log, 2)
        assert {said.outcome for said in await outcomes(log)} == {OutcomeKind.SENT}
        assert [reason for reason in service.readiness().values() if reason] == []


async def test_what_waits_for_the_morning_is_told_when_virtual_time_has_come_there(house: House) -> None:
    house.clock.move_to(at("2026-03-02T23:00"))
    async with house.running() as (service, log):
        await say(log, [signal(said_at=house.clock.now())])
        await house.caught_up(service)
        assert house.printed == []
        house.clock.move_to(at("2026-03-03T12:00"))
        await house.caught_up(service)
        assert len(house.printed) == 1


async def test_a_second_start_goes_on_and_tells_nothing_twice(house: House) -> None:
    async with house.running() as (service, log):
        await say(log, [signal("a")])
        await house.caught_up(service)
    house.clock.move_to(house.clock.now() + DAY_MS)
    async with house.running() as (service, log):
        await say(log, [signal("a"), signal("b", said_at=house.clock.now())])
        await house.caught_up(service)
        assert len(house.printed) == 2
        await relayed(log, 2)
    assert len({said.key for said in await _outcomes_after(house)}) == 2


async def test_a_database_without_tables_is_refused_at_the_start(house: House) -> None:
    log = EmbeddedLog(house.folder / "log.db", house.clock)
    service = await build(load(AlertsSettings), log, house.clock)
    with pytest.raises(SettingsError, match="banso migrate"):
        await service.start()
    await service.stop()


async def _outcomes_after(house: House) -> list[OutreachOutcome]:
    log = EmbeddedLog(house.folder / "log.db", house.clock)
    await log.start()
    try:
        return await outcomes(log)
    finally:
        await log.stop()


@pytest.mark.parametrize(("secret", "warned"), [(None, True), ("x" * 16, False)])
async def test_at_its_start_it_says_what_to_set_before_mail_goes_to_customers(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    secret: str | None,
    warned: bool,
) -> None:
    monkeypatch.setenv("BANSO_DATA_DIR", str(tmp_path))
    for name, value in (
        ("CUSTOMER_PLAYS", "true"),
        ("SMTP_HOST", "localhost"),
        ("PUBLIC_URL", "https://banso.example"),
    ):
        monkeypatch.setenv(f"BANSO_{name}", value)
    if secret is not None:
        monkeypatch.setenv("BANSO_LINK_SECRET", secret)
    service = await build(load(AlertsSettings), EmbeddedLog(tmp_path / "log.db", SystemClock()), SystemClock())
    await upgrade(service.engine, PACKAGE)
    await service._warn()
    assert service.policy.rules.way_out is not warned
    said = "".join(capsys.readouterr())
    assert ("set BANSO_LINK_SECRET" in said and "offer-the-customer-help" in said) is warned
    await service.engine.dispose()
