"""Folds account-activity into facts and health: decode and remove repeats, then one transaction for all of it.

The transaction holds the facts, the health, the phase, the count of what became of each record, and the
offsets, under the epochs of the lanes. It happens whole or not at all. What is to be said of it is decided by
the sweep that follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.transaction import transaction
from banso_common.failpoints import failpoint
from banso_common.log.port import Batch
from banso_common.telemetry import metrics
from banso_scoring import changes, facts_store, feed_store, hearing, plan_store, store, switch_store
from banso_scoring.activity import Activities, Unreadable, decode_batch
from banso_scoring.assess import assess
from banso_scoring.domain.facts import profile
from banso_scoring.domain.facts.fact_columns import HALF, LOW, EventColumns, FactColumns, group
from banso_scoring.domain.facts.ranks import ranked
from banso_scoring.domain.facts.stated import Journalled, Stated, encode_journal
from banso_scoring.domain.feeds.rhythm import Heard
from banso_scoring.domain.plan import plan
from banso_scoring.facts_store import Entry
from banso_scoring.member import Member
from banso_scoring.portfolio import NEVER, NOTHING_SHOWN
from banso_scoring.rebuild import Rebuild
from banso_scoring.signing import with_signatures
from banso_scoring.store import Tally

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said of an account."""

    account: str
    said: dict[str, str | int | float | bool | None]
    at: int
    known_at: int
    identity: int


@dataclass(slots=True)
class LaneWork:
    """One lane's part of a batch, repeats removed; `facts` and `late` come with the folding."""

    lane: int
    first_offset: int
    next_offset: int
    received: int
    fresh: Ints
    events: Activities
    statements: list[Statement]
    unreadable: list[Unreadable]
    heard: dict[str, Heard]
    values: Sequence[bytes] = ()
    places: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    """Where in `values` the record of each of `events` is."""
    facts: FactColumns | None = None
    said: list[Journalled] = field(default_factory=list)
    late: int = 0
    behind: int = 0
    """Records that the log held after these when they were fetched."""

    def tally(self) -> Tally:
        """What became of the records; repeats are what remains."""
        applied, dead = len(self.fresh), len(self.unreadable)
        return Tally(self.received, applied, self.received - applied - dead, dead, self.late)


@dataclass(slots=True)
class Folding:
    """What a batch touched: positions to evaluate, and positions to store anew."""

    touched: set[int] = field(default_factory=set)
    described: set[int] = field(default_factory=set)
    backfilled: set[int] = field(default_factory=set)
    planned: set[int] = field(default_factory=set)


