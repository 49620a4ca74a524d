"""Folds account-activity into facts and health: decode and remove repeats, then one transaction for all of it.

The transaction holds the facts, the health, the phase, the signals, the count of what became of each record,
and the offsets, under the epochs of the lanes. It happens whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_activity import ActivityKind
from banso_common.db.transaction import reading, transaction
from banso_common.failpoints import failpoint
from banso_common.log.port import Batch
from banso_common.telemetry import metrics
from banso_scoring import changes, store
from banso_scoring.activity import Folded, Unreadable, decode_batch, statement_of
from banso_scoring.assess import assess
from banso_scoring.domain import profile
from banso_scoring.domain.day_facts import Cells, merge
from banso_scoring.domain.grouping import EventColumns, parts_of
from banso_scoring.member import Member
from banso_scoring.store import DayKey, Tally

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said of an account."""

    account: str
    lane: int
    said: dict[str, str | int | float | bool | None]
    at: int
    identity: int


@dataclass(slots=True)
class LaneWork:
    """One lane's part of a batch, repeats removed."""

    lane: int
    first_offset: int
    next_offset: int
    received: int
    fresh: Ints
    newest_received_at: int
    unreadable: list[Unreadable]


@dataclass(slots=True)
class Work:
    """A batch ready to be folded: events of usage as rows, statements, and each lane's share."""

    lanes: list[LaneWork] = field(default_factory=list)
    events: list[Folded] = field(default_factory=list)
    event_lanes: list[int] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    late: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Folding:
    """What a batch touched: account-days by key, with their lanes and cells; accounts to store anew."""

    days: dict[tuple[int, int], Cells] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    described: set[int] = field(default_factory=set)


