"""Time as a value: an instant is an `int`, milliseconds since 1970-01-01T00:00:00Z, in names that end in `_at`.

Nothing but the composition makes a clock; everything else is given one, so that a replay or a test can
run on a clock that it moves itself.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class Clock(Protocol):
    """Where the services read the time."""

    @property
    def is_virtual(self) -> bool:
        """Whether a replay moves it: what happens now is the past told again."""
        ...

    def now(self) -> int:
        """The instant, ms since the epoch."""
        ...


class SystemClock:
    """The machine's clock."""

    is_virtual = False

    def now(self) -> int:
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that stands until it is moved: for a replay on virtual time, and for tests."""

    is_virtual = False

    def __init__(self, at: int) -> None:
        self._at = at

    def now(self) -> int:
        return self._at

    def move_to(self, at: int) -> None:
        """Set the clock to `at`. Raises ValueError when that is in its past: time does not run backwards."""
        if at < self._at:
            raise ValueError(f"the clock stands at {self._at} and cannot go back to {at}")
        self._at = at


def iso(at: int) -> str:
    """The instant in RFC 3339, UTC, milliseconds: `2026-11-21T09:00:00.000Z`."""
    moment = datetime.fromtimestamp(at / SECOND_MS, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % SECOND_MS:03d}Z"
