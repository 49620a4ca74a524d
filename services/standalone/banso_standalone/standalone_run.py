"""`banso run`: takes the data folder, begins or resumes its example, serves, and says where and how to ask."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing

from rich.console import Console

from banso_common.clock import SystemClock
from banso_common.http.keys import KeyRing
from banso_standalone.beginning import Begun, begin
from banso_standalone.examples import load_oulad
from banso_standalone.home import Home
from banso_standalone.models import model_of
from banso_standalone.progress import ReplayProgress
from banso_standalone.replay import Almanac, Replay
from banso_standalone.running import listen, run
from banso_standalone.settings import StandaloneSettings
from banso_standalone.standalone import Standalone, build
from banso_standalone.switchable_clock import SwitchableClock
from banso_standalone.welcome import welcome


def run_standalone(settings: StandaloneSettings, console: Console) -> None:
    """Until a signal. Raises SettingsError, ModelError."""
    with closing(listen(settings.host, settings.port)) as listening:
        home = Home(settings.data_dir)
        home.enter()
        try:
            asyncio.run(_run(settings, home, listening, console))
        finally:
            home.leave()


async def _run(settings: StandaloneSettings, home: Home, listening: socket.socket, console: Console) -> None:
    real = SystemClock()
    begun = begin(settings, real.now())
    clock = SwitchableClock(real, begun.journal.clock_at)
    standalone = build(settings, model_of(begun.model_file), clock)
    key = home.first_key(KeyRing(settings.keys_path))

    async def beside() -> None:
        welcome(console, f"http://{settings.host}:{settings.port}", key, replays=begun.goes_on and clock.is_virtual)
        if begun.goes_on:
            await _replay(begun, standalone, clock, console)

    await run(standalone, listening, beside)


async def _replay(begun: Begun, standalone: Standalone, clock: SwitchableClock, console: Console) -> None:
    journal = begun.journal
    name = f"OULAD {journal.presentation}"
    extract = await asyncio.to_thread(load_oulad, frozenset({journal.presentation}), frozenset(journal.modules))
    progress = ReplayProgress(console, name, standalone.messages)
    try:
        replay = Replay(standalone, clock, Almanac(journal, begun.zone), begun.file)
        await replay.run(extract, progress)
    finally:
        progress.close()
