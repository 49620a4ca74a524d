"""`banso ingest | scoring | alerts`, `banso migrate`, `banso topics create`: the distributed form, a process each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import typer

from banso_alerts.channels.set_up import channels_of
from banso_alerts.plays_file import check_section
from banso_alerts.service import PACKAGE as ALERTS
from banso_alerts.service import AlertsService
from banso_alerts.settings import AlertsSettings
from banso_common.clock import SystemClock
from banso_common.contracts.topics import KEEP_DAYS
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.errors import SettingsError
from banso_common.http.keys import KeyRing
from banso_common.lifecycle import Service
from banso_common.log.embedded import EmbeddedLog
from banso_common.log.kafka import KafkaLog
from banso_common.log.port import Log
from banso_common.settings import CommonSettings, load
from banso_common.telemetry.logs import configure
from banso_ingest.service import IngestService
from banso_ingest.settings import IngestSettings
from banso_scoring.service import PACKAGE as SCORING
from banso_scoring.service import ScoringService
from banso_scoring.settings import ScoringSettings
from banso_standalone.composition import Composition
from banso_standalone.models import model_of
from banso_standalone.running import listen, run
from banso_standalone.unknown_settings import warn_of_unknown

Build = Callable[[Log], Service]


def add(app: typer.Typer) -> None:
    """Put the commands into `app`."""
    app.command()(ingest)
    app.command()(scoring)
    app.command()(alerts)
    app.command()(migrate)
    topics = typer.Typer(help="The topics on Kafka.", no_args_is_help=True)
    topics.command("create")(create_topics)
    app.add_typer(topics, name="topics")


def ingest() -> None:
    """Read usage-events and serve the event API; one process, any number of them."""
    settings = load(IngestSettings)
    _serve(settings, lambda log: IngestService(settings, log, SystemClock()))


def scoring() -> None:
    """One member of scoring, with its API and console; members share the partitions."""
    settings = load(ScoringSettings)
    model = model_of(settings.model_file)

    def build(log: Log) -> ScoringService:
        service = ScoringService(settings, model, log, SystemClock())
        service.member.check_plays = check_section
        return service

    _serve(settings, build)


def alerts() -> None:
    """Decide and deliver, and serve the inbox."""
    settings, clock = load(AlertsSettings), SystemClock()
    _serve(settings, lambda log: AlertsService(settings, log, clock, channels_of(settings, clock)))


def migrate() -> None:
    """Bring the tables of scoring and alerts to the version of this code."""
    asyncio.run(_migrate())


async def _migrate() -> None:
    for url, package in ((load(ScoringSettings).database, SCORING), (load(AlertsSettings).database, ALERTS)):
        engine = connect(url)
        try:
            await upgrade(engine, package)
        finally:
            await engine.dispose()
        typer.echo(f"{package}: up to date")


def create_topics() -> None:
    """Create the topics that are missing, with BANSO_PARTITIONS partitions."""
    settings = load(CommonSettings)

    async def create() -> None:
        log = kafka_of(settings)
        await log.start()
        try:
            await log.create_topics(settings.partitions, KEEP_DAYS)
        finally:
            await log.stop()

    asyncio.run(create())
    typer.echo("topics: " + ", ".join(settings.topic_prefix + topic for topic in KEEP_DAYS))


def kafka_of(settings: CommonSettings) -> KafkaLog:
    """The cluster that the environment names. Raises SettingsError when it names none."""
    if settings.kafka_bootstrap is None:
        raise SettingsError("BANSO_KAFKA_BOOTSTRAP is not set; write host:port of your Kafka, or use `banso run`")
    return KafkaLog(settings.kafka_bootstrap, settings.topic_prefix)


@asynccontextmanager
async def open_log() -> AsyncIterator[Log]:
    """The log of this installation: Kafka when the environment names it, else the standalone's file."""
    settings = load(CommonSettings)
    file = settings.data_dir / "log.db"
    if settings.kafka_bootstrap is None and not file.exists():
        raise SettingsError(f"there is no log: BANSO_KAFKA_BOOTSTRAP is not set, and {file} does not exist")
    log: Log = kafka_of(settings) if settings.kafka_bootstrap else EmbeddedLog(file, SystemClock())
    await log.start()
    try:
        yield log
    finally:
        await log.stop()


def _serve(settings: CommonSettings, build: Build) -> None:
    configure(json=settings.log_json, level=settings.log_level)
    warn_of_unknown()
    log = kafka_of(settings)

    async def serve() -> None:
        service = build(log)
        await run(Composition(log, [service], KeyRing(settings.keys_path)), listen(settings.host, settings.port))

    asyncio.run(serve())
