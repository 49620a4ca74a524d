"""`banso world`: an invented world, whose hidden truth is known, told through the real path on a virtual clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from banso_common.clock import SECOND_MS, SystemClock
from banso_common.errors import SettingsError
from banso_common.settings import load
from banso_standalone.beginning import first_monday
from banso_standalone.settings import StandaloneSettings
from banso_standalone.standalone_run import Wanted, run_standalone
from banso_standalone.world import truth_file
from banso_standalone.world.days import World
from banso_standalone.world.records import TOLD, WorldStory
from banso_standalone.world.spec import WorldSpec


def add(app: typer.Typer) -> None:
    """Put the commands into `app`."""
    app.command("world")(AskedWorld)
    app.command("world-file")(world_file)


@dataclass(frozen=True, kw_only=True)
class AskedWorld:
    """Tell a world whose truth is known to everything in this one process, as `banso run` tells its example.

    Its last week is this one: when today is reached, it goes on at the pace of life.
    """

    seed: Annotated[int, typer.Option(min=0, help="Equal seeds make equal worlds, event by event.")] = 1
    accounts: Annotated[int, typer.Option(min=1, max=100_000)] = 200
    weeks: Annotated[int, typer.Option(min=1, max=520)] = 26
    days_a_second: Annotated[float, typer.Option(min=0, help="How fast virtual days pass; 0: as fast as it goes.")] = 0
    truth: Annotated[Path | None, typer.Option(help="Write the hidden truth there, as JSON lines.")] = None
    dead_feed: Annotated[
        str,
        typer.Option(metavar="FIRST-LAST", help="Days, from 0, between which the product is not heard: 100-110."),
    ] = ""

    dead_contacts: Annotated[
        str, typer.Option(metavar="FIRST-LAST", help="Days between which the help desk is not heard: 100-110.")
    ] = ""

    def __post_init__(self) -> None:
        """The command is its options: once they are there, it runs."""
        today = datetime.fromtimestamp(SystemClock().now() / SECOND_MS, UTC).date()
        first = first_monday(self.weeks, today)
        spec = WorldSpec(seed=self.seed, accounts=self.accounts, weeks=self.weeks, first_monday=first)
        dead, contacts = (
            dead_days(written, spec.days) if written else None for written in (self.dead_feed, self.dead_contacts)
        )
        spec = replace(spec, dead_feed=dead, dead_contacts=contacts)
        wanted = Wanted(spec, self.days_a_second, self.truth)
        run_standalone(load(StandaloneSettings), Console(highlight=False), wanted)


def world_file(
    events: Annotated[Path, typer.Argument(help="Where the events go, as JSON lines.")],
    truth: Annotated[Path, typer.Argument(help="Where the hidden truth goes, as JSON lines.")],
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Of the world, as JSON: seed=1 accounts=200 weeks=26 prevalence=0.045 use=0.6 incident_week=null "
            "dead_feed=[100,110] dead_contacts=[100,110] shuffled_contacts=true …",
        ),
    ] = None,
) -> None:
    """Write a world and its truth into two files, and run nothing."""
    told = World(spec_of(settings or []))
    truth_file.write(truth, truth_file.spells(told))
    typer.echo(f"{write_events(events, told)} events in {events}")


def dead_days(written: str, days: int) -> tuple[int, int]:
    """`100-110`: from the first to the last of these days a feed is dead. Raises SettingsError."""
    first, _, last = written.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 0 < int(first) < int(last) < days):
        raise SettingsError(
            f"a feed dies and comes again on two days of the world's {days}, as in 100-110, not `{written}`"
        )
    return int(first), int(last)


def spec_of(settings: Sequence[str]) -> WorldSpec:
    """The world that is asked for. Raises SettingsError for a key or a value that cannot be."""
    given: dict[str, object] = {"accounts": 200, "weeks": 26}
    try:
        for written in settings:
            key, _, value = written.partition("=")
            if key not in WorldSpec.__dataclass_fields__:
                raise SettingsError(f"a world has no `{key}`; it has {', '.join(WorldSpec.__dataclass_fields__)}")
            given[key] = msgspec.json.decode(value)
        return msgspec.convert(given, WorldSpec)
    except msgspec.MsgspecError as fault:
        raise SettingsError(f"--set takes key=value with the value as JSON ({fault})") from None


def write_events(file: Path, told: World) -> int:
    """All events of a world as lines, day by day; gives how many. A backlog's lines say when they were received."""
    story, count = WorldStory(told), 0
    with file.open("wb") as lines, Progress(console=Console(stderr=True), transient=True) as progress:
        for day in progress.track(range(story.days), description="world"):
            told_at = int(datetime.combine(told.date_of(day), TOLD, UTC).timestamp()) * SECOND_MS
            late = day in told.spec.backlog_days
            form = b'{"received_at":%d,"event":%%s}\n' % told_at if late else b"%s\n"
            for column in story.columns(day, told_at, 1):
                lines.writelines(form % value for value in column.values)
                count += len(column.values)
    return count