class ScoringHandler:
    """The pipeline's handler on account-activity."""

    def __init__(self, member: Member) -> None:
        self._member = member

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        return await self._member.load(partitions)

    async def revoked(self, partitions: Sequence[int]) -> None:
        await self._member.drop(partitions)

    def prepare(self, batches: Sequence[Batch]) -> list[LaneWork]:
        """Decode, and leave out what was seen before."""
        return [self._prepare(batch) for batch in batches]

    def _prepare(self, batch: Batch) -> LaneWork:
        decoded = decode_batch(batch)
        found = decoded.activities
        mask = self._member.seen[batch.partition].take_new(found.identity)
        at, known_at, identity = found.occurred_at, found.received_at, found.identity
        statements = [
            Statement(found.accounts[i], said, int(at[i]), int(known_at[i]), int(identity[i]))
            for i, said in decoded.said.items()
            if mask[i]
        ]
        events = found.take(mask & found.usage)
        heard = hearing.heard_of(events, self._is_contact)
        beats = [place for place in decoded.beats if mask[place]]
        return LaneWork(
            lane=batch.partition,
            first_offset=batch.offsets[0],
            next_offset=batch.next_offset,
            received=len(batch),
            fresh=found.identity[mask],
            events=events,
            statements=statements,
            unreadable=decoded.unreadable,
            values=decoded.values,
            places=np.flatnonzero(mask & found.usage),
            heard=hearing.with_beats(heard, found, beats) if beats else heard,
            behind=batch.end_offset - batch.next_offset,
        )

    def _is_contact(self, name: str) -> bool:
        model = self._member.model
        return model.roles.contact >= 0 and model.roles.contact in model.series_of[name]

    async def commit(self, work: list[LaneWork]) -> Mapping[int, int]:
        """Fold and store. Raises Fenced, Unavailable; memory is then to be loaded anew."""
        member = self._member
        async with member.changing():
            now, today = member.clock.now(), member.today()
            folding = Folding()
            feeds = {lane.lane: member.feeds.take(lane.lane, lane.heard, now) for lane in work if lane.heard}
            for lane in work:
                for statement in lane.statements:
                    self._describe(folding, lane, statement, today)
                self._fold(folding, lane, today)
            touched = np.array(sorted(folding.touched), np.int64)
            found = list(assess(member.portfolio, touched, member.cohort_on, now, decide=False))
            async with transaction(member.engine) as tx:
                claims = await member.advance(tx, {lane.lane: lane.next_offset for lane in work})
                await self._store(tx, work, folding, now)
                for number, rows in feeds.items():
                    await feed_store.put(tx, number, rows)
                failpoint("scoring-stored")
                for assessment in found:
                    await changes.put_health(tx, member.portfolio, assessment, now)
            failpoint("scoring-committed")
            member.claims = claims
            member.behind.update({lane.lane: lane.behind for lane in work})
        if not member.cohort.accounts:
            member.met()
        for lane in work:
            tally = lane.tally()
            for result in ("applied", "duplicate", "dead_lettered", "late"):
                metrics.scoring_events.labels(result).inc(getattr(tally, result))
        return {lane.lane: lane.next_offset for lane in work}

    def _describe(self, folding: Folding, lane: LaneWork, statement: Statement, today: int) -> None:
        portfolio = self._member.portfolio
        position = int(portfolio.indices([statement.account], lane.lane, today)[0])
        own = portfolio.model.own_attributes
        for name, value in profile.heard(statement.said, own).items():
            one = Stated(statement.at, statement.identity, statement.known_at, value)
            lane.said.append((statement.account, name, one))
        if profile.tell(portfolio.profiles[position], statement.said, statement.at, statement.identity, own):
            portfolio.columns.shown[position] = NOTHING_SHOWN
        told = plan.Told(statement.at, statement.known_at, statement.identity)
        if plan.speaks(statement.said) and plan.tell(portfolio.plans.setdefault(position, {}), statement.said, told):
            portfolio.columns.shown[position] = NOTHING_SHOWN
            folding.planned.add(position)
        portfolio.describe(position)
        # how far an objective was long ago does not make the account any older
        first_at = max(statement.at, statement.known_at) if plan.only(statement.said) else statement.at
        days = np.array([portfolio.day_of(position)(at) for at in (statement.at, first_at)], np.int64)
        self._first_seen(folding, np.array([position], np.int64), days[:1], days[1:])
        folding.described.add(position)

    def _fold(self, folding: Folding, lane: LaneWork, today: int) -> None:
        """Sum the events of a lane into parts of facts, and bring these into the live window."""
        portfolio, events = self._member.portfolio, lane.events
        if not len(events):
            return
        before = len(portfolio)
        positions = portfolio.indices(events.accounts, lane.lane, today)
        folding.described.update(range(before, len(portfolio)))
        zones = portfolio.columns.zone[positions]
        days = portfolio.zones.days(zones, events.occurred_at)
        received = portfolio.zones.days(zones, events.received_at)
        known_days = np.maximum(received, days)
        lane.late = int((known_days > days).sum())
        numbers = {name: number for number, name in enumerate(dict.fromkeys(events.names))}
        names = np.array([numbers[name] for name in events.names], np.int64)
        self._through(folding, lane, (positions, days), before)
        self._first_seen(folding, positions, days)
        np.maximum.at(portfolio.columns.last_day, positions, days)
        self._contracts(folding, (positions, days, names), list(numbers))
        touched, accounts = ranked(positions)
        columns = EventColumns(
            account=accounts,
            day=days,
            known_day=known_days,
            name=names,
            weight=np.ones(len(events), np.int64),
            high=events.value >> HALF,
            low=events.value & LOW,
            user=events.user_key,
        )
        columns, spoken = with_signatures(portfolio.model, columns, list(numbers), (lane.values, lane.places))
        lane.facts = group(columns, [portfolio.names[p] for p in touched.tolist()], spoken)
        portfolio.add_facts(lane.facts, today)

    def _through(self, folding: Folding, lane: LaneWork, events: tuple[Ints, Ints], before: int) -> None:
        """Note the feeds that events came through, by positions and days; accounts from `before` on are new."""
        portfolio, (positions, days) = self._member.portfolio, events
        changed = hearing.mark(portfolio, positions, lane.events.sources)
        folding.described.update(changed.tolist())
        if len(portfolio) > before:
            new = np.arange(before, len(portfolio))
            first_days = np.full(len(portfolio), NEVER, np.int64)
            np.minimum.at(first_days, positions, days)
            portfolio.come_in(new, first_days[new], self._member.clock.now())

    def _first_seen(self, folding: Folding, positions: Ints, days: Ints, first_days: Ints | None = None) -> None:
        """Note each account's first day, by `first_days` or else `days`; what is of a closed day asks to look back."""
        portfolio, columns = self._member.portfolio, self._member.portfolio.columns
        before = columns.first_day[positions]
        np.minimum.at(columns.first_day, positions, days if first_days is None else first_days)
        folding.described.update(np.unique(positions[columns.first_day[positions] < before]).tolist())
        backfilled = set(np.unique(positions[days <= columns.closed_day[positions]]).tolist())
        folding.described.update(backfilled - portfolio.backfilled)
        portfolio.backfilled |= backfilled
        folding.backfilled |= backfilled
        folding.touched.update(np.unique(positions).tolist())

    def _contracts(self, folding: Folding, events: tuple[Ints, Ints, Ints], names: Sequence[str]) -> None:
        """Note the newest days on which contracts were renewed or ended. Events: positions, days, places in `names`."""
        columns, model = self._member.portfolio.columns, self._member.portfolio.model
        positions, days, name = events
        for series, newest in ((model.roles.renewed, columns.renewed_day), (model.roles.ended, columns.ended_day)):
            some = np.isin(name, [place for place, said in enumerate(names) if series in model.series_of[said]])
            if some.any():
                np.maximum.at(newest, positions[some], days[some])
                columns.shown[positions[some]] = NOTHING_SHOWN
                folding.described.update(positions[some].tolist())

    async def _store(self, tx: AsyncConnection, work: list[LaneWork], folding: Folding, now: int) -> None:
        entries = [
            Entry(
                lane.lane, lane.first_offset, lane.fresh, lane.facts, encode_journal(lane.said) if lane.said else None
            )
            for lane in work
            if len(lane.fresh)
        ]
        await facts_store.append(tx, entries, now)
        for lane in work:
            await store.put_dead_letters(tx, lane.lane, lane.unreadable)
        await store.count(tx, [(lane.lane, self._member.closed_days[lane.lane], lane.tally()) for lane in work])
        await changes.put_accounts(tx, self._member.portfolio, sorted(folding.described))
        if self._member.rebuild is not None:
            await self._disturb(tx, self._member.rebuild, folding)
        await plan_store.put(tx, self._member.portfolio, sorted(folding.planned))

    async def _disturb(self, tx: AsyncConnection, rebuild: Rebuild, folding: Folding) -> None:
        """What was made of these accounts for the wanted model is to be made again."""
        self._member.touch(folding.touched | folding.described | folding.planned)
        late = [self._member.portfolio.names[p] for p in sorted(folding.backfilled)]
        if late:
            await switch_store.mark_backfilled(tx, rebuild.model.version, late)
