"""The topics, a closed set, with the partitions and the keeping time that a fresh installation gives them."""

from __future__ import annotations

import zlib
from enum import StrEnum


class Topic(StrEnum):
    """Every topic that banso reads or writes."""

    USAGE_EVENTS = "usage-events"
    DEAD_LETTERS = "usage-events-dlq"
    ACCOUNT_ACTIVITY = "account-activity"
    ACCOUNT_SIGNALS = "account-signals"
    OUTREACH_OUTCOMES = "outreach-outcomes"


PARTITIONS_DEFAULT = 8
KEEP_DAYS: dict[Topic, int] = {
    Topic.USAGE_EVENTS: 7,
    Topic.DEAD_LETTERS: 30,
    Topic.ACCOUNT_ACTIVITY: 14,
    Topic.ACCOUNT_SIGNALS: 14,
    Topic.OUTREACH_OUTCOMES: 30,
}


def partition_of(account: str, partitions: int) -> int:
    """The partition of an account: CRC-32 (IEEE 802.3) of its UTF-8 bytes, modulo the partition count.

    Every writer of an account-keyed topic uses this and names the partition itself, so that both
    logs, and every client library, agree.
    """
    return zlib.crc32(account.encode()) % partitions
