"""`banso gaps`: partitions that stand still because the log gave up what they should read, and how they go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as alerts
from banso_alerts.settings import AlertsSettings
from banso_common.clock import SystemClock, iso
from banso_common.db.engine import connect
from banso_common.db.transaction import reading, transaction
from banso_common.log.port import Log
from banso_common.pipeline.gaps import AcceptedGap, Gap, accept, accepted_in, find
from banso_common.settings import load
from banso_scoring import tables as scoring
from banso_scoring.settings import ScoringSettings
from banso_standalone.cli_model import JsonOption
from banso_standalone.cli_services import open_log

T = TypeVar("T")
Tables = tuple[Table, Table]
gaps = typer.Typer(help="Records that the log gave up before they were read.", invoke_without_command=True)


class Service(StrEnum):
    """Whose store."""

    SCORING = "scoring"
    ALERTS = "alerts"


TABLES: dict[Service, Tables] = {
    Service.SCORING: (scoring.checkpoint, scoring.accepted_gap),
    Service.ALERTS: (alerts.checkpoint, alerts.accepted_gap),
}


@gaps.callback()
def show(context: typer.Context, as_json: JsonOption = False) -> None:
    """The gaps that keep partitions from going on, and those that were accepted."""
    if context.invoked_subcommand is not None:
        return
    found = {service: _with_store(service, _found(service), write=False) for service in Service}
    if as_json:
        typer.echo(json.dumps({service: _shown(*both) for service, both in found.items()}))
        return
    lines = [line for service, (open_, told) in found.items() for line in _lines(service, open_, told)]
    typer.echo("\n".join(lines) or "no partition has a gap")


@gaps.command("accept")
def accept_gap(
    service: Annotated[Service, typer.Argument(help="Whose partition stands still.")],
    partition: Annotated[int, typer.Argument(min=0)],
    reason: Annotated[str, typer.Option(help="Why the records may be lost; kept with the gap.")],
) -> None:
    """Let a partition go on behind its gap. What the log gave up is then never counted."""
    if not reason.strip():
        raise typer.BadParameter("say why the records may be lost", param_hint="--reason")

    async def work(tx: AsyncConnection, log: Log) -> AcceptedGap:
        here = [gap for gap in await find(tx, TABLES[service][0], log) if gap.partition == partition]
        if not here:
            raise typer.BadParameter(
                f"partition {partition} of {service} has no gap; `banso gaps` shows those there are"
            )
        told = AcceptedGap(here[0], SystemClock().now(), reason.strip())
        await accept(tx, TABLES[service], told)
        return told

    typer.echo(_told(service, _with_store(service, work, write=True)))
    typer.echo(f"{service} goes on there when it is started again, or as soon as it writes for the partition")


def _found(service: Service) -> Callable[[AsyncConnection, Log], Awaitable[tuple[list[Gap], list[AcceptedGap]]]]:
    async def work(tx: AsyncConnection, log: Log) -> tuple[list[Gap], list[AcceptedGap]]:
        checkpoint, accepted = TABLES[service]
        return await find(tx, checkpoint, log), await accepted_in(tx, accepted)

    return work


def _with_store(service: Service, work: Callable[[AsyncConnection, Log], Awaitable[T]], *, write: bool) -> T:
    url = load(ScoringSettings).database if service is Service.SCORING else load(AlertsSettings).database

    async def run() -> T:
        engine = connect(url)
        try:
            async with open_log() as log, transaction(engine) if write else reading(engine) as tx:
                return await work(tx, log)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _shown(open_: list[Gap], told: list[AcceptedGap]) -> dict[str, object]:
    accepted = [{**asdict(one.gap), "accepted_at": iso(one.accepted_at), "reason": one.reason} for one in told]
    return {"open": [asdict(gap) for gap in open_], "accepted": accepted}


def _lines(service: Service, open_: list[Gap], told: list[AcceptedGap]) -> list[str]:
    stands = [f"{service} {_place(gap)} stands still: {_size(gap)}" for gap in open_]
    return stands + [_told(service, one) for one in told]


def _told(service: Service, one: AcceptedGap) -> str:
    return f"{service} {_place(one.gap)}: {_size(one.gap)}; accepted {iso(one.accepted_at)}: {one.reason}"


def _place(gap: Gap) -> str:
    return f"{gap.topic}/{gap.partition}"


def _size(gap: Gap) -> str:
    if gap.lost:
        return f"{gap.lost:,} records, {gap.from_offset} to {gap.to_offset - 1}, are gone"
    return f"the store is at {gap.from_offset}, and the log was made anew: it begins at {gap.to_offset}"
