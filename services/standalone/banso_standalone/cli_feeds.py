"""`banso feeds`: how the sources of events stand, and which of them no longer count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import SystemClock
from banso_common.db.engine import connect
from banso_common.db.transaction import reading, transaction
from banso_common.settings import load
from banso_scoring import feed_store
from banso_scoring.api.feeds.feed_routes import feed_list, retire
from banso_scoring.api.feeds.feed_shapes import FeedList, FeedShown
from banso_scoring.feeds import Feeds
from banso_scoring.settings import ScoringSettings
from banso_standalone.cli_model import JsonOption

T = TypeVar("T")
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

feeds = typer.Typer(help="The sources of events: whether they are heard.", invoke_without_command=True)
Source = Annotated[str, typer.Argument(help="The source, as events name it.")]


@feeds.callback()
def show(context: typer.Context, as_json: JsonOption = False) -> None:
    """How every source of events stands, those that need somebody first."""
    if context.invoked_subcommand is None:
        found = _with_store(_listed, write=False)
        typer.echo(msgspec.json.encode(found).decode() if as_json else "\n".join(_lines(found)))


@feeds.command("retire")
def retire_feed(source: Source) -> None:
    """Let a source no longer count: its quiet is as it should be."""
    typer.echo(_line(_with_store(lambda tx, known, now: _changed(tx, known, source, now, now), write=True)))


@feeds.command("restore")
def restore_feed(source: Source) -> None:
    """Let a source count again."""
    typer.echo(_line(_with_store(lambda tx, known, now: _changed(tx, known, source, None, now), write=True)))


async def _listed(tx: AsyncConnection, known: Feeds, now: int) -> FeedList:
    return await feed_list(tx, known, now)


async def _changed(tx: AsyncConnection, known: Feeds, source: str, retired_at: int | None, now: int) -> FeedShown:
    if source not in known.known:
        raise typer.BadParameter(f"`{source}` was never heard; `banso feeds` shows those that were")
    return await retire(tx, known, source, retired_at, now)


def _with_store(work: Callable[[AsyncConnection, Feeds, int], Awaitable[T]], *, write: bool) -> T:
    settings = load(ScoringSettings)

    async def run() -> T:
        engine = connect(settings.database)
        try:
            async with transaction(engine) if write else reading(engine) as tx:
                known = Feeds(settings.patience, watched=settings.feeds_watched)
                known.read(await feed_store.rhythms(tx), await feed_store.told(tx))
                return await work(tx, known, SystemClock().now())
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _lines(found: FeedList) -> list[str]:
    lines = [_line(one) for one in found.feeds] or ["no source was heard yet"]
    return lines if found.watched else ["feeds are not watched: BANSO_FEEDS_WATCHED is false", *lines]


def _line(one: FeedShown) -> str:
    beat = f", a heartbeat every {_span(one.heartbeat_s)}" if one.heartbeat_s is not None else ""
    until = f", believed until {one.believed_until}" if one.believed_until else ""
    heard = f"heard {one.heard_at}, may be quiet for {_span(one.patience_s)}{beat}{until}"
    return f"{one.state:<9} {one.source}: {heard}; {one.accounts:,} accounts"


def _span(seconds: int) -> str:
    for unit, name in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds} s"
