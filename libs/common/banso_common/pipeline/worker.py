"""The one loop that all services run: read a batch, prepare it, commit it, and prepare the next meanwhile.

Whatever fails, the loop goes back to what the store says: it asks the handler for its offsets anew, and the
handler reloads what it remembers. So a batch is applied whole or read again, never in part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Generic, Protocol, TypeVar

from banso_common.contracts.topics import Topic
from banso_common.errors import BansoError, Fenced, OffsetOutOfRange, Unavailable
from banso_common.log.port import BEGINNING, Batch, Log, Reader
from banso_common.pipeline.backoff import Backoff
from banso_common.pipeline.halts import Halt, Halts
from banso_common.telemetry import metrics
from banso_common.telemetry.logs import logger

__all__ = ["Halt", "Handler", "Worker", "WorkerLimits"]

Work = TypeVar("Work")


class Handler(Protocol[Work]):
    """What a service does with a batch."""

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """Take these partitions (also called to start over): reload their state; where to go on, if known."""
        ...

    async def revoked(self, partitions: Sequence[int]) -> None:
        """Forget these partitions."""
        ...

    def prepare(self, batches: Sequence[Batch]) -> Work:
        """The computing, without waiting. Raises Halt before it has changed anything."""
        ...

    async def commit(self, work: Work) -> Mapping[int, int]:
        """Make the work durable; gives for each partition the offset of the next record."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Sizes and times of the loop. A worker that lags gathers up to `records_max` before it commits: what a
    commit costs is then shared by more records; one at the head commits what there is."""

    records_max: int = 20_000
    wait_ms_max: int = 200
    gather_ms_max: int = 50
    log_commit_every_ms: int = 1_000


class Worker(Generic[Work]):
    """One member of the group that reads `topic` for `service`."""

    def __init__(
        self, log: Log, topic: Topic, service: str, handler: Handler[Work], *, with_headers: bool = False
    ) -> None:
        self.limits = WorkerLimits()
        self._log, self._topic, self._service, self._handler = log, topic, service, handler
        self._with_headers = with_headers
        self._logger = logger(service)
        self._backoff = Backoff()
        self._stopping = asyncio.Event()
        self._reader: Reader | None = None
        self._pending: asyncio.Task[Mapping[int, int]] | None = None
        self._owned: set[int] = set()
        self._losses = 0
        self._applied: dict[int, int] = {}
        self._said_to_log: dict[int, int] = {}
        self._say_to_log_at = 0.0
        self._halts = Halts(service)
        self._fault: BansoError | None = None
        self.away: str | None = "has not started"

    async def run(self) -> None:
        """Work until `stop`; faults that a retry mends are retried for ever, others end the loop."""
        while not self._stopping.is_set():
            try:
                if self._reader is None:
                    options = {"with_headers": self._with_headers}
                    self._reader = await self._log.reader(self._topic, self._service, self, **options)
                await self._step(self._reader)
            except Fenced as fault:
                await self._start_over("fenced", fault, rejoin=True)
            except Unavailable as fault:
                await self._start_over("unavailable", fault, rejoin=False)
        await self._drain()

    async def stop(self) -> None:
        """Finish what is in flight, then let `run` return."""
        self._stopping.set()

    def fail(self, fault: BansoError) -> None:
        """Work beside the loop failed, and so made worthless what the handler remembers: start over."""
        self._fault = fault

    async def caught_up(self) -> bool:
        """Whether every record that the log holds now for our partitions is applied."""
        last = self._pending  # the loop looks at it only after its next read
        stored = last is None or (last.done() and not last.cancelled() and last.exception() is None)
        if self._reader is None or self.away is not None or not self._owned or not stored:
            return False
        applied = {**self._applied, **(last.result() if last is not None else {})}
        ends = await self._reader.end_offsets()
        return ends.keys() >= self._owned and all(applied.get(p, 0) >= end for p, end in ends.items())

    def readiness(self) -> dict[str, str | None]:
        """What keeps this loop from working, for the readiness probe."""
        return {f"{self._service}.log": self.away, f"{self._service}.partitions": self._halts.told()}

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """The log gives us partitions; tries until the store answers, since nothing can go on before."""
        while True:
            try:
                offsets = dict(await self._handler.assigned(partitions))
                break
            except Unavailable as fault:
                self.away = str(fault)
                self._logger.warning("store away while taking partitions", reason=str(fault))
                await asyncio.sleep(self._backoff.next_ms() / 1_000)
                if self._stopping.is_set():
                    raise
        self._owned.update(partitions)
        self._applied.update({p: offset for p, offset in offsets.items() if offset != BEGINNING})
        for partition in partitions:
            self._halts.end(partition)
        self._logger.info("partitions assigned", partitions=sorted(partitions))
        return offsets

    async def revoked(self, partitions: Sequence[int]) -> None:
        """The log takes partitions away: finish what is in flight, then forget them."""
        try:
            await self._settle()
            await self._say_to_log(force=True)
        except (Fenced, Unavailable) as fault:
            self._logger.warning("work dropped with its partitions", reason=str(fault))
        self._losses += 1
        self._fault = None
        self._owned.difference_update(partitions)
        for partition in partitions:
            self._applied.pop(partition, None)
            self._said_to_log.pop(partition, None)
            self._halts.end(partition)
        try:
            await self._handler.revoked(partitions)
        except Unavailable as fault:
            self.fail(fault)

    async def _step(self, reader: Reader) -> None:
        self._resume_due(reader)
        if self._fault is not None:
            raise self._fault
        try:
            batches = await self._gather(reader)
        except OffsetOutOfRange as gap:
            await self._settle()
            self._halt(reader, Halt(gap.partition, f"records are gone: {gap}"), seek_to=None)
            return
        self._working()
        if self._owned - self._applied.keys():  # of these nobody has said where they begin
            self._applied = {**await reader.positions(), **self._applied}
        if not batches:
            await self._settle()
            await self._say_to_log()
            return
        for batch in batches:
            metrics.lag_records.labels(self._service, batch.partition).set(batch.end_offset - batch.next_offset)
        work, taken = self._prepare(reader, batches)
        await self._settle()
        if work is not None:
            metrics.records_read.labels(self._service, self._topic).inc(sum(len(b) for b in taken))
            self._pending = asyncio.create_task(self._commit(work))
            await asyncio.sleep(0)
        await self._say_to_log()

    async def _gather(self, reader: Reader) -> list[Batch]:
        """What there is to read, up to the limit; what was read before partitions were lost is dropped. A gap
        is told after what was read before it: the next read meets it again."""
        gathered: list[Batch] = []
        count, wait_ms, losses = 0, self.limits.wait_ms_max, self._losses
        while count < self.limits.records_max:
            try:
                found = await reader.read(self.limits.records_max - count, wait_ms)
            except OffsetOutOfRange:
                if losses == self._losses and gathered:
                    break
                raise
            if losses != self._losses:
                gathered, count, losses = [], 0, self._losses
            for batch in found:  # where to go back to when nothing of the partition is stored yet
                self._applied.setdefault(batch.partition, batch.offsets[0])
            gathered += found
            count += sum(len(batch) for batch in found)
            if not found or all(batch.next_offset >= batch.end_offset for batch in found):
                break
            wait_ms = self.limits.gather_ms_max
        return gathered

    def _prepare(self, reader: Reader, batches: list[Batch]) -> tuple[Work | None, list[Batch]]:
        """Prepare what can be; a partition that must halt goes back to its first record and is left out."""
        while batches:
            try:
                return self._handler.prepare(batches), batches
            except Halt as halt:
                first = next(b for b in batches if b.partition == halt.partition).offsets[0]  # the oldest of them
                self._halt(reader, halt, seek_to=first)
                batches = [b for b in batches if b.partition != halt.partition]
        return None, []

    async def _commit(self, work: Work) -> Mapping[int, int]:
        with metrics.commit_seconds.labels(self._service).time():
            return await self._handler.commit(work)

    async def _settle(self) -> None:
        """Wait for the commit in flight; raises what it raised."""
        if self._pending is None:
            return
        pending, self._pending = self._pending, None
        self._applied.update(await pending)
        self._backoff.reset()

    async def _say_to_log(self, *, force: bool = False) -> None:
        """Tell the log how far we are, now and then: the authority of a stateless service, a hint of the others."""
        if self._reader is None or not (force or monotonic() >= self._say_to_log_at):
            return
        news = {p: o for p, o in self._applied.items() if self._said_to_log.get(p) != o and p in self._owned}
        if news:
            await self._reader.commit(news)
            self._said_to_log.update(news)
        self._say_to_log_at = monotonic() + self.limits.log_commit_every_ms / 1_000

    async def _start_over(self, reason: str, fault: BansoError, *, rejoin: bool) -> None:
        """Drop what is in flight and go back to what the store says; when fenced, leave the group first."""
        metrics.worker_restarts.labels(self._service, reason).inc()
        self.away = str(fault)
        self._logger.warning("starting over from the checkpoint", reason=str(fault))
        if self._pending is not None:
            self._pending.cancel()
            await asyncio.gather(self._pending, return_exceptions=True)
            self._pending = None
        self._fault = None
        await self._wait(self._backoff.next_ms())
        if rejoin:
            await self._leave()
        elif self._reader is not None and self._owned and not self._stopping.is_set():
            before = dict(self._applied)
            offsets = await self.assigned(sorted(self._owned))
            self._reader.resume(sorted(self._owned))  # what was halted is tried again
            for partition in self._owned:
                told = offsets.get(partition, BEGINNING)
                position = before.get(partition, BEGINNING) if told == BEGINNING else told
                if position != BEGINNING:
                    self._reader.seek(partition, position)

    async def _leave(self) -> None:
        if self._reader is not None:
            owned, reader, self._reader = sorted(self._owned), self._reader, None
            await reader.close()
            if self._owned:
                await self.revoked(owned)

    async def _drain(self) -> None:
        try:
            await self._settle()
            await self._say_to_log(force=True)
        except (Fenced, Unavailable) as fault:
            self._logger.warning("stopped with work undone; it will be read again", reason=str(fault))
        await self._leave()

    def _working(self) -> None:
        if self.away is not None:
            self._logger.info("working")
            self.away = None

    def _halt(self, reader: Reader, halt: Halt, *, seek_to: int | None) -> None:
        self._logger.error("partition halted", partition=halt.partition, reason=halt.reason)
        self._halts.add(halt)
        reader.pause([halt.partition])
        if seek_to is not None:
            reader.seek(halt.partition, seek_to)

    def _resume_due(self, reader: Reader) -> None:
        for partition in self._halts.due():
            self._halts.end(partition)
            reader.resume([partition])

    async def _wait(self, ms: int) -> None:
        """Wait, but not past `stop`."""
        try:
            await asyncio.wait_for(self._stopping.wait(), ms / 1_000)
        except TimeoutError:
            return
