"""What a member knows of the feeds that accounts' events come through, and until when it may believe their quiet.

A source has a number, which stands for it in an account's mask (bit by number). At most FEEDS_MAX sources are known by
name; the rest share one, of which nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.feeds.rhythm import (
    DAY_MS,
    FAR,
    HOUR_MS,
    UNJUDGED_MS,
    Heard,
    Rhythm,
    is_gone,
    known_until,
    merged,
    patience_ms,
    paused,
)
from banso_scoring.domain.struggle.usual import ContactState
from banso_scoring.feed_store import ByLane, Told

FEEDS_MAX = 62
OTHER = "banso:other"
"""All sources beyond FEEDS_MAX."""
AWAITED_MS = 14 * DAY_MS
"""So long after the last sign of a source of contacts nobody waits for what it may still tell."""
LAST_ZONE_MS = 12 * HOUR_MS
"""So long after midnight in UTC the day ends where it ends last."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class FeedState(StrEnum):
    """How a feed stands."""

    FRESH = "fresh"
    LATE = "late"
    """Missed, but within its patience; or it spoke again and is still being read: time stands still."""
    STALE = "stale"
    GONE = "gone"
    RETIRED = "retired"
    UNJUDGED = "unjudged"


class Feeds:
    """Of each source how it was heard in each lane, and what was said of it."""

    def __init__(self, patience: Sequence[tuple[str, int | None]] = (), *, watched: bool = False) -> None:
        """`patience`: patterns of sources with how long each may be quiet, in ms, None for as long as it likes."""
        self.watched = watched
        self.lanes: ByLane = {}
        self.known: dict[str, Rhythm] = {}
        """Over all lanes."""
        self.told: dict[str, Told] = {}
        self._patience = patience
        self._numbers: dict[str, int] = {OTHER: FEEDS_MAX}

    def read(self, lanes: ByLane, told: Mapping[str, Told], ours: Iterable[int] = ()) -> None:
        """Take in what is stored; of the lanes `ours` we know more than that."""
        kept = {lane: self.lanes[lane] for lane in ours if lane in self.lanes}
        self.lanes, self.told = {**lanes, **kept}, dict(told)
        known: dict[str, Rhythm] = {}
        for lane in sorted(self.lanes):
            for source, rhythm in self.lanes[lane].items():
                known[source] = merged(known[source], rhythm) if source in known else rhythm
        self.known = known
        for source in sorted(known, key=lambda one: (known[one].first_at, one)):
            self.number_of(source)

    def name_of(self, source: str) -> str:
        """The source, or `OTHER` when there is no more room."""
        return source if self.number_of(source) < FEEDS_MAX else OTHER

    def number_of(self, source: str) -> int:
        """The number of a source, a new one if it has none and there is room."""
        number = self._numbers.get(source)
        if number is None:
            number = len(self._numbers) - 1
            if number >= FEEDS_MAX:
                return FEEDS_MAX
            self._numbers[source] = number
        return number

    def mask_of(self, lines: str) -> int:
        """The mask of sources that stand a line each."""
        return sum({1 << self.number_of(source) for source in lines.split("\n") if source})

    def lines_of(self, mask: int) -> str:
        """The sources of a mask, a line each, in their order."""
        return "\n".join(sorted(name for name, number in self._numbers.items() if mask >> number & 1))

    def told_of(self, number: int) -> tuple[str, int | None]:
        """The source with a number counted from 1, and until when it was believed; nothing for 0."""
        if not number:
            return "", None
        source = next(name for name, known in self._numbers.items() if known == number - 1)
        told = self.told.get(source)
        return source, None if told is None else told.since_at

    def take(self, lane: int, heard: Mapping[str, Heard], now: int) -> dict[str, Rhythm]:
        """Note what a batch of `lane` brought; gives the rows to store."""
        mine, rows = self.lanes.setdefault(lane, {}), dict[str, Rhythm]()
        for name, one in heard.items():
            source, rhythm = self.name_of(name), one.rhythm
            before = self.known.get(source)
            if before is not None:
                rhythm = paused(one, before, now, self.patience_of(source))
            mine[source] = rows[source] = merged(mine[source], rhythm) if source in mine else rhythm
            self.known[source] = rhythm if before is None else merged(before, rhythm)
        return rows

    def patience_of(self, source: str) -> int | None:
        """What was set for a source, in ms; None when its rhythm decides. See `is_judged`."""
        return next((ms for pattern, ms in self._patience if ms is not None and fnmatchcase(source, pattern)), None)

    def is_judged(self, source: str, now: int) -> bool:
        """Whether the quiet of a source means anything."""
        if not self.watched or source == OTHER or is_gone(self.known[source], now):
            return False
        told = self.told.get(source)
        if told is not None and told.retired_at is not None:
            return False
        said = next((ms is not None for pattern, ms in self._patience if fnmatchcase(source, pattern)), None)
        return patience_ms(self.known[source]) < UNJUDGED_MS if said is None else said

    def believed_until(self, source: str, now: int) -> int:
        """Until when quiet of `source` may be believed; `FAR` while nothing is amiss or it is not judged."""
        rhythm, said_ms = self.known[source], self.patience_of(source)
        resting = rhythm.pause is None and not rhythm.beats and now - rhythm.heard_at < min(HOUR_MS, said_ms or HOUR_MS)
        if resting or not self.is_judged(source, now):
            return FAR
        return known_until(rhythm, now, said_ms)

    def limits(self, now: int) -> Ints:
        """(FEEDS_MAX + 1,): by number, until when what accounts do may be believed; `FAR` without end."""
        limits = np.full(FEEDS_MAX + 1, FAR, np.int64)
        for source, rhythm in self.known.items() if self.watched else ():
            if rhythm.tells:
                limits[self.number_of(source)] = self.believed_until(source, now)
        return limits

    def pipes(self) -> Bools:
        """(FEEDS_MAX + 1,): by number, which tell of more than contacts and are expected to go on; an upload stops only
        who has none of these."""
        found = np.zeros(FEEDS_MAX + 1, np.bool_)
        for source, rhythm in self.known.items():
            found[self.number_of(source)] |= rhythm.tells and rhythm.goes_on
        return found

    def stale_mask(self) -> int:
        """The sources of which it was said that they are stale, among those that tell of more than contacts."""
        stale = [source for source, rhythm in self.known.items() if rhythm.tells and self.is_stale(source)]
        return sum({1 << self.number_of(source) for source in stale})

    def is_stale(self, source: str) -> bool:
        """Whether it was said of `source` and is not over."""
        return self.watched and source in self.told and self.told[source].since_at is not None

    def contact_state(self, now: int, day: int | None = None) -> ContactState:
        """Whether those who write contacts were heard: until now, or to the end of `day`, wherever that ends last."""
        end_at, lost = now if day is None else _end_of(day, now), self._lost(now)
        waited_for = [source for source in self._missed(now, end_at) if source not in lost]
        if any(self.is_stale(source) for source in waited_for):
            return ContactState.STALE
        if waited_for:
            return ContactState.HELD
        is_heard = any(
            self.known[source].contacts and self.is_judged(source, now) for source in self.known.keys() - lost
        )
        was_lost = any(self.known[source].alive_at < end_at for source in lost)
        return ContactState.GONE if was_lost and not is_heard else ContactState.HEARD

    def awaits_contacts(self, now: int, day: int) -> bool:
        """Whether contacts of `day` may still come, for a source of them is missed and not lost."""
        return bool(set(self._missed(now, _end_of(day, now))) - self._lost(now))

    def _missed(self, now: int, end_at: int) -> list[str]:
        """The sources of contacts that are not believed until `end_at`."""
        sources = (source for source, rhythm in self.known.items() if rhythm.contacts)
        return [source for source in sources if self.believed_until(source, now) < end_at]

    def _lost(self, now: int) -> set[str]:
        """The sources of contacts that nobody waits for any more, and of which nobody said that they may be quiet."""
        quiet = {source for source in self._missed(now, now) if now - self.known[source].alive_at > AWAITED_MS}
        return quiet | {source for source in self.known if self._has_gone(source, now)}

    def _has_gone(self, source: str, now: int) -> bool:
        """Whether a source of contacts is gone, and nobody said that its quiet is as it should be."""
        rhythm, told = self.known[source], self.told.get(source)
        is_off = next((ms is None for pattern, ms in self._patience if fnmatchcase(source, pattern)), False)
        is_retired = told is not None and told.retired_at is not None
        return self.watched and rhythm.contacts and is_gone(rhythm, now) and not is_off and not is_retired

    def state_of(self, source: str, now: int) -> FeedState:
        """How a source stands."""
        told = self.told.get(source)
        if told is not None and told.retired_at is not None:
            return FeedState.RETIRED
        if self.is_stale(source):
            return FeedState.STALE
        if is_gone(self.known[source], now):
            return FeedState.GONE
        if not self.is_judged(source, now):
            return FeedState.UNJUDGED
        return FeedState.LATE if self.believed_until(source, now) < now else FeedState.FRESH


def _end_of(day: int, now: int) -> int:
    """The end of `day`, wherever that is last, or `now`."""
    return min(now, (day + 1) * DAY_MS + LAST_ZONE_MS)
