"""A clock that is moved by a replay until the real one takes over; it never goes back."""

from __future__ import annotations

from banso_common.clock import Clock, ManualClock


class SwitchableClock:
    """Stands at `virtual_at` until it is moved; after `release`, or when `virtual_at` is None, it is `real`."""

    def __init__(self, real: Clock, virtual_at: int | None = None) -> None:
        self.real = real
        self._manual = None if virtual_at is None else ManualClock(virtual_at)
        self._floor_at = virtual_at or 0

    def now(self) -> int:
        return max(self._floor_at, self.real.now()) if self._manual is None else self._manual.now()

    @property
    def is_virtual(self) -> bool:
        """Whether a replay moves it."""
        return self._manual is not None

    def move_to(self, at: int) -> None:
        """Set virtual time to `at`. Raises ValueError when that is in its past, or when the clock is real now."""
        if self._manual is None:
            raise ValueError("the real clock cannot be moved")
        self._manual.move_to(at)
        self._floor_at = at

    def release(self) -> None:
        """From now on time is real. If the real clock is behind, time stands until it has come."""
        self._manual = None
