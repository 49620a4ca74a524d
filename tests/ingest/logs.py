"""What the tests of ingest ask of a log: to put records there, and to read all that a topic holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from banso_common.contracts.account_activity import AccountActivity, activity_decoder
from banso_common.contracts.dead_letter import DeadLetter, Headers
from banso_common.contracts.topics import Topic, partition_of
from banso_common.log.port import Batch, Log, Outgoing


@dataclass(frozen=True, slots=True)
class Standing:
    """One record as it stands in the log."""

    partition: int
    key: bytes | None
    value: bytes
    headers: Headers


async def everything(log: Log, topic: Topic) -> list[Standing]:
    """All records of a topic, partition by partition."""
    found: list[Standing] = []
    for partition in range(await log.partitions(topic)):
        batch = await log.scan(topic, partition, 0, 100_000)
        headers = batch.headers or [()] * len(batch)
        found += [
            Standing(partition, key, value, own)
            for key, value, own in zip(batch.keys, batch.values, headers, strict=True)
        ]
    return found


async def activities(log: Log) -> list[AccountActivity]:
    """All account activity; each must stand in the partition of its account, keyed by it."""
    found = []
    for standing in await everything(log, Topic.ACCOUNT_ACTIVITY):
        read = activity_decoder.decode(standing.value)
        assert standing.key == read.account.encode()
        assert standing.partition == partition_of(read.account, await log.partitions(Topic.ACCOUNT_ACTIVITY))
        found.append(read)
    return found


async def dead_letters(log: Log) -> list[DeadLetter]:
    return [DeadLetter.read(one.key, one.value, one.headers) for one in await everything(log, Topic.DEAD_LETTERS)]


async def put(log: Log, values: Sequence[bytes], partition: int = 0, headers: Headers = ()) -> None:
    """Write records to usage-events, as a producer would."""
    writer = await log.writer()
    count = len(values)
    await writer.write(
        [Outgoing(Topic.USAGE_EVENTS, [partition] * count, [b"k"] * count, list(values), [headers] * count)]
    )
    await writer.close()


def batch_of(values: Sequence[bytes], partition: int = 0, first: int = 0, headers: Headers = ()) -> Batch:
    """A batch as a reader would give it."""
    count = len(values)
    return Batch(
        Topic.USAGE_EVENTS,
        partition,
        keys=[b"k"] * count,
        values=list(values),
        offsets=range(first, first + count),
        next_offset=first + count,
        end_offset=first + count,
        headers=[headers] * count,
    )
