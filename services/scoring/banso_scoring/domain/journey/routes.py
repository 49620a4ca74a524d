"""Which journey each account is on, and the stations that these journeys are made of: every account is then looked at
in its own phase only, and accounts of several cells together where the same lies before them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.model_parts import Condition, Phase
from banso_scoring.domain.remembered import remembered

Indices = NDArray[np.intp]
Journeys = tuple[tuple[Phase, ...], ...]


@dataclass(frozen=True, slots=True)
class Station:
    """A phase of a journey, with all that may follow it."""

    here: Phase
    later: tuple[tuple[int, Phase], ...]
    """The later phases with their places, up to the first one that is not optional."""
    next: int
    """The phase that follows when none of `later` does; -1 for none."""
    next_lapse: tuple[Condition, ...]
    """What one falls back from it by."""


@dataclass(frozen=True, slots=True)
class Routes:
    """The journeys that there are, and which of them each of n accounts is on."""

    journeys: Journeys
    of: Indices
    """(n,): index into `journeys`."""

    @property
    def goals_max(self) -> int:
        """The most conditions that a goal has."""
        return max((len(phase.goal) for journey in self.journeys for phase in journey), default=0)

    def stations(self, some: Indices, phase: NDArray[np.int16]) -> Iterator[tuple[Station, Indices]]:
        """The stations at which the accounts `some` are, by their phases, and who is there."""
        stations, number_of = _stations(self.journeys)
        numbers = number_of[self.of[some], phase[some]]
        order, begin = some[np.argsort(numbers, kind="stable")], 0
        for station, count in zip(stations, np.bincount(numbers, minlength=len(stations)).tolist(), strict=True):
            if count:
                yield station, order[begin : begin + count]
            begin += count


@remembered
def only(journey: tuple[Phase, ...]) -> Journeys:
    """The journeys where there is one for everybody."""
    return (journey,)


@remembered
def _stations(journeys: Journeys) -> tuple[tuple[Station, ...], NDArray[np.int16]]:
    """The distinct stations, and (journeys, phases) which of them each phase of each journey is."""
    found: list[Station] = []
    number_of = np.zeros((len(journeys), max(map(len, journeys))), np.int16)
    for number, journey in enumerate(journeys):
        for index in range(len(journey)):
            station = _station(journey, index)
            if station not in found:
                found.append(station)
            number_of[number, index] = found.index(station)
    return tuple(found), number_of


def _station(journey: tuple[Phase, ...], index: int) -> Station:
    later: list[tuple[int, Phase]] = []
    for place in range(index + 1, len(journey)):
        later.append((place, journey[place]))
        if not journey[place].optional:
            break
    after = journey[index].next
    return Station(journey[index], tuple(later), after, journey[after].lapse if after >= 0 else ())
