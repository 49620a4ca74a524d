"""The embedded log's limits, each with its name and its reason."""

from __future__ import annotations

from dataclasses import dataclass

from banso_common.clock import DAY_MS


@dataclass(frozen=True, slots=True)
class EmbeddedLimits:
    """What bounds the embedded log in bytes and in time.

    Times that tell the living from the dead (`session_…`, `heartbeat_…`, `rebalance_…`, `group_…`, `poll_…`)
    are of the machine's clock; only the topics' keeping time follows the clock that the log was given,
    because that one may be virtual and jump over days.
    """

    topic_bytes_max: int = 2 * 2**30
    """Stored bytes of one topic. At the limit what every live group has read goes; then writes are `Full`."""

    pending_bytes_max: int = 64 * 2**20
    """Bytes that wait in memory for the disk; above it writes are `Full`."""

    chunk_records_max: int = 5_000
    chunk_bytes_max: int = 1 * 2**20
    """A reader decodes whole chunks, so they bound what one read holds beyond its `records_max`."""

    session_timeout_ms: int = 10_000
    """A member that has not sent a heartbeat for so long is dead. One whose process is gone is dead at once."""

    heartbeat_ms: int = 3_000

    rebalance_wait_ms_max: int = 60_000
    """A live member that has not come to `read` for so long while others wait for it loses its partitions."""

    group_expiry_ms: int = 7 * DAY_MS
    """A group without a member for so long is dead: it holds no records any more."""

    poll_ms: int = 100
    """How often a waiting reader looks for what other processes wrote; its own process wakes it at once."""

    busy_ms_max: int = 10_000
    """How long to wait for another process that is writing, before the log counts as away."""
