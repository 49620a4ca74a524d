"""The pasts that models are tried on: the installation's own facts, or the example told anew; and which days count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.engine import connect
from banso_common.db.transaction import reading
from banso_common.errors import SettingsError
from banso_common.settings import load
from banso_scoring import past_store
from banso_scoring import tables as t
from banso_scoring.domain.past.backtest import Rows, Terms, replay
from banso_scoring.domain.past.backtest_report import Part
from banso_scoring.domain.past.imported import LATE_DAYS, as_it_happened, late_share
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.settings import ScoringSettings
from banso_standalone.asked import Asked
from banso_standalone.example_past import almanac_of, moments, past_of
from banso_standalone.examples import load_oulad
from banso_standalone.oulad_records import OuladStory

WEEK_DAYS = 7
WARM_UP_DAYS = 28
CUTOFF_EVERY_DAYS = 28
ACCOUNTS_MAX = 50_000
"""More accounts than that are sampled by a hash of their names: the figures' intervals are narrow by then."""
IMPORTED_SHARE = 0.5
"""Of a past of which more is late, the days as they were known then are empty."""
EPOCH = date(1970, 1, 1)
OULAD_CUTOFFS = (60, 90, 120)
Tick = Callable[[], None]
TellDays = Callable[[str, int], Tick]
"""Hears the name and the length of a piece of work, and gives what is called at each of its steps."""


@dataclass(frozen=True, slots=True)
class Span:
    """A past, and the days of it that are looked at."""

    past: Past
    days: tuple[int, ...]
    weeks: frozenset[int]
    cutoffs: dict[int, str]
    judged: bool = True
    name: str = ""

    def part(self, model: SuccessModel, terms: Terms, tick: Tick) -> Part:
        """What `model` says on these days; `tick` is called after each."""
        found = []
        for rows in replay(self.past.under(model), self.days, terms):
            found.append(rows)
            tick()
        return Part(Rows.joined(found), self.weeks, self.cutoffs, self.judged)

    def apart(self, *, judged: bool) -> Span:
        """The same span, judged or not."""
        return replace(self, judged=judged)

    def judged_from(self, day: int) -> Span:
        """The same days walked, those from `day` on judged."""
        cutoffs = {one: name for one, name in self.cutoffs.items() if one >= day}
        return replace(self, weeks=frozenset(one for one in self.weeks if one >= day), cutoffs=cutoffs)

    def until(self, day: int) -> Span:
        """Only the days before `day`."""
        cutoffs = {one: name for one, name in self.cutoffs.items() if one < day}
        weeks = frozenset(one for one in self.weeks if one < day)
        return replace(self, days=tuple(one for one in self.days if one < day), weeks=weeks, cutoffs=cutoffs)


def span_of(past: Past, between: tuple[int, int], cutoffs: dict[int, str], every: int) -> Span:
    """Weeks from the first to the last day of `between`, the cutoffs, and with `every` = 1 all days from the first."""
    first, last = between
    weeks = frozenset(range(first, last + 1, WEEK_DAYS))
    walked = set(range(first, last + 1)) if every == 1 else set(weeks)
    return Span(past, tuple(sorted(walked | set(cutoffs))), weeks, cutoffs)


async def stored(model: SuccessModel, wanted: Asked) -> Span:
    """The installation's own past. Raises SettingsError when it is too short for a single cutoff."""
    settings = load(ScoringSettings)
    engine = connect(settings.database)
    try:
        async with reading(engine) as tx:
            past = await past_store.read(tx, model, await _sample(tx), settings.time_zone)
    finally:
        await engine.dispose()
    if not len(past.history.facts):
        raise SettingsError("there are no facts yet that a model could be tried on")
    if wanted.known == "at-once":
        past = Past(model, as_it_happened(past.history))
    elif wanted.known is None and (share := late_share(past.history)) > IMPORTED_SHARE:
        raise SettingsError(
            f"{share:.0%} of the facts became known over {LATE_DAYS} days after they happened, as in a past that was "
            "imported: on those days nothing was known that a model could have used. `--set known=at-once` counts each "
            "fact as known on its own day"
        )
    earliest, latest = past.days
    first, last = earliest + WARM_UP_DAYS, latest - wanted.horizon
    first = first if wanted.since is None else max(first, (wanted.since - EPOCH).days)
    last = last if wanted.until is None else min(last, (wanted.until - EPOCH).days)
    if last < first:
        raise SettingsError(
            f"the facts span {latest - earliest + 1} days; a model is tried on days that have {WARM_UP_DAYS} days of "
            f"facts before them and {wanted.horizon} days (`--set horizon=…`) after them"
        )
    cutoffs = {day: (EPOCH + timedelta(day)).isoformat() for day in range(last, first - 1, -CUTOFF_EVERY_DAYS)}
    every = 1 if wanted.walk == "daily" else WEEK_DAYS
    return span_of(past, (first, last), dict(sorted(cutoffs.items())), every)


async def _sample(tx: AsyncConnection) -> Sequence[str] | None:
    names = list((await tx.execute(select(t.account.c.account))).scalars())
    if len(names) <= ACCOUNTS_MAX:
        return None
    return sorted(sorted(names, key=lambda name: crc32(name.encode()))[:ACCOUNTS_MAX])


async def oulad(model: SuccessModel, presentations: Iterable[str], wanted: Asked, told: TellDays) -> list[Span]:
    """The presentations of the extract, each told into a store of its own; cutoffs on days of the course.

    Presentations in which none of the wanted modules was taught are left out. Raises SettingsError when all are.
    """
    spans, modules = [], frozenset(wanted.modules)
    whole = load_oulad(frozenset(presentations), modules)
    for presentation in whole.presentations:
        extract = load_oulad(frozenset({presentation}), modules)
        almanac = almanac_of(presentation)
        heard = moments(OuladStory(extract), almanac)
        past = await past_of(heard, model, told(presentation, extract.days))
        begins = (almanac.journal.first_day - EPOCH).days
        cutoffs = {begins + day: f"day {day}" for day in OULAD_CUTOFFS}
        between = (begins + WARM_UP_DAYS, begins + extract.days - wanted.horizon)
        every = 1 if wanted.walk == "daily" else WEEK_DAYS
        spans.append(replace(span_of(past, between, cutoffs, every), name=presentation))
    return spans
