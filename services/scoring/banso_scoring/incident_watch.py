"""Watches for the same trouble in several accounts: each sweep counts whom what hit, opens incidents and ends them.

    count    what the accounts of our lanes met, stored for all members to read
    open     every member finds the same incidents in what all lanes met; the owner of the subject's lane writes them
    collect  whom they hit, of our lanes
    join     the owner tells of one that has the cause of another as part of that (see `incident_join`)
    tell     the owner says that it opened, once every lane was collected, and that it is over

One transaction under the epochs of our lanes: state, accounts and message are there together or not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import MINUTE_MS
from banso_common.contracts.account_signal import SignalState
from banso_common.db.outbox import Message
from banso_common.db.outbox import put as put_messages
from banso_common.db.transaction import transaction
from banso_common.failpoints import failpoint
from banso_scoring import incident_signal, incident_store
from banso_scoring import tables as t
from banso_scoring.assess import AT_ONCE
from banso_scoring.domain.incident.affected import Affected, Trouble, affected
from banso_scoring.domain.incident.detect import opening
from banso_scoring.domain.incident.hits import Hits, LaneHits, lane_hits, together
from banso_scoring.domain.incident.signature_days import DAYS_SEEN, OPEN_DAYS_MAX, PAST_DAYS, Met, is_watched
from banso_scoring.domain.struggle.usual import contact_known
from banso_scoring.incident_join import Whole, join, wholes
from banso_scoring.incident_store import Hit, Kept
from banso_scoring.member import Member
from banso_scoring.portfolio import Portfolio

COLLECT_MS = 3 * MINUTE_MS
"""How long the owner of an incident waits for the lanes of others before it tells of it."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a sweep sees: what our accounts met, and what all accounts together did, on `day`."""

    portfolio: Portfolio
    met: Met
    hits: Hits
    day: int
    now: int

    def affected(self, whole: Whole) -> Affected:
        """Our accounts that an incident hit. Who was said to be a part stays one until it has trouble of its own."""
        begin = self.day - DAYS_SEEN + 1
        hit = affected(self.met, [Trouble(one.watched, one.named, max(0, one.first_day - begin)) for one in whole.all])
        subjects = {one.subject for one in whole.all}
        was = np.array([self.portfolio.explained.was(p, subjects) for p in hit.account.tolist()], np.bool_)
        return replace(hit, mostly=hit.mostly | (was & ~hit.own))

    @staticmethod
    def explained(whole: Whole, hit: Affected) -> dict[int, str]:
        """Whose trouble is told of as this incident."""
        return dict.fromkeys(hit.account[hit.mostly].tolist(), whole.kept.subject)


