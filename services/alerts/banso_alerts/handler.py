"""Reads account-signals: decode, then keep told plays, decide, and store it all in one transaction with the offset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts import tables as t
from banso_alerts.decide import Desk
from banso_alerts.store import told_plays
from banso_common.clock import Clock
from banso_common.contracts.account_signal import AccountSignal, signal_decoder
from banso_common.contracts.codec import decode
from banso_common.contracts.plays_told import PlaysTold, are_plays, plays_decoder
from banso_common.contracts.topics import Topic
from banso_common.db import checkpoint
from banso_common.db.checkpoint import Claim
from banso_common.db.transaction import transaction
from banso_common.errors import Fenced, Refused
from banso_common.failpoints import failpoint
from banso_common.log.port import Batch
from banso_common.pipeline.worker import Halt

UNREADABLE_RETRY_MS = 60_000


@dataclass(frozen=True, slots=True)
class Work:
    """Signals with their lanes, in order, the plays that were told, and where each lane goes on."""

    heard: list[tuple[int, AccountSignal]]
    told: list[PlaysTold]
    next_offsets: dict[int, int]


class AlertsHandler:
    """The pipeline's handler on account-signals. `stored` is called after each commit, so that delivery wakes."""

    def __init__(self, engine: AsyncEngine, desk: Desk, clock: Clock, stored: Callable[[], None]) -> None:
        self._engine, self._desk, self._clock, self._stored = engine, desk, clock, stored
        self._claims: dict[int, Claim] = {}

    @property
    def lanes(self) -> list[int]:
        """The partitions that are ours now."""
        return sorted(self._claims)

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """Take the partitions: an older member's writes are refused from here on."""
        async with transaction(self._engine) as tx:
            claims = [
                await checkpoint.acquire(tx, t.checkpoint, Topic.ACCOUNT_SIGNALS, partition)
                for partition in sorted(partitions)
            ]
        self._claims.update({claim.partition: claim for claim in claims})
        return {claim.partition: claim.next_offset for claim in claims}

    async def revoked(self, partitions: Sequence[int]) -> None:
        """Forget the partitions."""
        for partition in partitions:
            self._claims.pop(partition, None)

    def prepare(self, batches: Sequence[Batch]) -> Work:
        """Decode. A signal that cannot be read stops its partition: scoring speaks a newer language than this."""
        heard: list[tuple[int, AccountSignal]] = []
        told: list[PlaysTold] = []
        for batch in batches:
            for offset, value in zip(batch.offsets, batch.values, strict=True):
                try:
                    if are_plays(value):
                        told.append(decode(plays_decoder, value))
                    else:
                        heard.append((batch.partition, decode(signal_decoder, value)))
                except Refused as fault:
                    reason = f"the signal at offset {offset} cannot be read: {fault.reason}"
                    raise Halt(batch.partition, reason, UNREADABLE_RETRY_MS) from None
        return Work(heard, told, {batch.partition: batch.next_offset for batch in batches})

    async def commit(self, work: Work) -> Mapping[int, int]:
        """All of it or nothing. Raises Fenced, Unavailable."""
        async with transaction(self._engine) as tx:
            moved = [
                await checkpoint.advance(tx, t.checkpoint, self._claim(partition), next_offset)
                for partition, next_offset in sorted(work.next_offsets.items())
            ]
            await told_plays.keep(tx, work.told)
            await self._desk.take(tx, work.heard, self._clock.now())
            failpoint("alerts-stored")
        self._claims.update({claim.partition: claim for claim in moved})
        self._stored()
        return work.next_offsets

    def _claim(self, partition: int) -> Claim:
        claim = self._claims.get(partition)
        if claim is None:
            raise Fenced(f"partition {partition} was taken away")
        return claim
