"""One scoring member: the lanes it owns, their accounts in memory, and the right to write for them.

Whoever changes the accounts and stores that does it alone, in `changing`; so a commit and a sweep never mix.
Nothing here survives a failed write: until the lanes are loaded anew from the store, nobody may change them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_common.clock import DAY_MS, Clock
from banso_common.contracts.topics import Topic
from banso_common.db.checkpoint import Claim, acquire, advance_all
from banso_common.db.transaction import reading, transaction
from banso_common.errors import BansoError, Fenced, Unavailable
from banso_common.findings import Finding
from banso_common.telemetry import metrics
from banso_common.telemetry.logs import logger
from banso_scoring import cohorts, facts_store, feed_store, store, switch_store
from banso_scoring import tables as t
from banso_scoring.cohorts import NOBODY
from banso_scoring.domain.facts.identities import SeenIdentities
from banso_scoring.domain.struggle.cohort import CohortSketch
from banso_scoring.domain.struggle.usual import Cohort, fit
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.feeds import Feeds
from banso_scoring.loading import load_lane
from banso_scoring.model.load import default_model
from banso_scoring.models import Models
from banso_scoring.portfolio import Portfolio
from banso_scoring.rebuild import Rebuild
from banso_scoring.settings import ScoringSettings
from banso_scoring.zones import Zones

BACKLOG_MIN = 20_000
"""More records than this that wait to be read are a backlog."""

log = logger("scoring")


class Member:
    """What this process knows of its lanes. Positions in the portfolio change at every load."""

    def __init__(self, engine: AsyncEngine, model: SuccessModel, settings: ScoringSettings, clock: Clock) -> None:
        self.engine, self.settings, self.clock = engine, settings, clock
        self.models = Models(model)
        self.model = model
        """The model that our lanes are loaded for."""
        self.rebuild: Rebuild | None = None
        """What is being made for the model that is wanted, if any."""
        self._lock = asyncio.Lock()
        self._fault: BansoError | None = None
        self.claims: dict[int, Claim] = {}
        self.seen: dict[int, SeenIdentities] = {}
        self.closed_days: dict[int, int] = {}
        self.feeds = self._no_feeds()
        self.loaded_at = clock.now()
        self.listens: Callable[[], bool] = lambda: True
        """Whether the log is there: a feed is not dead because nobody listens."""
        self.behind: dict[int, int] = {}
        """By lane, how many records waited behind the last batch."""
        self.portfolio = self.empty(self.model)
        self._usual = self._of_nobody()
        """By day what is usual on it: the newest days, for somewhere one has begun and elsewhere it has not."""
        self.said: Callable[[], None] = lambda: None
        """Called after a commit that put messages into the outbox."""
        self.met: Callable[[], None] = lambda: None
        """Called after a commit while nobody is known: a sweep then learns what is usual."""
        self.check_plays: Callable[[str, str], Sequence[Finding]] = lambda text, origin: ()
        """What is wrong with the plays of a model file, by somebody who knows plays."""
        self.failed: Callable[[BansoError], None] = lambda fault: None
        """Called when a write failed, so that the lanes are loaded anew."""

    def lanes(self) -> list[int]:
        """The lanes that are ours now."""
        return sorted(self.claims)

    def today(self) -> int:
        """The installation's day."""
        return self.portfolio.zones.day(0, self.clock.now())

    @property
    def cohort(self) -> Cohort:
        """What is usual on the newest day."""
        return self._usual[max(self._usual)]

    def cohort_on(self, day: int) -> Cohort:
        """What is usual on `day`, as far as that is known: of the newest day up to it, else of the oldest."""
        return self._usual[max((known for known in self._usual if known <= day), default=min(self._usual))]

    def learn(self, day: int, cohort: Cohort) -> None:
        """Know from now on what is usual on `day`, if anybody was seen on it."""
        if cohort.accounts:
            newer = day - store.DAYS_AT_ONCE
            kept = {known: one for known, one in self._usual.items() if known > newer and one.accounts}
            self._usual = kept | {day: cohort}

    def is_behind(self) -> bool:
        """Whether a backlog waits to be read."""
        return sum(self.behind.values()) > BACKLOG_MIN

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[None]:
        """Change the accounts in memory and store that. Raises the fault that made memory worthless, until `load`."""
        async with self._lock:
            if self._fault is not None:
                raise self._fault
            try:
                yield
            except BaseException as fault:
                self._fault = (
                    fault if isinstance(fault, BansoError) else Unavailable(f"a write was broken off: {fault!r}")
                )
                self.failed(self._fault)
                raise

    async def configure(self) -> None:
        """Say which model the settings name: another one than before is then wanted. Raises Unavailable."""
        given = self.models.given
        async with transaction(self.engine) as tx:
            is_default = given.version == default_model().version
            await switch_store.configure(tx, given, is_default, self.clock.now())
            switch = await switch_store.ensure(tx, given, self.clock.now())
            if await self.models.of(tx, switch.current) is None:
                await switch_store.adopt(tx, given, switch.current, self.clock.now())
                log.error("the stored model cannot be read: the one of the settings counts", was=switch.current)

    async def load(self, lanes: Sequence[int]) -> dict[int, int]:
        """Take `lanes` (raising their epochs) and build everything anew; gives where to go on, if known."""
        async with self._lock:
            wanted = sorted(set(lanes) | set(self.claims))
            self.claims, self.seen, self.closed_days, self.behind = {}, {}, {}, {}
            self.feeds, self.loaded_at = self._no_feeds(), self.clock.now()
            self.portfolio, self.rebuild = self.empty(self.model), None
            today = self.today()
            async with transaction(self.engine) as tx:
                switch = await switch_store.ensure(tx, self.models.given, self.clock.now())
                self.model = await self.models.required(tx, switch.current)
                self.feeds.read(await feed_store.rhythms(tx), await feed_store.told(tx))
                self.portfolio = self.empty(self.model)
                self._usual = self._of_nobody()
                self.portfolio.shown_since_at = switch.switched_at
                await switch_store.forget_lanes(tx, wanted)
                claims = {lane: await acquire(tx, t.checkpoint, Topic.ACCOUNT_ACTIVITY, lane) for lane in wanted}
                open_days = [await store.open_day(tx, lane, self.model.version) for lane in wanted]
                self.portfolio.reach_back(min((day for day in open_days if day is not None), default=today), today)
                for lane in wanted:
                    self.seen[lane] = SeenIdentities(await facts_store.identities(tx, lane))
                    self.closed_days[lane] = await load_lane(tx, self.portfolio, lane, today)
                for day in range(today - 1, today + 2):  # somewhere in the world it is each of these
                    found = await self.cohort_of(tx, day)
                    self.learn(found.day, found)
            self.claims, self._fault = claims, None
            metrics.scoring_accounts.set(len(self.portfolio))
        self.said()
        return {lane: claim.next_offset for lane, claim in claims.items()}

    async def drop(self, lanes: Sequence[int]) -> None:
        """These lanes are no longer ours; what remains is built anew from the store."""
        async with self._lock:
            remaining = sorted(set(self.claims) - set(lanes))
            self.claims, self.seen, self.closed_days, self.behind = {}, {}, {}, {}
            self.portfolio, self.rebuild = self.empty(self.model), None
        if remaining:
            await self.load(remaining)

    async def advance(self, tx: AsyncConnection, offsets: Mapping[int, int]) -> dict[int, Claim]:
        """Move the claims to `offsets` (a lane left out is only checked); gives the claims after the commit.

        Raises Fenced when another member took a lane, or when a lane was never ours; Superseded when another model
        counts now.
        """
        if not offsets.keys() <= self.claims.keys():
            raise Fenced(f"lanes {sorted(offsets.keys() - self.claims.keys())} are not ours")
        await switch_store.require(tx, self.model.version)
        moves = {claim: offsets.get(lane, claim.next_offset) for lane, claim in self.claims.items()}
        return {claim.partition: claim for claim in await advance_all(tx, t.checkpoint, moves)}

    async def cohort_of(self, tx: AsyncConnection, day: int) -> Cohort:
        """What is usual on `day`: the stored sketches of all lanes, ours or not."""
        same = self.portfolio.model.version == self.model.version
        found = await cohorts.cohort_of(tx, self.portfolio if same else self.empty(self.model), day)
        return replace(found, contact=self.feeds.contact_state(self.clock.now(), day))

    async def usual_on(self, tx: AsyncConnection, day: int) -> Cohort:
        """What is usual on `day` to who reads: of the store and of what we know, that which knows more accounts."""
        return max(await self.cohort_of(tx, day), self.cohort_on(day), key=lambda known: known.accounts)

    def sketch_of(self, positions: NDArray[np.int64], day: int) -> CohortSketch:
        """What these accounts add to the cohort of `day`."""
        return cohorts.sketch_of(self.portfolio, positions, day)

    def touch(self, positions: Iterable[int]) -> None:
        """These accounts changed: what is being made of them for a wanted model has to be made again."""
        if self.rebuild is not None:
            self.rebuild.stale.update(self.portfolio.names[p] for p in positions)

    @asynccontextmanager
    async def view(self) -> AsyncIterator[tuple[AsyncConnection, Member]]:
        """One consistent view of the store, and this member as a reader sees it: under the model that counts in it."""
        async with reading(self.engine) as tx:
            model = await self.models.current(tx)
            seen = copy(self)  # what is loaded anew meanwhile is another model's, perhaps
            seen.feeds = self._no_feeds()
            seen.feeds.read(await feed_store.rhythms(tx), await feed_store.told(tx))
            if model.version != self.model.version:
                seen.model = model
                seen._usual = {day: await seen.cohort_of(tx, day) for day in self._usual}
            yield tx, seen

    def remember_from(self) -> int:
        """The instant before which a producer's repeat is no longer known as one."""
        return self.clock.now() - self.settings.repeat_days * DAY_MS

    def empty(self, model: SuccessModel) -> Portfolio:
        """A portfolio without accounts."""
        portfolio = Portfolio(model, Zones(self.settings.time_zone), self.clock.now())
        portfolio.feeds = self.feeds
        return portfolio

    def hear_contacts(self) -> None:
        """Let what is usual know whether those who write were heard."""
        state = self.feeds.contact_state(self.clock.now())
        self._usual = {day: replace(cohort, contact=state) for day, cohort in self._usual.items()}

    def _of_nobody(self) -> dict[int, Cohort]:
        """What is usual while nobody is known: what the model says."""
        return {self.today(): fit(self.model, self.sketch_of(NOBODY, self.today()))}

    def _no_feeds(self) -> Feeds:
        return Feeds(self.settings.patience, watched=self.settings.feeds_watched)
