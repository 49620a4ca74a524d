"""The circuit breaker of one partition: when most of what comes is refused, stop rather than drain it away.

A flood of refusals is a wrong producer or a wrong version of ours; set aside by the million it would be
found days later. Closed: batches pass. Open: the partition stands still for the cool-down. Half open: the
next batch passes whatever it holds, so that a flood that is over ends by itself; then it is judged anew.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from banso_common.clock import HOUR_MS, MINUTE_MS


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """Refused / seen > `share_max` over the last `window_records` (in whole batches) opens, once
    `records_min` were seen. The cool-down doubles from trip to trip until a whole window went well."""

    share_max: float = 0.5
    window_records: int = 1_000
    records_min: int = 100
    cool_down_ms: int = MINUTE_MS
    cool_down_ms_max: int = HOUR_MS


class Breaker:
    """What one partition's records came to, of late."""

    def __init__(self, limits: BreakerLimits) -> None:
        self._limits = limits
        self._batches: deque[tuple[int, int]] = deque()
        self._trips = 0
        self._half_open = False

    def would_trip(self, seen: int, refused: int) -> bool:
        """Whether a batch of `seen` records, `refused` of them refused, is one too many. Changes nothing."""
        if self._half_open:
            return False
        total = seen + sum(batch[0] for batch in self._batches)
        bad = refused + sum(batch[1] for batch in self._batches)
        return total >= self._limits.records_min and bad > self._limits.share_max * total

    def trip(self) -> int:
        """Open. Gives the cool-down in ms, after which the next batch passes whatever it holds."""
        self._half_open = True
        self._trips += 1
        return min(self._limits.cool_down_ms << min(self._trips - 1, 32), self._limits.cool_down_ms_max)

    def count(self, seen: int, refused: int) -> None:
        """A batch has passed."""
        if self._half_open:
            self._half_open = False
            self._batches.clear()
            return
        self._batches.append((seen, refused))
        total = sum(batch[0] for batch in self._batches)
        while total - self._batches[0][0] >= self._limits.window_records:
            total -= self._batches.popleft()[0]
        if total >= self._limits.window_records:
            self._trips = 0
