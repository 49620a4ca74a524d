"""The lean way to read from aiokafka: its fetched batches as columns, without an object for each record.

`AIOKafkaConsumer.getmany` makes a ConsumerRecord (11 fields and a tuple of headers) of every record, which
costs more than to fetch, check, decompress and parse it. aiokafka's own batches, iterated in C, already have
key, value and offset; so we take a consumer's fetched batches from where `getmany` would take them, and do
with them what it does, in the same order:

    Fetcher.fetched_records      -> LeanFetch._take       which partitions have records, and their errors
    FetchResult.getall           -> LeanFetch._drain      the position moves as records are handed over
    PartitionRecords._unpack…    -> _next_batch           CRC, aborted transactions, control batches

A batch's offsets follow each other without holes unless its topic is compacted, and are then not read one
by one. Where they have holes the batch is fetched again, and the partition read with its offsets from then on.

Everything else (fetching ahead, seeking, pausing, rebalances) stays aiokafka's. Only this consumer is
touched, nothing is patched. The names used here are private: `fits` looks whether they are all there, on a
version that was tried, and else `PlainFetch` reads, which the same contract tests hold to the same promises.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Literal

import aiokafka
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer import fetcher as private
from aiokafka.errors import CorruptRecordException

from banso_common.log.kafka_fetch import Columns, Fetch, Fetched, PlainFetch, columns, joined, part

VERSIONS_TRIED = ("0.14.",)
FETCHER_NAMES = ("_records", "_subscriptions", "_wait_consume_future", "_create_fetch_waiter", "_notify")
RESULT_NAMES = ("check_assignment", "has_more", "_update_position")
RECORDS_NAMES = ("_consume_aborted_up_to", "_contains_abort_marker")


def fetch_of(consumer: AIOKafkaConsumer, *, with_headers: bool, lean: bool) -> Fetch:
    """The lean way, if it is wanted and fits; else the plain one. The consumer is started."""
    if lean and fits(consumer):
        return LeanFetch(consumer, with_headers=with_headers)
    return PlainFetch(consumer, with_headers=with_headers)


def fits(consumer: AIOKafkaConsumer) -> bool:
    """Whether this aiokafka is a version that was tried, and has every name that is used here."""
    return (
        aiokafka.__version__.startswith(VERSIONS_TRIED)
        and all(hasattr(consumer._fetcher, name) for name in FETCHER_NAMES)
        and all(hasattr(private.FetchResult, name) for name in RESULT_NAMES)
        and all(hasattr(private.PartitionRecords, name) for name in RECORDS_NAMES)
    )


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left of a batch that was larger than the last `records_max`; `result` is where it came from."""

    result: Any
    columns: Columns
    next_offset: int