class IncidentWatch:
    """The watch of one member."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._stored: dict[int, LaneHits] = {}
        self._of: Portfolio | None = None

    async def __call__(self, portfolio: Portfolio, now: int) -> None:
        """Watch at `now`. Raises Fenced, Unavailable."""
        member = self._member
        if not portfolio.model.incidents.enabled:
            portfolio.explained.now = {}
            return
        day = member.today()
        met = portfolio.signature_days.met(day)
        mine = {lane: await self._of_lane(portfolio, met, lane, day) for lane in member.lanes()}
        async with member.changing():
            if member.portfolio is not portfolio or mine.keys() != member.claims.keys():
                return
            async with transaction(member.engine) as tx:
                claims = await member.advance(tx, {})
                await incident_store.put_hits(tx, self._news(portfolio, mine))
                hits = together(await incident_store.all_hits(tx), day)
                part_of, said = await self._step(tx, _Seen(portfolio, met, hits, day, now))
                failpoint("incident-stored")
            failpoint("incident-committed")
            member.claims, portfolio.explained.now = claims, part_of
            self._stored, self._of = mine, portfolio
        if said:
            member.said()

    def _news(self, portfolio: Portfolio, mine: dict[int, LaneHits]) -> dict[int, LaneHits]:
        """The lanes of which something else is to be stored than last time."""
        if self._of is not portfolio:
            return mine
        return {lane: one for lane, one in mine.items() if self._stored.get(lane) != one}

    async def _of_lane(self, portfolio: Portfolio, met: Met, lane: int, day: int) -> LaneHits:
        """What the accounts of a lane met, and how many of them were there each day."""
        mine = portfolio.in_lanes([lane])
        mine = mine[~portfolio.is_held(mine, self._member.clock.now())]  # of the others not all is known yet
        active = np.zeros(DAYS_SEEN, np.int64)
        portfolio.window.make_room(len(portfolio), day)
        for begin in range(0, len(mine), AT_ONCE):
            for rows, _ in portfolio.window.days_of(portfolio.model.roles.attempt, mine[begin : begin + AT_ONCE], day):
                active += (rows[:, -DAYS_SEEN:] > 0).sum(axis=0)
            await asyncio.sleep(0)
        settled = day - portfolio.columns.first_day[: len(portfolio)]
        return lane_hits(met.of(mine).watched(portfolio.model), settled, active, day)

    async def _step(self, tx: AsyncConnection, seen: _Seen) -> tuple[dict[int, str], int]:
        """Open, collect, tell and end; gives whose trouble is told of as which incident, and how much was said."""
        newest = await incident_store.newest(tx)
        begun = await self._opened(tx, seen, newest)
        still = [one for one in newest if one.closed_day is None]
        ours = [one.subject for one in (*still, *begun) if await self._is_ours(tx, one)]
        is_open = [*still, *(one for one in begun if one.subject in ours)]
        part_of: dict[int, str] = {}
        for whole in wholes(newest):
            if _lingers(whole.kept, seen):
                part_of |= seen.explained(whole, seen.affected(whole))
        ready = [one for one in is_open if one.subject in ours and one.told_at is None and one.joined is None]
        ready = [one for one in ready if await self._is_collected(tx, one, seen.now)]
        for one in (one for one in begun if one.subject not in ours):
            part_of |= seen.explained(Whole(one), seen.affected(Whole(one)))
        part_of |= await self._collect(tx, seen, wholes(is_open))
        joined = {one.subject: one for one in await join(tx, wholes(is_open), ready, seen.hits)}
        told = wholes([joined.get(one.subject, one) for one in is_open])
        grown = {one.joined for one in joined.values()}
        part_of |= await self._collect(tx, seen, [one for one in told if one.kept.subject in grown])
        messages = [
            message
            for whole in told
            if whole.kept.subject in ours
            for message in await self._told(tx, seen, whole, whole.kept in ready)
        ]
        await put_messages(tx, t.outbox, messages)
        return part_of, len(messages)

    async def _collect(self, tx: AsyncConnection, seen: _Seen, some: Sequence[Whole]) -> dict[int, str]:
        """Store whom these hit of our accounts; gives whose trouble is told of as which of them."""
        part_of: dict[int, str] = {}
        for whole in some:
            hit = seen.affected(whole)
            part_of |= seen.explained(whole, hit)
            await incident_store.put_accounts(tx, whole.kept, self._rows(seen, hit))
        return part_of

    async def _opened(self, tx: AsyncConnection, seen: _Seen, newest: Sequence[Kept]) -> list[Kept]:
        """The incidents that begin now; those of our lanes are stored."""
        past: dict[str, list[int]] = {}
        for kept in newest:
            if kept.closed_day is not None and kept.closed_day - kept.first_day < OPEN_DAYS_MAX:
                past.setdefault(kept.watched.event, []).extend(range(kept.first_day, kept.closed_day + 1))
        watched = [kept.watched for kept in newest if kept.closed_day is None]
        episodes = {kept.subject: kept.episode for kept in newest}
        begun = []
        for found in opening(seen.hits, watched, seen.portfolio.model.incidents, past):
            subject = incident_store.subject_of(found.named)
            kept = Kept(
                subject=subject,
                episode=episodes.get(subject, 0) + 1,
                watched=found.watched,
                named=found.named,
                first_day=found.first_day,
                expected=found.expected,
                usual=found.usual,
                opened_at=seen.now,
            )
            begun.append(kept)
            if await self._is_ours(tx, kept):
                await incident_store.put(tx, kept)
        return begun

    async def _is_ours(self, tx: AsyncConnection, kept: Kept) -> bool:
        return await incident_store.lane_of(tx, kept.subject) in self._member.claims

    def _rows(self, seen: _Seen, hit: Affected) -> list[Hit]:
        """Whom an incident hit, of our accounts, and whether they wrote since."""
        portfolio, first_day = seen.portfolio, seen.day - DAYS_SEEN + 1
        wrote = _wrote(portfolio, hit, seen.day)
        columns = zip(hit.account.tolist(), hit.first.tolist(), hit.last.tolist(), hit.seen.tolist(), strict=True)
        return [
            Hit(
                account=portfolio.names[position],
                lane=int(portfolio.columns.lane[position]),
                first_day=first + first_day,
                last_day=last + first_day,
                seen=count,
                contacted=bool(wrote[place]),
                mostly=bool(hit.mostly[place]),
            )
            for place, (position, first, last, count) in enumerate(columns)
        ]

    async def _told(self, tx: AsyncConnection, seen: _Seen, whole: Whole, is_ready: bool) -> list[Message]:
        """What is to be said of an open incident of ours now: that it began, what was joined to it, that it is over."""
        messages, before = [], whole
        lane = await incident_store.lane_of(tx, whole.kept.subject)
        known = contact_known(seen.portfolio.model, self._member.cohort)
        source = incident_signal.Source(seen.portfolio.model.version, known, lane, seen.now)
        if is_ready or whole.unnamed():
            turn = 0 if is_ready else len(whole.parts)
            whole = whole.told(seen.now)
            messages.append(await incident_signal.message(tx, whole, SignalState.OPENED, source, turn))
        if whole.kept.told_at is not None and whole.is_over(seen.hits, seen.portfolio.model):
            whole = whole.closed(seen.day, seen.now)
            messages.append(await incident_signal.message(tx, whole, SignalState.CLOSED, source))
        for one in whole.all if whole != before else ():
            await incident_store.put(tx, one)
        return messages

    async def _is_collected(self, tx: AsyncConnection, kept: Kept, now: int) -> bool:
        """Whether all accounts are known: every lane is ours, or the others had time to say theirs."""
        return now - kept.opened_at >= COLLECT_MS or await incident_store.lanes(tx) <= self._member.claims.keys()


def _lingers(kept: Kept, seen: _Seen) -> bool:
    """Whether an incident that was mended is still among what the days looked at tell of an account."""
    if kept.closed_day is None or kept.closed_day - kept.first_day >= OPEN_DAYS_MAX:
        return False
    return seen.day - kept.closed_day < PAST_DAYS and is_watched(seen.portfolio.model, kept.watched.event)


def _wrote(portfolio: Portfolio, hit: Affected, day: int) -> NDArray[np.bool_]:
    """(n,): who of those that were hit wrote on the day of the first hit or later."""
    wrote = np.zeros(len(hit.account), np.bool_)
    if portfolio.model.roles.contact < 0:
        return wrote
    for rows, places in portfolio.window.days_of(portfolio.model.roles.contact, hit.account, day):
        some = np.arange(len(hit.account)) if places is None else places
        since = np.arange(DAYS_SEEN) >= hit.first[some][:, None]
        wrote[some] = ((rows[:, -DAYS_SEEN:] > 0) & since).any(axis=1)
    return wrote
