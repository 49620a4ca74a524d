"""Working time: whether an instant is inside a recipient's open hours, and when the next open minute begins.

Open means: a weekday of `days`, not a closed day of the recipient's country, at or after `opens_minute` and before
`closes_minute` of the local day. Local times that a change of the clocks skips are never open, those that it repeats
are open twice (PEP 495): the next open instant is the first at or after `at` for which `is_open` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from banso_common.clock import DAY_MS, SECOND_MS

SEARCH_DAYS_MAX = 366

Closed = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class OpenHours:
    """When people may be spoken to. `days` are ISO weekdays, 1 = Monday; minutes count from midnight.

    `closed_in` gives the closed days of a country (ISO 3166), if holidays of several are known.
    """

    opens_minute: int
    closes_minute: int
    days: frozenset[int]
    closed: Closed
    closed_in: Callable[[str], Closed] | None = None

    def of(self, country: str) -> OpenHours:
        """The hours of people in `country`; the installation's own when it is "" or no others are known."""
        return self if not country or self.closed_in is None else replace(self, closed=self.closed_in(country))

    def is_open(self, at: int, zone: ZoneInfo) -> bool:
        """Whether `at` is inside the open hours of `zone`."""
        local = local_time(at, zone)
        return self.works(local.date()) and (self.opens_minute <= local.hour * 60 + local.minute < self.closes_minute)

    def next_open_at(self, at: int, zone: ZoneInfo) -> int | None:
        """The first open instant at or after `at`; None when there is none within SEARCH_DAYS_MAX days."""
        if self.is_open(at, zone):
            return at
        today = local_time(at, zone).date()
        for ahead in range(SEARCH_DAYS_MAX + 1):
            day = today + timedelta(days=ahead)
            if self.works(day):
                opens = (each for each in self._openings(day, zone) if each >= at and self.is_open(each, zone))
                if (first := min(opens, default=None)) is not None:
                    return first
        return None

    def works(self, day: date) -> bool:
        """Whether anybody works on that day at all."""
        return day.isoweekday() in self.days and not self.closed(day)

    def _openings(self, day: date, zone: ZoneInfo) -> Iterator[int]:
        """Every instant of the local day at which it may become open: the wall-clock time, twice where the clock is
        put back over it, and the moments at which the clocks change."""
        opens = time(self.opens_minute // 60, self.opens_minute % 60)
        yield from (instant_of(day, opens, zone, fold) for fold in (0, 1))
        yield from changes_of(day, zone)


def instant_of(day: date, at: time, zone: ZoneInfo, fold: int = 0) -> int:
    """The instant of a wall-clock time; where the clock is put back over it, the first (fold 0) or the second."""
    return round(datetime.combine(day, at.replace(fold=fold), zone).timestamp() * SECOND_MS)


def changes_of(day: date, zone: ZoneInfo) -> Iterator[int]:
    """The instant of a local day, if there is one, from which on its clocks show another offset."""
    low = instant_of(day, time(0), zone) - SECOND_MS
    high = low + DAY_MS + 3 * 3_600 * SECOND_MS
    before = local_time(low, zone).utcoffset()
    if local_time(high, zone).utcoffset() == before:
        return
    while high - low > SECOND_MS:
        middle = (low + high) // (2 * SECOND_MS) * SECOND_MS
        if local_time(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    if local_time(high, zone).date() == day:
        yield high


def local_time(at: int, zone: ZoneInfo) -> datetime:
    """`at` on the wall clock of `zone`."""
    return datetime.fromtimestamp(at / SECOND_MS, UTC).astimezone(zone)


def local_day(at: int, zone: ZoneInfo) -> str:
    """The calendar day of `at` in `zone`, as `2026-11-21`."""
    return local_time(at, zone).date().isoformat()


def zone_of(name: str, default: ZoneInfo) -> ZoneInfo:
    """The zone of that IANA name; `default` when there is none such, since names come from outside."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default