class LeanFetch:
    """See Fetch, and the module."""

    def __init__(self, consumer: AIOKafkaConsumer, *, with_headers: bool) -> None:
        self._fetcher = consumer._fetcher
        self._coordinator = consumer._coordinator
        self._with_headers = with_headers
        self._rests: dict[TopicPartition, _Rest] = {}
        self._with_holes: set[TopicPartition] = set()

    async def fetch(self, records_max: int, wait_s: float) -> Fetched:
        """See Fetch. Raises aiokafka's errors."""
        with self._fetcher._subscriptions.fetch_context():  # by this aiokafka knows that somebody reads
            return await self._fetch(records_max, wait_s)

    async def _fetch(self, records_max: int, wait_s: float) -> Fetched:
        ends_at = time.monotonic() + wait_s
        while True:
            if self._coordinator is not None:
                self._coordinator.check_errors()
            taken = self._take(records_max)
            left_s = ends_at - time.monotonic()
            if taken or left_s <= 0:
                return taken
            waiter = self._fetcher._create_fetch_waiter()
            done, _ = await asyncio.wait([waiter], timeout=left_s)
            if not done:
                waiter.cancel()
                return {}
            waiter.result()  # the coordinator's critical errors come this way

    def _take(self, records_max: int) -> Fetched:
        fetcher = self._fetcher
        taken: dict[TopicPartition, Columns] = {}
        if fetcher._subscriptions.reassignment_in_progress:
            return taken
        for place in list(fetcher._records):
            result = fetcher._records[place]
            if type(result) is not private.FetchResult:
                if taken:  # the error waits for the next call
                    break
                self._forget(place)
                result.check_raise()
            drained = self._drain(place, result, records_max)
            if not result.has_more():
                self._forget(place)
            if drained:
                taken[place] = drained
                records_max -= len(drained)
                if records_max == 0:
                    break
        return taken

    def _forget(self, place: TopicPartition) -> None:
        """This partition's records are all handed over: fetch more."""
        del self._fetcher._records[place]
        self._rests.pop(place, None)
        self._fetcher._notify(self._fetcher._wait_consume_future)

    def _drain(self, place: TopicPartition, result: Any, records_max: int) -> Columns | None:
        """Up to `records_max` of one partition's fetched records; the consumer's position moves behind them."""
        if not result.check_assignment(place) or not result.has_more():
            return None
        source = result._partition_records
        rest = self._rests.pop(place, None)
        if rest is not None and rest.result is not result:
            rest = None
        taken: list[Columns] = []
        while records_max and (rest or source._records.has_next()):
            if rest is None:
                rest = self._next_rest(place, result)
                if rest is None:
                    break
            taken.append(part(rest.columns, 0, records_max))
            records_max -= len(taken[-1])
            left = part(rest.columns, len(taken[-1]), len(rest.columns))
            source.next_fetch_offset = left.offsets[0] if len(left) else rest.next_offset
            rest = _Rest(result, left, rest.next_offset) if len(left) else None
        result._update_position()
        if rest is not None:
            self._rests[place] = rest
        elif not source._records.has_next():
            result._partition_records = None
        return joined(taken) if taken else None

    def _next_rest(self, place: TopicPartition, result: Any) -> _Rest | None:
        """All of the next batch; None when there is none, or when it has to be fetched again for its offsets."""
        source = result._partition_records
        while (batch := _next_batch(place, source)) is not None:
            dense = None if self._with_headers or place in self._with_holes else _read_dense(batch)
            if dense is False:
                self._with_holes.add(place)
                result._partition_records = None
                return None
            found = dense or columns(list(batch), with_headers=self._with_headers)
            found = part(found, bisect_left(found.offsets, source.next_fetch_offset), len(found))
            if len(found):
                return _Rest(result, found, batch.next_offset)
            source.next_fetch_offset = batch.next_offset
        return None


def _read_dense(batch: Any) -> Columns | Literal[False]:
    """The keys and values of a batch; False when its offsets have holes. Most of reading's time goes by here."""
    keys: list[bytes | None] = []
    values: list[bytes] = []
    add_key, add_value = keys.append, values.append
    for record in batch:  # each object dies at once: to keep them in a list costs half as much again
        add_key(record.key)
        add_value(record.value or b"")
    offsets = range(batch.base_offset, batch.next_offset)
    return Columns(keys, values, offsets, None) if len(offsets) == len(values) else False


def _next_batch(place: TopicPartition, source: Any) -> Any:
    """The next batch with records for us, None at the end; passes over aborted and control batches.

    Raises CorruptRecordException for a batch whose checksum is wrong.
    """
    while source._records.has_next():
        batch = source._records.next_batch()
        if source._check_crcs and not batch.validate_crc():
            raise CorruptRecordException(f"Invalid CRC - {place}")
        if source._isolation_level == private.READ_COMMITTED and batch.producer_id is not None:
            source._consume_aborted_up_to(batch.base_offset)
            if batch.is_control_batch and source._contains_abort_marker(batch):
                source._aborted_producers.discard(batch.producer_id)
            if batch.is_transactional and batch.producer_id in source._aborted_producers:
                source.next_fetch_offset = batch.next_offset
                continue
        if not batch.is_control_batch:
            return batch
        source.next_fetch_offset = batch.next_offset
    return None
