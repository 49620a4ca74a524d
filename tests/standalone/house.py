"""A standalone with a slice of the extract, on a real clock that stands: what a test of the replay starts from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from banso_common.clock import HOUR_MS, SECOND_MS, ManualClock
from banso_common.http.keys import KeyRing, Scope
from banso_common.settings import load
from banso_standalone.beginning import JOURNAL
from banso_standalone.examples import load_oulad, oulad_model_file
from banso_standalone.home import Home
from banso_standalone.journal import Journal, JournalFile
from banso_standalone.models import model_of
from banso_standalone.oulad_records import OuladStory
from banso_standalone.replay import Almanac, Progress, Replay
from banso_standalone.settings import Example, StandaloneSettings
from banso_standalone.standalone import Standalone, build
from banso_standalone.switchable_clock import SwitchableClock

TODAY = date(2026, 3, 4)
"""A Wednesday that is no holiday."""

NOW_AT = int(datetime(2026, 3, 4, 10, tzinfo=UTC).timestamp()) * SECOND_MS
PRESENTATION = "2014J"


@dataclass(frozen=True)
class House:
    """A started standalone, its clock, its replay and a key that may do everything."""

    standalone: Standalone
    clock: SwitchableClock
    file: JournalFile
    journal: Journal
    key: str

    async def replay(self, stop_after_day: int | None = None) -> list[Progress]:
        """Replay until so many days are done, or else until time is real; gives what was told."""
        story = OuladStory(load_oulad(frozenset({self.journal.presentation}), frozenset(self.journal.modules)))
        told: list[Progress] = []
        enough = asyncio.Event()

        def tell(progress: Progress) -> None:
            told.append(progress)
            if progress.day == stop_after_day or (stop_after_day is None and progress.is_real):
                enough.set()

        almanac = Almanac(self.journal, ZoneInfo("UTC"))
        running = asyncio.create_task(Replay(self.standalone, self.clock, almanac, self.file).run(story, tell))
        stopped = asyncio.create_task(enough.wait())
        await asyncio.wait([running, stopped], return_when=asyncio.FIRST_COMPLETED)
        for task in (running, stopped):
            task.cancel()
        await asyncio.gather(running, stopped, return_exceptions=True)
        if not running.cancelled() and (fault := running.exception()) is not None:
            raise fault
        return told


def fresh_journal(days: int, *modules: str) -> Journal:
    """A course that began so many days before TODAY."""
    first = TODAY - timedelta(days)
    midnight_at = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()) * SECOND_MS
    return Journal(Example.OULAD, None, first, presentation=PRESENTATION, modules=list(modules), clock_at=midnight_at)


@asynccontextmanager
async def open_house(folder: Path, journal: Journal | None, model_file: Path | None = None) -> AsyncIterator[House]:
    """Start a standalone in `folder` (BANSO_DATA_DIR must name it), with `journal` if the folder has none yet.

    Without any journal time is virtual from NOW_AT on, and there is no example.
    """
    home, settings = Home(folder), load(StandaloneSettings)
    assert settings.data_dir == folder
    home.enter()
    file = JournalFile(folder / JOURNAL)
    stored = file.read() or journal
    if stored is None:
        stored = Journal(Example.NONE, None, TODAY, clock_at=NOW_AT)
    clock = SwitchableClock(ManualClock(NOW_AT), stored.clock_at)
    is_oulad = stored.example is Example.OULAD
    standalone = build(settings, model_of(oulad_model_file() if is_oulad else model_file), clock)
    ring = KeyRing(settings.keys_path)
    key = home.first_key(ring) or ring.create("test", [Scope.ADMIN])
    try:
        await standalone.start()
        yield House(standalone, clock, file, msgspec.structs.replace(stored), key)
    finally:
        await standalone.stop()
        home.leave()


def hours(count: int) -> int:
    """So many hours in ms."""
    return count * HOUR_MS
