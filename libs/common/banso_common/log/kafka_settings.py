"""How we speak to Kafka: limits with their names, and the client options that our promises need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banso_common.clock import DAY_MS
from banso_common.log.columns import RECORD_BYTES_MAX

MESSAGE_BYTES_MAX = RECORD_BYTES_MAX + 64 * 2**10
"""What our topics accept as one batch: the largest record, and what Kafka puts around it."""


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """What an installation may set. `prefix` stands before each topic and group, so that several
    installations can share a cluster; `security` goes to aiokafka as it is (`security_protocol`, `sasl_…`,
    `ssl_context`)."""

    bootstrap: str
    prefix: str = ""
    security: Mapping[str, Any] = field(default_factory=dict)
    replicas: int = -1
    """Copies of each partition of topics that we create; -1 takes the cluster's default."""

    request_timeout_ms: int = 10_000
    session_timeout_ms: int = 10_000
    """A member that has not sent a heartbeat for so long is dead."""
    heartbeat_ms: int = 3_000
    rebalance_wait_ms_max: int = 60_000
    """A live member that has not come to `read` for so long while others wait for it loses its partitions."""
    work_ms_max: int = DAY_MS
    """A live member may work so long between two reads; its heartbeat tells that it lives."""
    away_ms: int = 5_000
    """A broker that has not answered for so long counts as away."""

    batch_bytes: int = 256 * 2**10
    pending_bytes_max: int = 64 * 2**20
    """Bytes that wait in memory for the broker; above it writes are `Full`."""
    fetch_bytes_max: int = 16 * 2**20
    fetch_partition_bytes: int = 2 * 2**20
    """Fetched and not yet read; together with the same again in flight, a reader's memory."""

    lean_fetch: bool = True
    """Read without an object for each record, where aiokafka's version lets us; see `kafka_columns`."""

    def client_options(self) -> dict[str, Any]:
        """What every aiokafka client is given."""
        return {
            "bootstrap_servers": self.bootstrap,
            "client_id": "banso",
            "request_timeout_ms": self.request_timeout_ms,
            **self.security,
        }

    def producer_options(self) -> dict[str, Any]:
        """Every in-sync replica has a record before a write returns, and a resent batch is stored once."""
        return {
            **self.client_options(),
            "acks": "all",
            "enable_idempotence": True,
            "compression_type": "lz4",
            "max_batch_size": self.batch_bytes,
            "max_request_size": self.fetch_bytes_max,
        }

    def consumer_options(self) -> dict[str, Any]:
        """Offsets are ours to commit, and a missing one is an error; aborted transactions are not read."""
        return {
            **self.client_options(),
            "enable_auto_commit": False,
            "auto_offset_reset": "none",
            "isolation_level": "read_committed",
            "fetch_max_bytes": self.fetch_bytes_max,
            "max_partition_fetch_bytes": self.fetch_partition_bytes,
        }

    def member_options(self, group: str) -> dict[str, Any]:
        """A consumer that takes part in a group."""
        return {
            **self.consumer_options(),
            "group_id": self.prefix + group,
            "session_timeout_ms": self.session_timeout_ms,
            "heartbeat_interval_ms": self.heartbeat_ms,
            "rebalance_timeout_ms": self.rebalance_wait_ms_max,
            "max_poll_interval_ms": self.work_ms_max,
        }
