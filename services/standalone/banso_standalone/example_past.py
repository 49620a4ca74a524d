"""A story told into a store at once, by the services' own handlers, so that models can be tried on it.

Moment by moment what happened is written as records, judged by ingest, folded and committed by scoring; of the
extract each day's events are heard at its noon. Left out are the log between the services, and the closing of
days: a backtest walks the days itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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


async def tell(heard: Iterable[Moment], into: tuple[AsyncEngine, SuccessModel], tick: Callable[[], None]) -> None:
    """Fold what is heard, by rising instant, into an empty store under a model; `tick` is called after each moment.

    Raises Refused when a record cannot be read.
    """
    engine, model = into
    clock = ManualClock(0)
    ingest = _Ingest(clock)
    member = Member(engine, model, ScoringSettings(time_zone=ZONE), clock)
    scoring = ScoringHandler(member)
    offset = 0
    for number, (at, columns) in enumerate(heard):
        clock.move_to(at)
        if number == 0:
            await scoring.assigned([0])
        values = ingest.judged(columns)
        if values:
            end = offset + len(values)
            batch = Batch(
                Topic.ACCOUNT_ACTIVITY, 0, [None] * len(values), values, range(offset, end), end, end_offset=end
            )
            await scoring.commit(scoring.prepare([batch]))
            offset = end
        tick()


async def past_of(heard: Iterable[Moment], model: SuccessModel, tick: Callable[[], None] = lambda: None) -> Past:
    """The past that hearing all of it leaves, told into a store that is gone afterwards. Raises Refused."""
    with TemporaryDirectory(prefix="banso-") as folder:
        engine = connect(f"sqlite+aiosqlite:///{Path(folder) / 'past.db'}")
        try:
            await upgrade(engine, PACKAGE)
            await tell(heard, (engine, model), tick)
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
