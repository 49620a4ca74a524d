"""`banso replay`: sends the example into Kafka at once, as a backlog that real services then read in real time."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress

from banso_common.clock import SECOND_MS, SystemClock
from banso_common.contracts.topics import Topic
from banso_common.log.port import Log
from banso_common.settings import load
from banso_scoring.settings import ScoringSettings
from banso_standalone.cli_services import open_log
from banso_standalone.examples import load_oulad
from banso_standalone.journal import Journal, first_day
from banso_standalone.oulad import Extract
from banso_standalone.oulad_records import outgoing
from banso_standalone.replay import Almanac
from banso_standalone.settings import Example, StandaloneSettings


def replay(
    presentation: Annotated[str, typer.Option(help="Which year and term, such as 2014J.")] = "",
    module: Annotated[list[str] | None, typer.Option(help="Only these modules; give it several times.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every module of the presentation.")] = False,
) -> None:
    """Send the events of the OULAD example up to today to usage-events. Sent twice they count once."""
    settings = load(StandaloneSettings)
    chosen = presentation or settings.replay_presentation
    modules = frozenset() if everything else frozenset(module or settings.modules)
    extract = load_oulad(frozenset({chosen}), modules)
    zone = ZoneInfo(load(ScoringSettings).time_zone)
    today = datetime.fromtimestamp(SystemClock().now() / SECOND_MS, zone).date()
    almanac = Almanac(Journal(Example.OULAD, None, first_day(chosen, today), presentation=chosen), zone)
    sent = asyncio.run(_send(extract, almanac, Console(stderr=True)))
    typer.echo(f"{sent} events of {extract.accounts} accounts sent to {Topic.USAGE_EVENTS}")


async def _send(extract: Extract, almanac: Almanac, console: Console) -> int:
    async with open_log() as log:
        return await _send_days(extract, almanac, log, console)


async def _send_days(extract: Extract, almanac: Almanac, log: Log, console: Console) -> int:
    """Day by day, in order; what lies after now is not sent."""
    writer, partitions, now = await log.writer(), await log.partitions(Topic.USAGE_EVENTS), SystemClock().now()
    days, sent = [day for day in range(extract.days) if almanac.told_at(day) <= now], 0
    try:
        with Progress(console=console) as progress:
            for day in progress.track(days, description="OULAD"):
                columns = outgoing(extract.on_day(day), almanac.told_at(day), partitions)
                await writer.write(columns)
                sent += sum(len(column.values) for column in columns)
    finally:
        await writer.close()
    return sent
