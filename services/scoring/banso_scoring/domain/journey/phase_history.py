"""The phases that an account went through: its moves, a day each, and the stays between them.

Moves are what is true now: a look back replaces those of an account whole, so that facts that come late end in
the same history as facts that come at once. A stay ends on the day on which the next begins; the first begins
on the day of the account's first fact. Each `renewed` begins the next term.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from banso_scoring.domain.journey.journey import Journey
from banso_scoring.domain.success_model import SuccessModel

FIRST_TERM = 1


class Moved(StrEnum):
    """How an account left a phase."""

    PASSED = "passed"
    RENEWED = "renewed"
    FELL_BACK = "fell-back"


@dataclass(frozen=True, slots=True)
class Move:
    """One move: from a phase, which the account had entered on `since_day`, to another on `day`. Phases by key."""

    day: int
    from_phase: str
    since_day: int
    to_phase: str
    moved: Moved


@dataclass(frozen=True, slots=True)
class Stay:
    """The days in one phase, from `entered_day` to before `left_day`; None: the account is there still."""

    phase: str
    entered_day: int
    left_day: int | None
    left_by: Moved | None
    term: int


def moves_of(model: SuccessModel, found: Journey, day: int) -> list[tuple[int, Move]]:
    """The moves of `day`, each with the account's place in `found`."""
    keys, made = [phase.key for phase in model.journey], []
    for place in np.flatnonzero(found.passed | found.fell_back).tolist():
        left = int(found.came_from[place])
        how = Moved.RENEWED if model.journey[left].renews else Moved.PASSED
        moved = how if found.passed[place] else Moved.FELL_BACK
        made.append((place, Move(day, keys[left], int(found.since_day[place]), keys[int(found.phase[place])], moved)))
    return made


def stays_of(first_phase: str, first_day: int, moves: Iterable[Move]) -> list[Stay]:
    """The stays of one account, oldest first; `moves` by rising day."""
    stays: list[Stay] = []
    phase, entered_day, term = first_phase, first_day, FIRST_TERM
    for move in moves:
        stays.append(Stay(phase, entered_day, move.day, move.moved, term))
        phase, entered_day = move.to_phase, move.day
        term += move.moved is Moved.RENEWED
    return [*stays, Stay(phase, entered_day, None, None, term)]
