"""`banso model switch`, `status`, `give-up`: another success model, by which running services judge all accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_alerts.plays_file import check_section
from banso_common.clock import SystemClock
from banso_common.db.engine import connect
from banso_common.db.transaction import reading, transaction
from banso_common.settings import load
from banso_scoring import switch_store
from banso_scoring.api.model.switch_shapes import SwitchShown, switch_shown
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.findings import ModelError
from banso_scoring.model.load import load_model
from banso_scoring.settings import ScoringSettings
from banso_standalone.cli_model import JsonOption
from banso_standalone.models import read_text

LOOK_AGAIN_S = 0.5


def add(model: typer.Typer) -> None:
    """Put the commands into `banso model`."""
    model.command("switch")(switch)
    model.command("status")(status)
    model.command("give-up")(give_up)


def switch(
    file: Annotated[Path, typer.Argument(help="The model file that is to count.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it counts.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Let the running services judge all accounts by another model; then it counts. `model diff` shows it before."""
    wanted = load_model(read_text(file), str(file))
    wrong = check_section(wanted.text, str(file))
    if wrong:
        raise ModelError(str(file), wrong)
    found = _with_store(lambda engine: _want(engine, wanted))
    if wait and found.wanted is not None:
        found = _with_store(lambda engine: _waited(engine, wanted.version))
    _show(found, as_json)
    if wait and found.current != wanted.version:
        raise typer.Exit(1)


def status(as_json: JsonOption = False) -> None:
    """Which model counts, and how far a switch to another one is."""
    _show(_with_store(_read), as_json)


def give_up(as_json: JsonOption = False) -> None:
    """Give a switch up: the model that counts stays."""

    async def stay(tx: AsyncConnection) -> None:
        await switch_store.give_up(tx)

    _show(_with_store(lambda engine: _changed(engine, stay)), as_json)


def _with_store(work: Callable[[AsyncEngine], Awaitable[SwitchShown]]) -> SwitchShown:
    async def run() -> SwitchShown:
        engine = connect(load(ScoringSettings).database)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())


async def _want(engine: AsyncEngine, model: SuccessModel) -> SwitchShown:
    async def want(tx: AsyncConnection) -> None:
        await switch_store.want(tx, model, SystemClock().now())

    return await _changed(engine, want)


async def _changed(engine: AsyncEngine, change: Callable[[AsyncConnection], Awaitable[None]]) -> SwitchShown:
    async with transaction(engine) as tx:
        await change(tx)
        return await switch_shown(tx)


async def _read(engine: AsyncEngine) -> SwitchShown:
    async with reading(engine) as tx:
        return await switch_shown(tx)


async def _waited(engine: AsyncEngine, version: str) -> SwitchShown:
    """Look until `version` counts, or is no longer wanted."""
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(f"judging all accounts by {version}", total=None)
        while True:
            found = await _read(engine)
            if found.wanted != version:
                return found
            progress.update(task, total=found.accounts or None, completed=found.judged)
            await asyncio.sleep(LOOK_AGAIN_S)


def _show(found: SwitchShown, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    typer.echo(f"counts: {found.current or 'none yet'}" + (f", since {found.switched_at}" if found.switched_at else ""))
    if found.wanted is None:
        typer.echo("wanted: no other")
        return
    typer.echo(
        f"wanted: {found.wanted}, since {found.wanted_at}: {found.judged:,} of {found.accounts:,} accounts judged"
    )
    for one in found.partitions:
        typer.echo(f"  partition {one.partition}: {one.stage}, {one.judged:,} of {one.accounts:,}")
