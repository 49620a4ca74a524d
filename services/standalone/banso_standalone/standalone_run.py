"""`banso run`, `banso world`: takes the data folder, begins or resumes what is told in it, serves, and says where."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from banso_common.clock import SystemClock
from banso_standalone.beginning import begin, begin_world
from banso_standalone.examples import load_oulad
from banso_standalone.home import Home
from banso_standalone.journal import Journal
from banso_standalone.models import model_of
from banso_standalone.oulad_records import OuladStory
from banso_standalone.progress import ReplayProgress
from banso_standalone.replay import NOON, Almanac, Replay, Story
from banso_standalone.running import listen, run
from banso_standalone.settings import StandaloneSettings
from banso_standalone.standalone import build
from banso_standalone.switchable_clock import SwitchableClock
from banso_standalone.welcome import welcome
from banso_standalone.world import truth_file
from banso_standalone.world.days import World
from banso_standalone.world.records import TOLD, WorldStory
from banso_standalone.world.spec import WorldSpec


@dataclass(frozen=True, slots=True)
class Wanted:
    """A world to be told instead of the example, and how fast."""

    world: WorldSpec
    days_a_second: float = 0.0
    truth: Path | None = None
    """Where the hidden truth is written, if anywhere."""


def run_standalone(settings: StandaloneSettings, console: Console, wanted: Wanted | None = None) -> None:
    """Until a signal. Raises SettingsError, ModelError."""
    with closing(listen(settings.host, settings.port)) as listening:
        home = Home(settings.data_dir)
        home.enter()
        try:
            asyncio.run(_run((settings, wanted), home, listening, console))
        finally:
            home.leave()


async def _run(
    what: tuple[StandaloneSettings, Wanted | None], home: Home, listening: socket.socket, console: Console
) -> None:
    settings, wanted = what
    real = SystemClock()
    begun = begin(settings, real.now()) if wanted is None else begin_world(settings, wanted.world)
    if wanted is not None and wanted.truth is not None and begun.journal.world is not None:
        truth_file.write(wanted.truth, truth_file.spells(World(begun.journal.world)))
    clock = SwitchableClock(real, begun.journal.clock_at)
    standalone = build(settings, model_of(begun.model_file), clock)
    key = home.first_key(standalone.keys)
    ticket = None if key is None else standalone.keys.tickets.issue(key)
    days_a_second = wanted.days_a_second if wanted else 0.0

    async def beside() -> None:
        address, replays = f"http://{settings.host}:{settings.port}", begun.goes_on and clock.is_virtual
        welcome(console, address, key, ticket, replays=replays)
        if begun.goes_on:
            name, story = await asyncio.to_thread(_story, begun.journal)
            progress = ReplayProgress(console, name, standalone.messages)
            try:
                almanac = Almanac(begun.journal, begun.zone, NOON if begun.journal.world is None else TOLD)
                await Replay(standalone, clock, almanac, begun.file, days_a_second).run(story, progress)
            finally:
                progress.close()

    await run(standalone, listening, beside)


def _story(journal: Journal) -> tuple[str, Story]:
    """What is told in a folder, and its name."""
    if journal.world is not None:
        return f"world {journal.world.seed}", WorldStory(World(journal.world))
    extract = load_oulad(frozenset({journal.presentation}), frozenset(journal.modules))
    return f"OULAD {journal.presentation}", OuladStory(extract)
