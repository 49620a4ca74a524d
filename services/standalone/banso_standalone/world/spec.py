"""What a world is made of: how many accounts for how long, how they differ, and what befalls them all.

Nothing here is read by a formula of scoring: the world knows states, scoring has to find them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DAYS_A_WEEK = 7
WEEKDAYS = (1.0, 1.05, 1.05, 1.0, 0.9, 0.15, 0.1)
"""How much is done on a Monday, a Tuesday, ..."""
GOLDEN_WEEK = ((4, 29), (5, 5))
"""Month and day of its first and its last day."""
HOLIDAY_SHARE = 0.15
"""Of what is done on an ordinary day, what a Japanese account does in Golden Week."""


class State(StrEnum):
    """What is true of an account on a day, and nobody tells."""

    FINE = "fine"
    VOCAL = "vocal"
    """In trouble, and writes about it."""
    SILENT = "silent"
    """In trouble, and says nothing."""
    QUIET = "quiet"
    """Never writes, trouble or not; here without trouble."""
    DECLINING = "declining"
    """Uses the product less and less, without trouble."""
    CHRONIC = "chronic"
    """Always meets many errors that do no harm: a script that retries, a form that is probed."""
    LAZY = "lazy"
    """Uses the product little, and is content."""
    GONE = "gone"
    """The contract is over."""


@dataclass(frozen=True, slots=True)
class Friction:
    """One way in which an attempt goes wrong: its event, and how often it does for the usual account."""

    event: str
    rate: float
    contacts: float
    """Contacts that one of it causes, in an account that writes."""


FRICTION = (
    Friction("import.failed", 0.025, 0.06),
    Friction("export error", 0.02, 0.05),
    Friction("setup.abandoned", 0.02, 0.03),
    Friction("help.viewed", 0.05, 0.01),
)
ATTEMPTS = (("record.edited", 0.45), ("report.created", 0.25), ("search.run", 0.2), ("import.finished", 0.1))
"""Events of use, and their shares."""
CONTACT, ENDED, RENEWED = "ticket.opened", "contract.ended", "contract.renewed"


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """A world. Equal specs make equal worlds, event by event."""

    seed: int = 1
    accounts: int = 1_000
    weeks: int = 30
    prevalence: float = 0.045
    """Of all accounts, on any day: in trouble and silent."""
    vocal: float = 0.045
    """Of all accounts, on any day: in trouble and telling."""
    quiet: float = 0.15
    declining: float = 0.05
    chronic: float = 0.05
    lazy: float = 0.10
    use: float = 0.6
    """Events a seat and working day of the usual account; a thin world has less."""
    seats: float = 12.0
    """The median."""
    japanese: float = 0.6
    """The share of accounts in Japan; Golden Week is theirs."""
    incident_week: int | None = 20
    """A week in which the product fails everybody; None for none."""
    incident_ratio: float = 5.0
    dead_feed: tuple[int, int] | None = None
    """From which day to which the product's events do not arrive; they come in one backlog after it."""
    dead_contacts: tuple[int, int] | None = None
    """The same of the help desk's."""
    shuffled_contacts: bool = False
    """A placebo: contacts are handed round among accounts of like size, so that they say nothing."""
    first_monday: tuple[int, int, int] = (2026, 1, 5)

    @property
    def backlog_days(self) -> set[int]:
        """The days on which a backlog comes."""
        return {dead[1] for dead in (self.dead_feed, self.dead_contacts) if dead is not None}

    @property
    def days(self) -> int:
        """How long the world lasts."""
        return self.weeks * DAYS_A_WEEK
