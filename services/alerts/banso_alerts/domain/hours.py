"""Working time: whether an instant is inside a recipient's open hours, and when the next open minute begins.

Open means: a weekday of `days`, not a closed day, at or after `opens_minute` and before `closes_minute` of
the local day. Local times that a change of the clocks skips or repeats follow zoneinfo (PEP 495, fold 0).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from banso_common.clock import SECOND_MS

SEARCH_DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class OpenHours:
    """When people may be spoken to. `days` are ISO weekdays, 1 = Monday; minutes count from midnight."""

    opens_minute: int
    closes_minute: int
    days: frozenset[int]
    closed: Callable[[date], bool]

    def is_open(self, at: int, zone: ZoneInfo) -> bool:
        """Whether `at` is inside the open hours of `zone`."""
        local = local_time(at, zone)
        return self._works(local.date()) and (self.opens_minute <= local.hour * 60 + local.minute < self.closes_minute)

    def next_open_at(self, at: int, zone: ZoneInfo) -> int | None:
        """The first open instant at or after `at`; None when there is none within SEARCH_DAYS_MAX days."""
        if self.is_open(at, zone):
            return at
        today = local_time(at, zone).date()
        for ahead in range(SEARCH_DAYS_MAX + 1):
            day = today + timedelta(days=ahead)
            if self._works(day):
                opens = time(self.opens_minute // 60, self.opens_minute % 60)
                opens_at = round(datetime.combine(day, opens, zone).timestamp() * SECOND_MS)
                if opens_at >= at:
                    return opens_at
        return None

    def _works(self, day: date) -> bool:
        return day.isoweekday() in self.days and not self.closed(day)


def local_time(at: int, zone: ZoneInfo) -> datetime:
    """`at` on the wall clock of `zone`."""
    return datetime.fromtimestamp(at / SECOND_MS, UTC).astimezone(zone)


def local_day(at: int, zone: ZoneInfo) -> str:
    """The calendar day of `at` in `zone`, as `2026-11-21`."""
    return local_time(at, zone).date().isoformat()


def next_day_at(at: int, zone: ZoneInfo) -> int:
    """The instant at which the local day after `at` begins."""
    tomorrow = local_time(at, zone).date() + timedelta(days=1)
    return round(datetime.combine(tomorrow, time(0), zone).timestamp() * SECOND_MS)


def zone_of(name: str, default: ZoneInfo) -> ZoneInfo:
    """The zone of that IANA name; `default` when there is none such, since names come from outside."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default
