"""The topic's door: usage events of any form become account activity, and what cannot be read is set aside.

Conservation: for each partition and commit, received = forwarded + dead-lettered. No state but the circuit
breakers; where to go on is the group's committed offset, so a crash between the write and the commit
repeats records, which scoring knows by their identity and the dead letters by their origin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from banso_common.clock import Clock
from banso_common.contracts.dead_letter import PREFIX, DeadLetter, Headers
from banso_common.errors import Refused
from banso_common.failpoints import failpoint
from banso_common.log.columns import RECORD_BYTES_MAX, sizes
from banso_common.log.port import Batch, Outgoing
from banso_common.pipeline.worker import Halt
from banso_common.telemetry import metrics
from banso_ingest.columns import Judged
from banso_ingest.domain.breaker import Breaker, BreakerLimits
from banso_ingest.domain.canonical import Arrival, canonical
from banso_ingest.domain.limits import Rules
from banso_ingest.formats.detect import read_record
from banso_ingest.outlet import Destinations, Outlet

ORIGIN_HEADER = PREFIX + "origin"
OFFSET_DIGITS_MAX = 19


@dataclass(frozen=True, slots=True)
class Work:
    """What one read came to: records to write, the next offsets, and the counts to say once it is written."""

    outgoing: list[Outgoing]
    offsets: dict[int, int]
    received: int
    forwarded: int
    refused: Counter[str]


class IngestHandler:
    """See the module. `outlet` is opened when partitions come, and is not closed here."""

    def __init__(self, outlet: Outlet, clock: Clock, rules: Rules, limits: BreakerLimits) -> None:
        self._outlet = outlet
        self._clock = clock
        self._rules = rules
        self._limits = limits
        self._destinations = Destinations(activity=1, dead_letters=1)
        self._breakers: dict[int, Breaker] = {}

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """There is nothing to load; the breakers begin anew. Raises Unavailable, SettingsError."""
        self._destinations = await self._outlet.open()
        self._breakers.update((partition, Breaker(self._limits)) for partition in partitions)
        return {}

    async def revoked(self, partitions: Sequence[int]) -> None:
        for partition in partitions:
            self._breakers.pop(partition, None)

    def prepare(self, batches: Sequence[Batch]) -> Work:
        """Read and judge every record. Raises Halt for a partition whose breaker opens."""
        now = self._clock.now()
        judged, refused = Judged(), Counter[str]()
        tallies: dict[int, tuple[int, int]] = {}
        for batch in batches:
            codes = self._read(batch, now, judged)
            refused.update(codes)
            seen, bad = tallies.get(batch.partition, (0, 0))
            tallies[batch.partition] = (seen + len(batch), bad + codes.total())
        self._judge(tallies)
        return Work(
            outgoing=judged.outgoing(),
            offsets={batch.partition: batch.next_offset for batch in batches},
            received=sum(map(len, batches)),
            forwarded=len(judged.accepted),
            refused=refused,
        )

    async def commit(self, work: Work) -> Mapping[int, int]:
        """Write both topics in one go, then say what was counted."""
        failpoint("ingest.before-write")
        if work.outgoing:
            await self._outlet.write(work.outgoing)
        failpoint("ingest.after-write")
        metrics.ingest_events.labels("topic", "received").inc(work.received)
        metrics.ingest_events.labels("topic", "forwarded").inc(work.forwarded)
        metrics.ingest_events.labels("topic", "dead_lettered").inc(work.refused.total())
        for code, count in work.refused.items():
            metrics.ingest_refusals.labels(code).inc(count)
        return work.offsets

    def _read(self, batch: Batch, now: int, judged: Judged) -> Counter[str]:
        """Put each record of the batch on its column; gives how many were refused, by code."""
        codes = Counter[str]()
        place = f"{batch.topic}/{batch.partition}"
        rules, partitions = self._rules, self._destinations.activity
        headers: Iterable[Headers] = batch.headers or [()] * len(batch)
        for value, offset, own, key in zip(batch.values, batch.offsets, headers, batch.keys, strict=True):
            arrival = Arrival(now, place, offset)
            try:
                draft, heard_at = read_record(value, own)
                if own:
                    arrival = _replayed(arrival, own, heard_at)
                judged.accept(canonical(draft, arrival, rules), partitions)
            except Refused as refused:
                codes[refused.code] += 1
                origin = _replayed(arrival, own, None).origin
                letter = DeadLetter(key, value, own, refused.code, refused.reason, origin, now)
                if sizes([key], [value], [letter.all_headers()])[0] > RECORD_BYTES_MAX:
                    raise Halt(
                        batch.partition,
                        f"the record at offset {offset} is too large to be set aside: {refused.reason}",
                    ) from None
                judged.put_aside(letter, batch.partition % self._destinations.dead_letters)
        return codes

    def _judge(self, tallies: Mapping[int, tuple[int, int]]) -> None:
        """Count what came, or open a breaker and count nothing."""
        breakers = {partition: self._breaker(partition) for partition in tallies}
        for partition, (seen, bad) in tallies.items():
            if breakers[partition].would_trip(seen, bad):
                raise Halt(
                    partition,
                    f"{bad} of {seen} records are refused; the last batch waits rather than be set aside",
                    breakers[partition].trip(),
                )
        for partition, (seen, bad) in tallies.items():
            breakers[partition].count(seen, bad)

    def _breaker(self, partition: int) -> Breaker:
        return self._breakers.setdefault(partition, Breaker(self._limits))


def _replayed(arrival: Arrival, headers: Headers, heard_at: int | None) -> Arrival:
    """A dead letter that is replayed keeps the place where it first stood, so that it is known again."""
    place, index = arrival.place, arrival.index
    for name, raw in headers:
        if name == ORIGIN_HEADER:
            first, _, last = raw.decode(errors="replace").rpartition("/")
            if first and last.isdecimal() and len(last) <= OFFSET_DIGITS_MAX:
                place, index = first, int(last)
    return Arrival(arrival.received_at, place, index, heard_at)
