"""`banso keys`, `banso conservation`, `banso openapi`: what an administrator asks for."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, date, datetime, time
from typing import Annotated

import msgspec
import typer

from banso_common.clock import DAY_MS, HOUR_MS, SECOND_MS, SystemClock, iso
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
    expires: Annotated[str | None, typer.Option(help="For how long it counts (90d, 12h), or until which day.")] = None,
) -> None:
    """Make a key. It is shown this one time; stored is its hash."""
    expires_at = None if expires is None else _until(expires, SystemClock().now())
    typer.echo(KeyRing(load(CommonSettings).keys_path).create(name, scope, expires_at))


def _until(text: str, now: int) -> int:
    """`90d`, `12h`, or a day whose beginning in UTC is the end. Raises BadParameter."""
    if span := re.fullmatch(r"(\d{1,5})([dh])", text):
        return now + int(span[1]) * (DAY_MS if span[2] == "d" else HOUR_MS)
    try:
        return int(datetime.combine(date.fromisoformat(text), time(0), UTC).timestamp()) * SECOND_MS
    except ValueError:
        raise typer.BadParameter("write 90d, 12h or a day such as 2027-03-31", param_hint="--expires") from None


@keys.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """Who has a key, what it may do, when it was made and last used (to the hour), and until when it counts."""
    ring = KeyRing(load(CommonSettings).keys_path)
    used = ring.last_used()
    if as_json:
        rows = [
            {
                "name": one.name,
                "scopes": sorted(one.scopes),
                "created_at": _instant(one.created_at),
                "last_used_at": _instant(used.get(one.name)),
                "expires_at": _instant(one.expires_at),
                "expired": ring.has_expired(one),
            }
            for one in ring.principals()
        ]
        typer.echo(json.dumps(rows))
        return
    for one in ring.principals():
        ends = "expired" if ring.has_expired(one) else "expires"
        typer.echo(
            f"{one.name}\t{' '.join(sorted(one.scopes))}\tmade {_day(one.created_at, 'unknown')}"
            f"\tused {_day(used.get(one.name), 'never')}\t{ends} {_day(one.expires_at, 'never')}"
        )


def _instant(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _day(at: int | None, without: str) -> str:
    return without if at is None else iso(at)[:10]


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
