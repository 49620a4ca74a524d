"""Scoring as one service: its worker on account-activity, its sweep, its relay, its doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from banso_common.clock import SECOND_MS, Clock
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.db.migrate import require_current
from banso_common.lifecycle import Tasks
from banso_common.log.port import Log
from banso_common.pipeline.relay import Relay
from banso_common.pipeline.ticker import Ticker
from banso_common.pipeline.worker import Worker, WorkerLimits
from banso_scoring import tables as t
from banso_scoring.api.plan.objectives import make_objectives_router
from banso_scoring.api.routes import make_router
from banso_scoring.console.pages import make_routers
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.handler import ScoringHandler
from banso_scoring.iceberg_watch import LOOK_MS, IcebergWatch
from banso_scoring.member import Member
from banso_scoring.plays_foreword import PlaysForeword
from banso_scoring.settings import ScoringSettings
from banso_scoring.statements import Speaker
from banso_scoring.sweep import Sweep
from banso_scoring.switching import Switching

PACKAGE = "banso_scoring"
RECORDS_MAX = 200_000


class ScoringService:
    """One member of scoring."""

    name = "scoring"

    def __init__(self, settings: ScoringSettings, model: SuccessModel, log: Log, clock: Clock) -> None:
        self.engine = connect(settings.database)
        self.member = Member(self.engine, model, settings, clock)
        self.worker = Worker(log, Topic.ACCOUNT_ACTIVITY, self.name, ScoringHandler(self.member))
        self.worker.limits = WorkerLimits(RECORDS_MAX)
        self.sweep = Ticker(clock, settings.sweep_every_s * SECOND_MS, Sweep(self.member))
        self.iceberg = Ticker(clock, LOOK_MS, IcebergWatch(self.member))
        self.switching = Switching(self.member)
        self.speaker = Speaker(log, clock)
        self.relay = Relay(log, self.engine, t.outbox, self.member.lanes, clock)
        self.relay.foreword = PlaysForeword(clock)
        self.sweep.asked_only = self.iceberg.asked_only = lambda: clock.is_virtual
        self.member.met = self.sweep.hurry
        self.member.listens = lambda: self.worker.away is None
        self.member.said, self.member.failed = self.relay.wake, self.worker.fail
        self._tasks = Tasks(self.name)

    @property
    def routers(self) -> Sequence[APIRouter]:
        """The API and the console."""
        return [make_objectives_router(self.member, self.speaker), make_router(self.member), *make_routers(self.member)]

    async def start(self) -> None:
        """Check the tables, then work. Raises SettingsError, Unavailable."""
        await require_current(self.engine, PACKAGE)
        await self.member.configure()
        self._tasks.start(self.worker.run, self.sweep.run, self.relay.run, self.switching.run, self.iceberg.run)

    async def stop(self) -> None:
        """Finish the batch in flight, then let go of everything; who takes our lanes sends what waits in them."""
        await self.worker.stop()
        await self._tasks.stop()
        await self.relay.close()
        await self.speaker.close()
        await self.engine.dispose()

    def readiness(self) -> Mapping[str, str | None]:
        """What keeps scoring from working."""
        return {**self.worker.readiness(), "scoring.tasks": self._tasks.failed}
