"""Alerts as a running service: the loop that hears signals, one loop a channel that delivers, the relay of outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.api.proof.routes import ProofRoom, make_proof_router
from banso_alerts.api.routes import make_router
from banso_alerts.api.slack import make_slack_router
from banso_alerts.api.suppressions import make_suppression_router
from banso_alerts.api.unsubscribe import make_unsubscribe_router
from banso_alerts.api.verdicts import make_verdict_router
from banso_alerts.bounced import BounceFolder
from banso_alerts.channels.port import Channel
from banso_alerts.channels.set_up import channels_of, directory_of
from banso_alerts.channels.slack_web import SlackWebChannel
from banso_alerts.closed_days import closed_days, closed_days_in
from banso_alerts.console.pages import make_console
from banso_alerts.decide import Desk
from banso_alerts.deliver import Deliverer, tend
from banso_alerts.domain.edition import Edition
from banso_alerts.domain.hours import OpenHours
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.stages.stage import Room, Rules
from banso_alerts.editions import Editions
from banso_alerts.handler import AlertsHandler, Work
from banso_alerts.measuring import measure, tell_proposals
from banso_alerts.proving import judge_rules
from banso_alerts.revise import Reviser
from banso_alerts.settings import AlertsSettings
from banso_alerts.store import deliveries
from banso_alerts.store.pruning import prune_some
from banso_common.clock import DAY_MS, HOUR_MS, SECOND_MS, Clock
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.db.migrate import require_current
from banso_common.db.transaction import reading, transaction
from banso_common.lifecycle import Run, Tasks
from banso_common.log.port import Log
from banso_common.pipeline.relay import Relay
from banso_common.pipeline.ticker import Ticker
from banso_common.pipeline.worker import Worker
from banso_common.telemetry.logs import logger

PACKAGE = "banso_alerts"
TEND_EVERY_MS = SECOND_MS
BOUNCES_EVERY_MS = 30 * SECOND_MS
PROVE_EVERY_MS = HOUR_MS
MEASURE_EVERY_MS = 6 * HOUR_MS
PRUNE_EVERY_MS = DAY_MS


NO_WAY_OUT = (
    "no mail goes to customers, for they could not unsubscribe: set BANSO_LINK_SECRET (16 characters or more) and "
    "BANSO_PUBLIC_URL (https, where customers reach this console)"
)

log = logger("alerts")


class AlertsService:
    """One member of alerts."""

    name = "alerts"

    def __init__(self, settings: AlertsSettings, log: Log, clock: Clock, channels: Sequence[Channel]) -> None:
        self.engine: AsyncEngine = connect(settings.database)
        self.editions = Editions(settings)
        self.policy = policy_of(settings, channels, self.editions.given)
        self.channels = channels
        self._clock = clock
        self._desk = Desk(self.policy, settings.public_url, lambda: clock.is_virtual, self.editions)
        self._deliverer = Deliverer(self.engine, channels, clock, settings.limits, self._said)
        self._revisers = [
            Reviser(self.engine, channel, clock, settings.limits)
            for channel in channels
            if isinstance(channel, SlackWebChannel)
        ]
        self._handler = AlertsHandler(self.engine, self._desk, clock, self._stored)
        self.worker: Worker[Work] = Worker(log, Topic.ACCOUNT_SIGNALS, self.name, self._handler)
        self.relay = Relay(log, self.engine, t.outbox, lambda: self._handler.lanes, clock)
        self._ticker = Ticker(clock, TEND_EVERY_MS, self._tend)
        folder = settings.bounce_maildir
        self._bounces = BounceFolder(self.engine, folder, self._stored) if folder is not None else None
        self._postman = Ticker(clock, BOUNCES_EVERY_MS, self._take_back)
        self._floor = settings.floor
        self._prover = Ticker(clock, PROVE_EVERY_MS, self._prove)
        self._measurer = Ticker(clock, MEASURE_EVERY_MS, self._measure)
        self._pruner = Ticker(clock, PRUNE_EVERY_MS, self._prune)
        self._keep_ms = settings.alerts_keep_days * DAY_MS
        self._tasks = Tasks(self.name)
        proof = ProofRoom(self.engine, clock, self._desk, settings.floor, self._stored)
        self.routers: Sequence[APIRouter] = [
            make_router(self.engine, clock, self._stored),
            make_verdict_router(self.engine, clock, self._stored),
            make_slack_router(self.engine, clock, self._stored, settings.slack_signing_secret),
            make_suppression_router(self.engine, clock, self._stored),
            make_unsubscribe_router(self.engine, clock, self._stored, settings.link_secret),
            make_proof_router(proof),
            *make_console(proof),
        ]

    async def start(self) -> None:
        """Check the store, then hear, deliver and relay in the background. Raises SettingsError, Unavailable."""
        await require_current(self.engine, PACKAGE)
        await self._warn()
        drained: list[Run] = [
            self.worker.run,
            *(partial(self._deliverer.run, channel) for channel in self.channels),
            *(reviser.run for reviser in self._revisers),
        ]
        self._tasks.start(
            *drained,
            self.relay.run,
            self._ticker.run,
            self._postman.run,
            self._prover.run,
            self._measurer.run,
            self._pruner.run,
            draining=len(drained),
        )

    async def stop(self) -> None:
        """Drain: finish the batch and the sends in flight, relay what was said, let go."""
        await self.worker.stop()
        self._deliverer.stop()
        for reviser in self._revisers:
            reviser.stop()
        await self._tasks.stop()
        await self.relay.close()
        for channel in self.channels:
            await channel.close()
        await self.engine.dispose()

    def readiness(self) -> Mapping[str, str | None]:
        """The log, the partitions, each channel, and any task that has failed or ended."""
        away = {f"alerts.channel.{name}": reason for name, reason in self._deliverer.away.items()}
        return {**self.worker.readiness(), **away, "alerts.tasks": self._tasks.failed}

    async def caught_up(self) -> bool:
        """Whether every signal is decided and nothing is due or under way: what a replay on a virtual clock waits
        for. What is found undone is begun at once, rather than at the next look of its loop."""
        if not await self.worker.caught_up():
            return False
        await self._prover.tick()
        async with reading(self.engine) as tx:
            untended = await deliveries.untended(tx, self._clock.now())
            now = self._clock.now()
            due = [await deliveries.work_for(tx, channel.name, now, ()) for channel in self.channels]
        if untended:
            await self._ticker.tick(force=True)
        if any(due):
            self._deliverer.wake()
        return not (untended or any(due) or self._deliverer.is_busy)

    async def _warn(self) -> None:
        """Say what will not be sent as things are set."""
        async with reading(self.engine) as tx:
            plays = (await self._desk.in_force(tx)).plays
        names = [play.name for play in plays if play.for_customer]
        if names and not self.policy.rules.way_out and any(each.name is ChannelName.EMAIL for each in self.channels):
            log.warning(NO_WAY_OUT, plays=names)

    async def _prove(self, now: int) -> None:
        is_replay = self._clock.is_virtual
        if await judge_rules(self.engine, self.policy, self._floor, now, is_replay=is_replay):
            self._stored()

    async def _take_back(self, now: int) -> None:
        if self._bounces is not None:
            await self._bounces.read(now)

    async def _measure(self, now: int) -> None:
        async with reading(self.engine) as tx:
            policy = await self._desk.in_force(tx)
        await measure(self.engine, policy.plays, now)
        await tell_proposals(self.engine, policy, now, is_replay=self._clock.is_virtual)
        self._stored()

    async def _prune(self, now: int) -> None:
        forgotten = 1
        while forgotten:
            async with transaction(self.engine) as tx:
                forgotten = await prune_some(tx, now - self._keep_ms)

    async def _tend(self, now: int) -> None:
        while await tend(self.engine, self._desk, now):
            self._stored()
            self._said()

    def _stored(self) -> None:
        self._deliverer.wake()
        for reviser in self._revisers:
            reviser.wake()
        self.relay.wake()

    def _said(self) -> None:
        self.relay.wake()


def policy_of(settings: AlertsSettings, channels: Sequence[Channel], given: Edition) -> Policy:
    """How this installation reaches out, under the plays of its settings. Raises SettingsError."""
    opens, closes = settings.open_minutes
    closed = closed_days(settings.holidays_country, settings.company_holidays)
    closed_in = partial(closed_days_in, company_days=settings.company_holidays)
    return Policy(
        plays=(),
        directory=directory_of(settings, channels),
        rules=Rules(
            holdout_share=settings.holdout_share,
            holdout_salt=settings.holdout_salt,
            cap_per_day=settings.cap_per_day,
            shadow_ms=round(settings.shadow_days * DAY_MS),
            hours=OpenHours(opens, closes, settings.open_days, closed, closed_in),
            room=Room(
                voice_customer_ms=round(settings.voice_customer_days * DAY_MS),
                voice_house_ms=round(settings.voice_house_hours * HOUR_MS),
                digest_minute=settings.digest_minute,
            ),
            storm=settings.storm,
            way_out=settings.way_out,
        ),
    ).under(given)


async def build(settings: AlertsSettings, log: Log, clock: Clock) -> AlertsService:
    """The service, not started yet. Raises SettingsError."""
    return AlertsService(settings, log, clock, channels_of(settings, clock))
