"""When feeds were dead, out of what was heard: a source was silent for long, and what happened meanwhile came later.

A source is dead from the last that was heard to the next, when that lasts two days and three of its usual (median)
gaps at least, and something that happened a day or more before the end was heard only then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_common.clock import DAY_MS
from banso_common.contracts.account_activity import ActivityKind, activity_decoder

DEAD_MS_MIN, GAPS_MIN, BELATED_MS_MIN = 2 * DAY_MS, 3, DAY_MS

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outage:
    """A feed that was dead. Instants in ms."""

    source: str
    heard_at: int
    """When the last before it was heard."""
    again_at: int
    """When the next was heard."""

    def holds(self, at: int) -> bool:
        """Whether the feed is dead at an instant."""
        return self.heard_at < at < self.again_at


class Heard:
    """Of each source, when what happened and when it was received."""

    def __init__(self) -> None:
        self._pairs: dict[str, list[tuple[int, int]]] = {}

    def take(self, activity: Iterable[bytes]) -> None:
        """Note usage events as ingest writes them."""
        for one in map(activity_decoder.decode, activity):
            if one.kind is ActivityKind.USAGE:
                self._pairs.setdefault(one.source, []).append((one.occurred_at, one.received_at))

    def outages(self) -> list[Outage]:
        """All that were, by their end."""
        found = [outage for source, pairs in self._pairs.items() for outage in _of(source, np.array(pairs, np.int64))]
        return sorted(found, key=lambda one: (one.again_at, one.source))


def _of(source: str, pairs: Ints) -> Iterable[Outage]:
    occurred, received = pairs.T
    instants = np.unique(received)
    gaps = np.diff(instants)
    if not len(gaps):
        return
    least = max(DEAD_MS_MIN, GAPS_MIN * float(np.median(gaps)))
    for place in np.flatnonzero(gaps >= least):
        heard_at, again_at = int(instants[place]), int(instants[place + 1])
        missing = (occurred > heard_at) & (occurred <= again_at - BELATED_MS_MIN)
        if missing.any():
            yield Outage(source, heard_at, again_at)
