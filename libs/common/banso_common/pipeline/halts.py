"""Partitions that had to stop: each with its alarm, its reason, and when it is tried again."""

from __future__ import annotations

from time import monotonic

from banso_common.errors import BansoError
from banso_common.telemetry import metrics


class Halt(BansoError):
    """One partition must stop, with an alarm; it is tried again after `retry_after_ms`, or never when None."""

    def __init__(self, partition: int, reason: str, retry_after_ms: int | None = None) -> None:
        super().__init__(f"partition {partition} is halted: {reason}")
        self.partition = partition
        self.reason = reason
        self.retry_after_ms = retry_after_ms


class Halts:
    """The partitions of one worker that stand still."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._reasons: dict[int, str] = {}
        self._retry_at: dict[int, float] = {}

    def add(self, halt: Halt) -> None:
        """Raise the alarm of a partition."""
        metrics.partition_halted.labels(self._service, halt.partition).set(1)
        self._reasons[halt.partition] = halt.reason
        if halt.retry_after_ms is not None:
            self._retry_at[halt.partition] = monotonic() + halt.retry_after_ms / 1_000

    def end(self, partition: int) -> None:
        """The partition goes on, or is no longer ours."""
        self._retry_at.pop(partition, None)
        if self._reasons.pop(partition, None) is not None:
            metrics.partition_halted.labels(self._service, partition).set(0)

    def due(self) -> list[int]:
        """Partitions that are to be tried again now."""
        return [partition for partition, at in self._retry_at.items() if monotonic() >= at]

    def told(self) -> str | None:
        """What stands still and why, for the readiness probe; None when nothing does."""
        return "; ".join(f"{partition}: {reason}" for partition, reason in sorted(self._reasons.items())) or None
