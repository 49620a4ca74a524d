"""Instants to days in an account's time zone, for columns of events.

Offsets of the zones in use change at whole quarters of an hour, so one look-up serves all events of a quarter.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from banso_common.clock import DAY_MS, MINUTE_MS
from banso_scoring.domain.facts.ranks import ranked

QUARTER_MS = 15 * MINUTE_MS
OFFSETS_REMEMBERED_MAX = 100_000

Ints = NDArray[np.int64]


class Zones:
    """Time zones by small numbers; 0 is the installation's own."""

    def __init__(self, default: str) -> None:
        self._zones = [ZoneInfo(default)]
        self._ids: dict[str, int] = {}
        self._offsets: dict[tuple[int, int], int] = {}

    def id_of(self, name: str | None) -> int:
        """The number of a zone; 0 for none, and for a name that this machine does not know."""
        if name is None:
            return 0
        if name not in self._ids:
            try:
                self._zones.append(ZoneInfo(name))
                self._ids[name] = len(self._zones) - 1
            except (KeyError, ValueError, OSError):
                self._ids[name] = 0
        return self._ids[name]

    def days(self, zones: Ints, at: Ints) -> Ints:
        """The local day of each instant `at` (ms) in the zone of the same position."""
        pairs = zones + at // QUARTER_MS * len(self._zones)
        distinct, inverse = ranked(pairs)
        offsets = [self._offset_ms(p % len(self._zones), p // len(self._zones)) for p in distinct.tolist()]
        return (at + np.array(offsets, np.int64)[inverse]) // DAY_MS

    def day(self, zone: int, at: int) -> int:
        """The local day of one instant."""
        return (at + self._offset_ms(zone, at // QUARTER_MS)) // DAY_MS

    def _offset_ms(self, zone: int, quarter: int) -> int:
        found = self._offsets.get((zone, quarter))
        if found is None:
            moment = datetime.fromtimestamp(quarter * QUARTER_MS / 1_000, UTC).astimezone(self._zones[zone])
            delta = moment.utcoffset()
            found = round(delta.total_seconds() * 1_000) if delta is not None else 0
            if len(self._offsets) >= OFFSETS_REMEMBERED_MAX:
                self._offsets.clear()
            self._offsets[(zone, quarter)] = found
        return found
