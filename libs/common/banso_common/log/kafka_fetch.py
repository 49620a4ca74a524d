"""Records out of aiokafka's consumer, as columns: by its public interface, or by the lean one where that fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from banso_common.contracts.dead_letter import Headers
from banso_common.contracts.topics import Topic
from banso_common.log.port import Batch


@dataclass(frozen=True, slots=True)
class Columns:
    """Records of one partition, as columns of equal length, in order."""

    keys: Sequence[bytes | None]
    values: Sequence[bytes]
    offsets: Sequence[int]
    headers: Sequence[Headers] | None

    def __len__(self) -> int:
        return len(self.values)


Fetched = Mapping[TopicPartition, Columns]


class Fetch(Protocol):
    """One way to get records out of a consumer."""

    async def fetch(self, records_max: int, wait_s: float) -> Fetched:
        """At most `records_max` records, after at most `wait_s`. To cancel the wait loses no record."""
        ...


class PlainFetch:
    """By the consumer's `getmany`: an object for each record, most of what reading costs."""

    def __init__(self, consumer: AIOKafkaConsumer, *, with_headers: bool) -> None:
        self._consumer = consumer
        self._with_headers = with_headers

    async def fetch(self, records_max: int, wait_s: float) -> Fetched:
        """See Fetch. Raises aiokafka's errors."""
        got = await self._consumer.getmany(timeout_ms=int(wait_s * 1000), max_records=records_max)
        return {place: columns(records, with_headers=self._with_headers) for place, records in got.items()}


def columns(records: Sequence[Any], *, with_headers: bool) -> Columns:
    """The columns of consecutive records. A record without value (a tombstone) has an empty one."""
    return Columns(
        keys=[record.key for record in records],
        values=[record.value or b"" for record in records],
        offsets=[record.offset for record in records],
        headers=[tuple((name, raw or b"") for name, raw in record.headers) for record in records]
        if with_headers
        else None,
    )


def part(whole: Columns, start: int, stop: int) -> Columns:
    """Rows `start` to `stop` of the columns."""
    if start == 0 and stop >= len(whole):
        return whole
    return Columns(
        whole.keys[start:stop],
        whole.values[start:stop],
        whole.offsets[start:stop],
        whole.headers[start:stop] if whole.headers is not None else None,
    )


def joined(parts: Sequence[Columns]) -> Columns:
    """One after the other; at least one."""
    if len(parts) == 1:
        return parts[0]
    offsets: Sequence[int] = range(parts[0].offsets[0], parts[-1].offsets[-1] + 1)
    if len(offsets) != sum(map(len, parts)):
        offsets = list(chain.from_iterable(one.offsets for one in parts))
    return Columns(
        list(chain.from_iterable(one.keys for one in parts)),
        list(chain.from_iterable(one.values for one in parts)),
        offsets,
        None if parts[0].headers is None else list(chain.from_iterable(one.headers or () for one in parts)),
    )


def batch_of(topic: Topic, place: TopicPartition, columns: Columns, highwater: int | None) -> Batch:
    """The columns as the port's batch; `highwater` is the partition's end as far as the consumer knows."""
    next_offset = columns.offsets[-1] + 1
    return Batch(
        topic=topic,
        partition=place.partition,
        keys=columns.keys,
        values=columns.values,
        offsets=columns.offsets,
        next_offset=next_offset,
        end_offset=max(highwater or 0, next_offset),
        headers=columns.headers,
    )
