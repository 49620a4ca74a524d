"""Decides what a new data folder shows, and remembers it: the example, its dates, its success model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from banso_common.clock import SECOND_MS
from banso_common.errors import SettingsError
from banso_common.settings import load
from banso_scoring.settings import ScoringSettings
from banso_standalone.examples import oulad_model_file
from banso_standalone.journal import WEEK_DAYS, Journal, JournalFile, first_day
from banso_standalone.settings import Example, StandaloneSettings
from banso_standalone.world.spec import WorldSpec

JOURNAL = "replay.json"


@dataclass(frozen=True, slots=True)
class Begun:
    """A folder whose example is decided, and whether this run goes on with it."""

    file: JournalFile
    journal: Journal
    zone: ZoneInfo
    goes_on: bool

    @property
    def model_file(self) -> Path | None:
        """The company's own file, else the example's, else none: the default."""
        if self.journal.model_file is not None:
            return Path(self.journal.model_file)
        return oulad_model_file() if self.journal.example is Example.OULAD else None


def begin(settings: StandaloneSettings, now: int) -> Begun:
    """What the folder remembers, or the decision of a new one, stored.

    On later runs BANSO_MODEL_FILE still counts, and BANSO_REPLAY=none ends virtual time for good.
    """
    scoring = load(ScoringSettings)
    zone, file = ZoneInfo(scoring.time_zone), JournalFile(settings.data_dir / JOURNAL)
    journal = file.read()
    if journal is None:
        is_new = not (settings.data_dir / "scoring.db").exists()
        journal = _fresh(settings, zone, now) if is_new else Journal(Example.NONE, None, _today(now, zone))
    if scoring.model_file is not None:
        journal = msgspec.structs.replace(journal, model_file=str(scoring.model_file.absolute()))
    goes_on = Example.OULAD is journal.example is settings.replay
    if not goes_on:
        journal = msgspec.structs.replace(journal, clock_at=None)
    return Begun(file, file.write(journal), zone, goes_on)


def begin_world(settings: StandaloneSettings, spec: WorldSpec) -> Begun:
    """A folder in which the world of `spec` is or was begun. Raises SettingsError when it holds something else.

    A world keeps the first Monday with which it was begun.
    """
    scoring = load(ScoringSettings)
    file = JournalFile(settings.data_dir / JOURNAL)
    journal = file.read()
    if journal is None and not (settings.data_dir / "scoring.db").exists():
        first = date(*spec.first_monday)
        begins_at = int(datetime.combine(first, time(0), UTC).timestamp()) * SECOND_MS
        journal = Journal(Example.NONE, None, first, clock_at=begins_at, world=spec)
    told = None if journal is None else journal.world
    if journal is None or told is None or replace(told, first_monday=spec.first_monday) != spec:
        raise SettingsError(f"{settings.data_dir} holds something else; choose another folder with BANSO_DATA_DIR")
    if scoring.model_file is not None:
        journal = msgspec.structs.replace(journal, model_file=str(scoring.model_file.absolute()))
    return Begun(file, file.write(journal), ZoneInfo("UTC"), goes_on=True)


def first_monday(weeks: int, today: date) -> tuple[int, int, int]:
    """The first day of a world of so many weeks whose last week holds `today`."""
    first = today - timedelta(today.weekday() + (weeks - 1) * WEEK_DAYS)
    return first.year, first.month, first.day


def _fresh(settings: StandaloneSettings, zone: ZoneInfo, now: int) -> Journal:
    today = _today(now, zone)
    if settings.replay is Example.NONE:
        return Journal(Example.NONE, None, today)
    oulad_model_file()  # refuses at once where the examples are not
    day_0 = first_day(settings.replay_presentation, today)
    return Journal(
        Example.OULAD,
        None,
        day_0,
        presentation=settings.replay_presentation,
        modules=sorted(settings.modules),
        clock_at=int(datetime.combine(day_0, time(0), zone).timestamp()) * SECOND_MS,
    )


def _today(now: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(now / SECOND_MS, zone).date()
