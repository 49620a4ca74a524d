"""Columns out of aiokafka's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from banso_common.contracts.topics import Topic
from banso_common.log.port import Batch

Fetched = Mapping[TopicPartition, Sequence[ConsumerRecord]]


def fetched(topic: Topic, partition: int, records: Sequence[Any], end_offset: int | None, with_headers: bool) -> Batch:
    """One partition's records as columns. A record without value (a tombstone) has an empty one."""
    offsets = [record.offset for record in records]
    next_offset = offsets[-1] + 1
    return Batch(
        topic=topic,
        partition=partition,
        keys=[record.key for record in records],
        values=[record.value or b"" for record in records],
        offsets=offsets,
        next_offset=next_offset,
        end_offset=max(end_offset or 0, next_offset),
        headers=[tuple((name, raw or b"") for name, raw in record.headers) for record in records]
        if with_headers
        else None,
    )