class ScoringHandler:
    """The pipeline's handler on account-activity."""

    def __init__(self, member: Member) -> None:
        self._member = member

    async def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        return await self._member.load(partitions)

    async def revoked(self, partitions: Sequence[int]) -> None:
        await self._member.drop(partitions)

    def prepare(self, batches: Sequence[Batch]) -> Work:
        """Decode, and leave out what was seen before."""
        work = Work()
        for batch in batches:
            decoded = decode_batch(batch)
            identities = decoded.identities()
            mask = self._member.seen[batch.partition].take_new(identities)
            newest = 0
            for event, position, is_new in zip(decoded.events, decoded.positions, mask.tolist(), strict=True):
                if not is_new:
                    continue
                if event.kind is ActivityKind.USAGE:
                    work.events.append(event)
                    work.event_lanes.append(batch.partition)
                elif event.kind is ActivityKind.ACCOUNT:
                    said = statement_of(batch.values[position])
                    work.statements.append(
                        Statement(event.account, batch.partition, said, event.occurred_at, event.identity)
                    )
                newest = max(newest, event.received_at)
            work.lanes.append(
                LaneWork(
                    lane=batch.partition,
                    first_offset=batch.offsets[0],
                    next_offset=batch.next_offset,
                    received=len(batch),
                    fresh=identities[mask],
                    newest_received_at=newest,
                    unreadable=decoded.unreadable,
                )
            )
        return work

    async def commit(self, work: Work) -> Mapping[int, int]:
        """Fold and store. Raises Fenced, Unavailable; memory is then to be loaded anew."""
        member = self._member
        async with member.lock:
            now = member.clock.now()
            folding = await self._fold(work, now)
            touched = np.array(sorted(folding.touched), np.int64)
            found = list(assess(member.portfolio, touched, member.cohort, now))
            for assessment in found:
                folding.described.update(assessment.raised.tolist())
            said = 0
            async with transaction(member.engine) as tx:
                claims = await member.advance(tx, {lane.lane: lane.next_offset for lane in work.lanes})
                await self._store(tx, work, folding)
                failpoint("scoring-stored")
                for assessment in found:
                    await changes.put_health(tx, member.portfolio, assessment, now)
                    said += await changes.put_said(tx, member.portfolio, assessment, now)
            member.claims = claims
        self._count(work)
        if said:
            member.said()
        return {lane.lane: lane.next_offset for lane in work.lanes}

    async def _fold(self, work: Work, now: int) -> Folding:
        """Merge the batch into the facts in memory, reading back days that are no longer hot."""
        portfolio = self._member.portfolio
        today = self._member.today()
        folding = Folding()
        for statement in work.statements:
            self._describe(folding, statement, today, now)
        columns, names = self._columns(work, folding, today)
        parts = list(parts_of(columns))
        cold = sorted(
            {
                (portfolio.names[part.account], part.day)
                for part in parts
                if part.day < portfolio.hot_from_day and (part.account, part.day) not in portfolio.hot
            }
        )
        stored: dict[DayKey, Cells] = {}
        if cold:
            async with reading(self._member.engine) as tx:
                stored = await store.days(tx, cold)
        for part in parts:
            key = (part.account, part.day)
            cells = folding.days.get(key)
            if cells is None:
                cells = portfolio.hot.get(key)
                if cells is None:
                    cells = stored.get((portfolio.names[part.account], part.day), {})
                    if part.day >= portfolio.hot_from_day:
                        portfolio.hot[key] = cells
                folding.days[key] = cells
            merge(cells, (names[part.name], part.known_day), part.count, part.sum_micro, part.users)
        self._project(folding, today)
        return folding

    def _describe(self, folding: Folding, statement: Statement, today: int, now: int) -> None:
        portfolio = self._member.portfolio
        position = int(portfolio.indices([statement.account], [statement.lane], today)[0])
        profile.tell(portfolio.profiles[position], statement.said, statement.at, statement.identity)
        portfolio.describe(position)
        day = portfolio.zones.day(int(portfolio.columns.zone[position]), min(statement.at, now))
        self._first_seen(folding, np.array([position], np.int64), np.array([day], np.int64))
        folding.described.add(position)
        folding.touched.add(position)

    def _columns(self, work: Work, folding: Folding, today: int) -> tuple[EventColumns, list[str]]:
        portfolio, events = self._member.portfolio, work.events
        before = len(portfolio)
        accounts = portfolio.indices([event.account for event in events], work.event_lanes, today)
        folding.described.update(range(before, len(portfolio)))
        zones = portfolio.columns.zone[accounts]
        occurred_at = np.array([event.occurred_at for event in events], np.int64)
        received_at = np.array([event.received_at for event in events], np.int64)
        days = portfolio.zones.days(zones, occurred_at)
        known_days = np.maximum(portfolio.zones.days(zones, received_at), days)
        numbers: dict[str, int] = {}
        names = np.array([numbers.setdefault(event.name, len(numbers)) for event in events], np.int64)
        values = np.array([event.value for event in events], np.int64)
        users = np.array([event.user_key for event in events], np.int64)
        late = np.array(work.event_lanes, np.int64)[known_days > days]
        for lane, count in zip(*np.unique(late, return_counts=True), strict=True):
            work.late[int(lane)] = int(count)
        self._first_seen(folding, accounts, days)
        folding.touched.update(np.unique(accounts).tolist())
        return EventColumns(accounts, days, known_days, names, values, users), list(numbers)

    def _first_seen(self, folding: Folding, accounts: Ints, days: Ints) -> None:
        """Note each account's first and last day; facts before the closed day ask for another look back."""
        portfolio, columns = self._member.portfolio, self._member.portfolio.columns
        before = columns.first_day[accounts]
        np.minimum.at(columns.first_day, accounts, days)
        np.maximum.at(columns.last_day, accounts, days)
        folding.described.update(np.unique(accounts[columns.first_day[accounts] < before]).tolist())
        portfolio.backfilled.update(np.unique(accounts[days <= columns.closed_day[accounts]]).tolist())

    def _project(self, folding: Folding, today: int) -> None:
        """Bring the touched account-days into the live window."""
        portfolio = self._member.portfolio
        if folding.days:
            latest = max(day for _, day in folding.days)
            portfolio.window.make_room(len(portfolio), max(latest, today))
            accounts, days = zip(*folding.days, strict=True)
            portfolio.window.put(accounts, days, list(folding.days.values()))

    async def _store(self, tx: AsyncConnection, work: Work, folding: Folding) -> None:
        portfolio = self._member.portfolio
        for lane in work.lanes:
            if len(lane.fresh):
                await store.put_identities(tx, lane.lane, lane.first_offset, lane.newest_received_at, lane.fresh)
            await store.put_dead_letters(tx, lane.lane, lane.unreadable)
            await store.count(tx, lane.lane, self._member.closed_days[lane.lane], _tally(work, lane))
        await changes.put_accounts(tx, portfolio, sorted(folding.described))
        order = sorted(folding.days, key=lambda key: (portfolio.names[key[0]], key[1]))
        keys = [(portfolio.names[account], day) for account, day in order]
        await store.put_days(tx, keys, [folding.days[key] for key in order])

    @staticmethod
    def _count(work: Work) -> None:
        for lane in work.lanes:
            tally = _tally(work, lane)
            for result in ("applied", "duplicate", "dead_lettered", "late"):
                metrics.scoring_events.labels(result).inc(getattr(tally, result))


def _tally(work: Work, lane: LaneWork) -> Tally:
    applied, dead = len(lane.fresh), len(lane.unreadable)
    return Tally(
        received=lane.received,
        applied=applied,
        duplicate=lane.received - applied - dead,
        dead_lettered=dead,
        late=work.late.get(lane.lane, 0),
    )
