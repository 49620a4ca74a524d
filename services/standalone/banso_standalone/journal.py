"""What a data folder remembers of its example: which it is, where its first day lies, and how far it has come.

Written after each day that was followed to its end; a day that was begun is sent again, and known by its ids.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec

from banso_common.errors import SettingsError
from banso_standalone.settings import Example
from banso_standalone.world.spec import WorldSpec

NOMINAL_FIRST_DAYS = {"B": (2, 1), "J": (10, 1)}
"""Month and day on which presentations begin; the extract says the month only."""

LAST_COURSE_DAY = 124
"""The latest day of the course that `today` may be when a folder is begun: a deadline has just passed, and the
course is long from over."""

WEEK_DAYS = 7


class Journal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`clock_at` is where virtual time stands; None once the real clock has taken over. `first_day` is day 0.

    `world` is the invented world that is told; then there is no example.
    """

    example: Example
    model_file: str | None
    first_day: date
    presentation: str = ""
    modules: list[str] = []
    next_day: int = 0
    clock_at: int | None = None
    world: WorldSpec | None = None


@dataclass(frozen=True, slots=True)
class JournalFile:
    """The journal on disk."""

    path: Path

    def read(self) -> Journal | None:
        """None in a folder that is new. Raises SettingsError when the file cannot be read."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Journal)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError as fault:
            raise SettingsError(f"{self.path} cannot be read ({fault}); choose another folder") from None

    def write(self, journal: Journal) -> Journal:
        """Replace what is there, whole or not at all."""
        fresh = self.path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(msgspec.json.encode(journal))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        return journal


def first_day(presentation: str, today: date) -> date:
    """Day 0, moved by whole weeks so that `today` is one of the seven days up to LAST_COURSE_DAY."""
    nominal = date(int(presentation[:4]), *NOMINAL_FIRST_DAYS[presentation[4:]])
    weeks = -((nominal + timedelta(LAST_COURSE_DAY) - today).days // WEEK_DAYS)
    return nominal + timedelta(weeks * WEEK_DAYS)


def further(journal: Journal, next_day: int, clock_at: int | None) -> Journal:
    """The same journal, further on."""
    return msgspec.structs.replace(journal, next_day=next_day, clock_at=clock_at)
