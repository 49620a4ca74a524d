"""`banso keys`, `banso conservation`, `banso openapi`: what an administrator asks for."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import msgspec
import typer

from banso_common.clock import SystemClock
from banso_common.db.engine import connect
from banso_common.db.transaction import reading
from banso_common.http.keys import KeyRing, Scope
from banso_common.settings import CommonSettings, load
from banso_scoring.api.conservation import conservation
from banso_scoring.api.shapes import Conservation
from banso_scoring.model.load import default_model
from banso_scoring.settings import ScoringSettings
from banso_standalone.cli_model import JsonOption
from banso_standalone.settings import StandaloneSettings
from banso_standalone.standalone import build
from banso_standalone.switchable_clock import SwitchableClock

keys = typer.Typer(help="API keys.", no_args_is_help=True)


def add(app: typer.Typer) -> None:
    """Put the commands into `app`."""
    app.add_typer(keys, name="keys")
    app.command("conservation")(show_conservation)
    app.command("openapi")(openapi)


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Who will use it.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; give it several times.")],
) -> None:
    """Make a key. It is shown this one time; stored is its hash."""
    typer.echo(KeyRing(load(CommonSettings).keys_path).create(name, scope))


@keys.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """Who has a key, and what it may do."""
    rows = [
        {"name": principal.name, "scopes": sorted(principal.scopes)}
        for principal in KeyRing(load(CommonSettings).keys_path).principals()
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['name']}\t{' '.join(row['scopes'])}")


@keys.command("revoke")
def revoke_key(name: str) -> None:
    """Forget a key; it counts at once."""
    KeyRing(load(CommonSettings).keys_path).revoke(name)


def show_conservation(as_json: JsonOption = False) -> None:
    """Whether received = applied + duplicate + dead-lettered in every lane; exit code 1 when not."""
    found = asyncio.run(_conservation())
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        for lane in found.lanes:
            typer.echo(
                f"lane {lane.lane}: received {lane.received} = applied {lane.applied} + duplicate {lane.duplicate}"
                f" + dead-lettered {lane.dead_lettered}{'' if lane.adds_up else '  DOES NOT ADD UP'}"
            )
        for gap in found.gaps:
            size = f"records {gap.from_offset} to {gap.to_offset - 1} are lost"
            told = size if gap.to_offset > gap.from_offset else f"the log was made anew at {gap.from_offset}"
            typer.echo(f"lane {gap.lane}: {told}; accepted {gap.accepted_at}: {gap.reason}")
    if not found.adds_up:
        raise typer.Exit(1)


async def _conservation() -> Conservation:
    engine = connect(load(ScoringSettings).database)
    try:
        async with reading(engine) as tx:
            return await conservation(tx)
    finally:
        await engine.dispose()


def openapi() -> None:
    """Print the description of the whole HTTP API."""
    real = SystemClock()
    standalone = build(load(StandaloneSettings), default_model(), SwitchableClock(real, None))
    typer.echo(json.dumps(standalone.app().openapi(), indent=2))
