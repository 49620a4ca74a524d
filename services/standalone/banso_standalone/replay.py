"""Sends a story through the real path, a day at a time, on a clock that it moves until the real one takes over.

A story is the extract or an invented world. A day has two moments: noon (or another hour), when what happened is
sent as a product would send it, and midnight, when the day is closed. While a moment lies in the past of the real
clock, virtual time jumps to it and everything that follows from it is waited for; the first moment that does not
ends virtual time, and from then on the story goes on at the pace of life.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from time import monotonic
from typing import Protocol
from zoneinfo import ZoneInfo

from banso_common.clock import MINUTE_MS, SECOND_MS
from banso_common.contracts.topics import Topic
from banso_common.errors import Unavailable
from banso_common.log.port import Outgoing, Writer
from banso_common.pipeline.backoff import Backoff
from banso_standalone.journal import Journal, JournalFile, further
from banso_standalone.standalone import Standalone
from banso_standalone.switchable_clock import SwitchableClock

NOON = time(12)
WAIT_S_MAX = 60.0


class Story(Protocol):
    """What happened on each of some days, as records of usage-events."""

    @property
    def days(self) -> int:
        """How many days there are."""
        ...

    def columns(self, day: int, told_at: int, partitions: int) -> list[Outgoing]:
        """The records of `day`, which are sent at the instant `told_at`; the same whenever they are asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is: `day` of `days` is done, `events` were sent by this process."""

    day: int
    days: int
    at: int
    events: int
    is_real: bool


@dataclass(frozen=True, slots=True)
class Almanac:
    """The instants of the story's days, in the installation's time zone."""

    journal: Journal
    zone: ZoneInfo
    told: time = NOON

    def told_at(self, day: int) -> int:
        """When the day's events are sent."""
        return self._at(day, self.told)

    def close_at(self, day: int) -> int:
        """A minute after the day's end."""
        return self._at(day + 1, time(0)) + MINUTE_MS

    def day_of(self, at: int) -> int:
        """The story's day at an instant."""
        return (datetime.fromtimestamp(at / SECOND_MS, self.zone).date() - self.journal.first_day).days

    def _at(self, day: int, clock: time) -> int:
        moment = datetime.combine(self.journal.first_day + timedelta(day), clock, self.zone)
        return int(moment.timestamp()) * SECOND_MS


class Replay:
    """One run of a story into one standalone; `tell` hears of each day, and of the change to real time."""

    def __init__(
        self,
        standalone: Standalone,
        clock: SwitchableClock,
        almanac: Almanac,
        file: JournalFile,
        days_a_second: float = 0.0,
    ) -> None:
        """A virtual day takes at least 1 / `days_a_second`; 0 is as fast as it goes."""
        self._standalone, self._clock, self._almanac, self._file = standalone, clock, almanac, file
        self._day_s = 1.0 / days_a_second if days_a_second > 0 else 0.0
        self._journal = almanac.journal
        self._events = 0

    async def run(self, story: Story, tell: Callable[[Progress], None]) -> None:
        """Go on where the journal stands, until the story ends or this is cancelled."""
        days = max(1, self._almanac.day_of(self._clock.real.now()))
        writer = await self._standalone.log.writer()
        partitions = await self._standalone.log.partitions(Topic.USAGE_EVENTS)
        try:
            for day in range(self._journal.next_day, story.days):
                told_at, began_at = self._almanac.told_at(day), monotonic()
                if not self._jumped(told_at):
                    self._be_real()
                    tell(self._progress(day, days))
                    await self._until(told_at)
                await self._send(writer, story.columns(day, told_at, partitions))
                await self._swept()
                if self._jumped(self._almanac.close_at(day)):
                    await self._swept()
                self._write(day + 1)
                tell(self._progress(day + 1, days))
                await self._pace(began_at)
            self._be_real()
            tell(self._progress(story.days, days))
        finally:
            await writer.close()

    async def _send(self, writer: Writer, columns: list[Outgoing]) -> None:
        """Write one day's events, and follow them to their end; what was due before them comes first."""
        await self._standalone.drained()
        backoff = Backoff()
        while True:
            try:
                await writer.write(columns)
                break
            except Unavailable:
                await asyncio.sleep(backoff.next_ms() / SECOND_MS)
        await self._standalone.drained()
        self._events += sum(len(column.values) for column in columns)

    async def _swept(self) -> None:
        """Let what is known now be judged, and follow what is said of it to its end."""
        await self._standalone.sweep()
        await self._standalone.drained()

    def _jumped(self, at: int) -> bool:
        """Move virtual time to `at`, if time is virtual and `at` is past."""
        past = self._clock.is_virtual and at <= self._clock.real.now()
        if past:
            self._clock.move_to(at)
        return past

    def _be_real(self) -> None:
        if self._clock.is_virtual:
            self._clock.release()
            self._write(self._journal.next_day)

    async def _pace(self, began_at: float) -> None:
        """Let a virtual day last as long as was asked for."""
        if self._clock.is_virtual and self._day_s:
            await asyncio.sleep(max(0.0, began_at + self._day_s - monotonic()))

    async def _until(self, at: int) -> None:
        while (wait_ms := at - self._clock.now()) > 0:  # noqa: ASYNC110 - a clock may be set; there is no event for it
            await asyncio.sleep(min(wait_ms / SECOND_MS, WAIT_S_MAX))

    def _write(self, next_day: int) -> None:
        clock_at = self._clock.now() if self._clock.is_virtual else None
        self._journal = self._file.write(further(self._journal, next_day, clock_at))

    def _progress(self, day: int, days: int) -> Progress:
        return Progress(day, max(day, days), self._clock.now(), self._events, not self._clock.is_virtual)
