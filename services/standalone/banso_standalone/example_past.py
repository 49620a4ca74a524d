"""The extract told into a store at once, by the services' own handlers, so that models can be tried on it.

Day by day what happened is written as records, judged by ingest, folded and committed by scoring; each day's
events are heard at its noon. Left out are the log between the services, and the closing of days: a backtest
walks the days itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import Clock, ManualClock
from banso_common.contracts.topics import Topic
from banso_common.errors import Refused
from banso_common.log.port import Batch, Outgoing
from banso_ingest.handler import IngestHandler
from banso_ingest.outlet import Destinations, Outlet
from banso_ingest.settings import IngestSettings
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.handler import ScoringHandler
from banso_scoring.member import Member
from banso_scoring.settings import ScoringSettings
from banso_standalone.journal import NOMINAL_FIRST_DAYS, Journal
from banso_standalone.oulad import Extract
from banso_standalone.oulad_records import outgoing
from banso_standalone.replay import Almanac
from banso_standalone.settings import Example

ZONE = "UTC"


def almanac_of(presentation: str) -> Almanac:
    """The days of a presentation as they were."""
    begins = date(int(presentation[:4]), *NOMINAL_FIRST_DAYS[presentation[4:]])
    return Almanac(Journal(Example.OULAD, None, begins, presentation=presentation), ZoneInfo(ZONE))


async def tell(
    extract: Extract, almanac: Almanac, into: tuple[AsyncEngine, SuccessModel], tick: Callable[[], None]
) -> None:
    """Fold the whole extract into an empty store under a model; `tick` is called after each of its days.

    Raises Refused when a record of the extract cannot be read.
    """
    engine, model = into
    clock = ManualClock(almanac.noon_at(0))
    ingest = _Ingest(clock)
    member = Member(engine, model, ScoringSettings(time_zone=ZONE), clock)
    scoring = ScoringHandler(member)
    await scoring.assigned([0])
    offset = 0
    for day in range(extract.days):
        clock.move_to(almanac.noon_at(day))
        values = ingest.judged(outgoing(extract.on_day(day), almanac.noon_at(day), 1))
        if values:
            end = offset + len(values)
            batch = Batch(
                Topic.ACCOUNT_ACTIVITY, 0, [None] * len(values), values, range(offset, end), end, end_offset=end
            )
            await scoring.commit(scoring.prepare([batch]))
            offset = end
        tick()


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
                raise Refused("unreadable", f"the extract holds what ingest refuses: {dict(work.refused)}")
            values += [value for out in work.outgoing for value in out.values]
            self._offset = end
        return values
