"""All three services in one process over an embedded log and SQLite, on one clock that they share."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.channels.set_up import channels_of
from banso_alerts.plays_file import check_section
from banso_alerts.service import PACKAGE as ALERTS
from banso_alerts.service import AlertsService
from banso_alerts.settings import AlertsSettings
from banso_common.contracts.topics import KEEP_DAYS
from banso_common.db import outbox
from banso_common.db.transaction import reading
from banso_common.http.keys import KeyRing
from banso_common.log.embedded import EmbeddedLog
from banso_common.settings import CommonSettings, load
from banso_common.telemetry.logs import logger
from banso_ingest.service import IngestService
from banso_ingest.settings import IngestSettings
from banso_scoring import tables
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.service import PACKAGE as SCORING
from banso_scoring.service import ScoringService
from banso_scoring.settings import ScoringSettings
from banso_standalone.composition import Composition
from banso_standalone.home import bring_up_to_date
from banso_standalone.quiet_console import QuietConsole
from banso_standalone.switchable_clock import SwitchableClock

LOOK_AGAIN_S = 0.001
LOOK_AGAIN_S_MAX = 0.016
WARN_AFTER_S = 30.0


@dataclass(frozen=True, slots=True)
class Trio:
    """The three services, in the order in which an event passes them."""

    ingest: IngestService
    scoring: ScoringService
    alerts: AlertsService


class Standalone(Composition):
    """See the module. The data folder must be ours already."""

    def __init__(self, settings: CommonSettings, log: EmbeddedLog, trio: Trio, messages: QuietConsole) -> None:
        super().__init__(log, [trio.ingest, trio.scoring, trio.alerts], KeyRing(settings.keys_path))
        self.trio = trio
        self.messages = messages
        self.partitions = settings.partitions

    async def prepare(self) -> None:
        """Bring both databases up to date, each after a copy, and make the topics."""
        for engine, package in self._databases():
            copy = await bring_up_to_date(engine, package)
            if copy is not None:
                logger("standalone").warning("migrated, after a copy", package=package, copy=str(copy))
        await self.log.create_topics(self.partitions, KEEP_DAYS)

    async def drained(self) -> None:
        """Wait until what was written to usage-events has been followed to its end: facts, signals, messages."""
        trio, warn_at = self.trio, monotonic() + WARN_AFTER_S
        for name, caught_up in (
            ("ingest", trio.ingest.worker.caught_up),
            ("scoring", trio.scoring.worker.caught_up),
            ("scoring's outbox", self._relayed),
            ("alerts", trio.alerts.caught_up),
        ):
            look_again_s = LOOK_AGAIN_S
            while not await caught_up():
                await asyncio.sleep(look_again_s)
                look_again_s = min(2 * look_again_s, LOOK_AGAIN_S_MAX)
                if monotonic() > warn_at:
                    warn_at = monotonic() + WARN_AFTER_S
                    logger("standalone").warning("waiting", what=name, **self._reasons())

    async def sweep(self) -> None:
        """Close the days that are over, now rather than at the next tick."""
        await self.trio.scoring.sweep.tick(force=True)

    async def _relayed(self) -> bool:
        scoring = self.trio.scoring
        async with reading(scoring.engine) as tx:
            return not await outbox.waiting(tx, tables.outbox, scoring.member.lanes(), 1)

    def _reasons(self) -> dict[str, str]:
        found = {name: reason for service in self.services for name, reason in service.readiness().items()}
        return {name: reason for name, reason in found.items() if reason is not None}

    def _databases(self) -> Sequence[tuple[AsyncEngine, str]]:
        return (self.trio.scoring.engine, SCORING), (self.trio.alerts.engine, ALERTS)


def build(settings: CommonSettings, model: SuccessModel, clock: SwitchableClock) -> Standalone:
    """The standalone over `settings.data_dir`, not started yet. Raises SettingsError."""
    log = EmbeddedLog(settings.data_dir / "log.db", clock)
    messages, alerts = QuietConsole(clock), load(AlertsSettings)
    trio = Trio(
        ingest=IngestService(load(IngestSettings), log, clock),
        scoring=ScoringService(load(ScoringSettings), model, log, clock),
        alerts=AlertsService(alerts, log, clock, messages.instead_of_print(channels_of(alerts, clock))),
    )
    trio.scoring.member.check_plays = check_section
    return Standalone(settings, log, trio, messages)
