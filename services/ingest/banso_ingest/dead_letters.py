"""Looks at what was set aside, and sends it again once the reason is mended.

A dead letter stays until its keeping time ends; to replay it twice does no harm, since a replay keeps the
event's identity, and the place where it first stood when it has no other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

from banso_common.contracts.codec import identity_of
from banso_common.contracts.dead_letter import DeadLetter, Headers
from banso_common.contracts.topics import Topic
from banso_common.errors import Refused
from banso_common.log.port import Log, Outgoing
from banso_ingest.handler import ORIGIN_HEADER

PAGE_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A dead letter and where it stands on its topic."""

    partition: int
    offset: int
    letter: DeadLetter


@dataclass(frozen=True, slots=True)
class Choice:
    """Which dead letters: every one that fits all that is given. `since` is an instant, `places` are
    (partition, offset); None fits all."""

    code: str | None = None
    since: int | None = None
    places: Collection[tuple[int, int]] | None = None

    def fits(self, kept: Kept) -> bool:
        return (
            (self.code is None or kept.letter.code == self.code)
            and (self.since is None or kept.letter.received_at >= self.since)
            and (self.places is None or (kept.partition, kept.offset) in self.places)
        )


async def letters(log: Log, choice: Choice) -> AsyncIterator[Kept]:
    """The chosen dead letters, partition by partition, as far as each reached when it was begun.

    Raises Unavailable, SettingsError.
    """
    for partition in range(await log.partitions(Topic.DEAD_LETTERS)):
        offset, end = 0, None
        while end is None or offset < end:
            batch = await log.scan(Topic.DEAD_LETTERS, partition, offset, PAGE_RECORDS)
            end = batch.end_offset if end is None else end
            headers: list[Headers] = list(batch.headers or [()] * len(batch))
            for at, key, value, own in zip(batch.offsets, batch.keys, batch.values, headers, strict=True):
                kept = Kept(partition, at, DeadLetter.read(key, value, own))
                if at < end and choice.fits(kept):
                    yield kept
            if batch.next_offset <= offset:
                break
            offset = batch.next_offset


async def letter_at(log: Log, partition: int, offset: int) -> Kept:
    """The dead letter that stands there. Raises Refused(no-such-letter), Unavailable."""
    gone = Refused(
        "no-such-letter", f"there is no dead letter at {partition}/{offset}; it may be past its keeping time"
    )
    if not 0 <= partition < await log.partitions(Topic.DEAD_LETTERS) or offset < 0:
        raise gone
    batch = await log.scan(Topic.DEAD_LETTERS, partition, offset, 1)
    if not len(batch) or batch.offsets[0] != offset:
        raise gone
    headers = batch.headers[0] if batch.headers else ()
    return Kept(partition, offset, DeadLetter.read(batch.keys[0], batch.values[0], headers))


async def replay(log: Log, choice: Choice) -> int:
    """Send the chosen dead letters to usage-events again, each origin once; gives how many were sent.

    Original bytes, key and headers; the origin goes with them. Raises Unavailable, SettingsError.
    """
    partitions = await log.partitions(Topic.USAGE_EVENTS)
    writer = await log.writer()
    sent: set[int] = set()
    page: list[Kept] = []
    try:
        async for kept in letters(log, choice):
            identity = identity_of(kept.letter.origin)
            if identity not in sent:
                sent.add(identity)
                page.append(kept)
            if len(page) == PAGE_RECORDS:
                await writer.write([_again(page, partitions)])
                page = []
        if page:
            await writer.write([_again(page, partitions)])
    finally:
        await writer.close()
    return len(sent)


def _again(page: list[Kept], partitions: int) -> Outgoing:
    return Outgoing(
        Topic.USAGE_EVENTS,
        partitions=[kept.partition % partitions for kept in page],
        keys=[kept.letter.key for kept in page],
        values=[kept.letter.value for kept in page],
        headers=[(*kept.letter.headers, (ORIGIN_HEADER, kept.letter.origin.encode())) for kept in page],
    )
