"""A story told into a store at once, by the services' own handlers, so that models can be tried on it.

Moment by moment what happened is written as records, judged by ingest, folded and committed by scoring; of the
extract each day's events are heard at its noon. Left out are the log between the services, and the closing of
days: a backtest walks the days itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import Clock, ManualClock
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.db.transaction import reading
from banso_common.errors import Refused
from banso_common.log.port import Batch, Outgoing
from banso_ingest.handler import IngestHandler
from banso_ingest.outlet import Destinations, Outlet
from banso_ingest.settings import IngestSettings
from banso_scoring import past_store
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.handler import ScoringHandler
from banso_scoring.member import Member
from banso_scoring.service import PACKAGE
from banso_scoring.settings import ScoringSettings
from banso_standalone.journal import NOMINAL_FIRST_DAYS, Journal
from banso_standalone.replay import Almanac, Story
from banso_standalone.settings import Example

ZONE = "UTC"
Moment = tuple[int, list[Outgoing]]
"""An instant, and what is heard at it."""


def almanac_of(presentation: str) -> Almanac:
    """The days of a presentation as they were."""
    begins = date(int(presentation[:4]), *NOMINAL_FIRST_DAYS[presentation[4:]])
    return Almanac(Journal(Example.OULAD, None, begins, presentation=presentation), ZoneInfo(ZONE))


def moments(story: Story, almanac: Almanac) -> Iterator[Moment]:
    """The days of a story, each at the hour at which it is told."""
    for day in range(story.days):
        told_at = almanac.told_at(day)
        yield told_at, story.columns(day, told_at, 1)


class Telling:
    """Ingest and scoring over an empty store, told what is heard, by rising instant."""

    def __init__(self, engine: AsyncEngine, model: SuccessModel) -> None:
        self._clock = ManualClock(0)
        self._ingest = _Ingest(self._clock)
        self.member = Member(engine, model, ScoringSettings(time_zone=ZONE), self._clock)
        self._scoring = ScoringHandler(self.member)
        self._offset = 0

    async def hear(self, at: int, columns: Sequence[Outgoing]) -> list[bytes]:
        """Let it be `at`, and fold what is heard then; gives the activity that it comes to.

        Raises Refused when a record cannot be read.
        """
        self._clock.move_to(at)
        if not self.member.claims:
            await self._scoring.assigned([0])
        values = self._ingest.judged(columns)
        if values:
            first, end = self._offset, self._offset + len(values)
            batch = Batch(
                Topic.ACCOUNT_ACTIVITY, 0, [None] * len(values), values, range(first, end), end, end_offset=end
            )
            await self._scoring.commit(self._scoring.prepare([batch]))
            self._offset = end
        return values


async def past_of(heard: Iterable[Moment], model: SuccessModel, tick: Callable[[], None] = lambda: None) -> Past:
    """The past that hearing all of it leaves, told into a store that is gone afterwards. Raises Refused."""
    with TemporaryDirectory(prefix="banso-") as folder:
        engine = connect(f"sqlite+aiosqlite:///{Path(folder) / 'past.db'}")
        try:
            await upgrade(engine, PACKAGE)
            telling = Telling(engine, model)
            for at, columns in heard:
                await telling.hear(at, columns)
                tick()
            async with reading(engine) as tx:
                return await past_store.read(tx, model, time_zone=ZONE)
        finally:
            await engine.dispose()


class _NoLog(Outlet):
    """Ingest's way out when there is no log: one partition, and nothing is written."""

    def __init__(self) -> None:
        """There is nothing to open."""

    async def open(self) -> Destinations:
        return Destinations(activity=1, dead_letters=1)


class _Ingest:
    """Ingest's judgement, record by record."""

    def __init__(self, clock: Clock) -> None:
        settings = IngestSettings()
        self._handler = IngestHandler(_NoLog(), clock, settings.rules, settings.breaker)
        self._offset = 0

    def judged(self, columns: Iterable[Outgoing]) -> list[bytes]:
        """The activity that `columns` come to. Raises Refused for a record that ingest would set aside."""
        values: list[bytes] = []
        for column in columns:
            end = self._offset + len(column.values)
            batch = Batch(
                column.topic, 0, column.keys, column.values, range(self._offset, end), end, end, column.headers
            )
            work = self._handler.prepare([batch])
            if work.refused:
                raise Refused("unreadable", f"the story holds what ingest refuses: {dict(work.refused)}")
            values += [value for out in work.outgoing for value in out.values]
            self._offset = end
        return values
