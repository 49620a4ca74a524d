"""Timed work of scoring: the passing of time moves scores too, since silence is a fact that nobody sends.

A sweep closes the days that are over (their standing and history are then kept as they were known), renews
the cohort, looks back again at accounts that got facts of closed days, and decides the episodes of whoever
that moved or a batch touched.
While a backlog is read nothing is decided: of half a day nobody knows whose trouble is everybody's.
Every write is fenced by the epochs of the lanes, as a batch's is; between two steps a batch may come in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from banso_common.db.transaction import reading, transaction
from banso_common.telemetry import metrics
from banso_scoring import (
    cell_store,
    changes,
    cohort_days,
    facts_store,
    phase_store,
    rebuild,
    statement_store,
    store,
    told,
    trouble_store,
    watching,
)
from banso_scoring.assess import AT_ONCE, STALE_SHOWN, Assessment, Said, assess, explained, kept_of, news, with_told
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.standing import Standing, differs
from banso_scoring.incident_watch import IncidentWatch
from banso_scoring.member import Member
from banso_scoring.portfolio import Portfolio
from banso_scoring.rebuild import Bench
from banso_scoring.store import Tally

Ints = NDArray[np.int64]


class Sweep:
    """One sweep after another over the accounts of a member."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._swept: Portfolio | None = None
        self._watch = IncidentWatch(member)

    async def __call__(self, now: int) -> None:
        """Sweep at `now`. Raises Fenced, Unavailable: once the lanes are loaded anew, the next sweep does the work."""
        with metrics.scoring_sweep_seconds.time():
            portfolio = self._member.portfolio
            if not self._member.claims or not await watching.watch(self._member, now):
                return
            await self._merge_journal()
            moved = await self._close_days(portfolio, now)
            everyone = np.arange(len(portfolio))
            moved.update(everyone[portfolio.columns.undecided[everyone]].tolist())
            if self._swept is not portfolio:
                moved.update(everyone.tolist())
            held, stale = portfolio.is_held(everyone, now), portfolio.stale_feeds(everyone)
            marked = np.flatnonzero(portfolio.columns.shown[everyone, STALE_SHOWN] != stale)
            moved.update(marked.tolist())
            if self._member.is_behind():
                return
            free = moved - set(np.flatnonzero(held).tolist())
            if free and not await cohort_days.see_each(self._member, portfolio, now):
                return
            moved |= await self._look_back(portfolio, now)
            if len(everyone) and not held.all():
                await self._watch(portfolio, now)
                again = portfolio.explained.changed(portfolio.columns.current)
                if again and not free and not await cohort_days.see_each(self._member, portfolio, now):
                    return
                moved |= again
            here = np.array(sorted(moved), np.int64)
            held = portfolio.is_held(here, now)
            await self._evaluate(portfolio, here[~held], now, decide=True)
            await self._evaluate(portfolio, here[held], now, decide=False)
            self._swept = portfolio

    def _is_stale(self, portfolio: Portfolio) -> bool:
        """Whether the lanes were loaded anew meanwhile, so that positions mean nothing any more."""
        return self._member.portfolio is not portfolio

    async def _merge_journal(self) -> None:
        """Merge what batches journalled into the account-days."""
        for lane in self._member.lanes():
            taken = 1
            while taken:
                async with self._member.changing():
                    if lane not in self._member.claims:
                        return
                    async with transaction(self._member.engine) as tx:
                        await self._member.advance(tx, {})
                        taken = await facts_store.merge_journal(tx, lane)
                        taken += await statement_store.merge_journal(tx, lane)
                await asyncio.sleep(0)

    async def _close_days(self, portfolio: Portfolio, now: int) -> set[int]:
        """Close each account's days up to its yesterday; gives whose day turned.

        A day of which the window does not show the whole past, after a very long sleep, is passed over.
        """
        turned: set[int] = set()
        held = portfolio.is_held(np.arange(len(portfolio)), now)
        portfolio.columns.held[: len(held)] |= held
        while not self._is_stale(portfolio):
            everyone = np.arange(len(portfolio))
            open_days = np.maximum(portfolio.columns.closed_day[everyone] + 1, portfolio.window.origin + DAYS - 1)
            waiting = everyone[open_days < portfolio.today(everyone, now)]
            if not len(waiting):
                break
            day = int(open_days[waiting].min())
            due = waiting[open_days[waiting] == day]
            if not await cohort_days.see(self._member, portfolio, day, now):
                break
            for begin in range(0, len(due), AT_ONCE):
                async with self._member.changing():
                    if self._is_stale(portfolio):
                        return turned
                    await self._close(portfolio, due[begin : begin + AT_ONCE], day, now)
                await asyncio.sleep(0)
            turned.update(due.tolist())
        if not self._is_stale(portfolio):
            portfolio.columns.held[: len(held)] &= held
        async with self._member.changing():
            if turned and not self._is_stale(portfolio):
                await self._settle_lanes(portfolio)
        return turned

    async def _close(self, portfolio: Portfolio, positions: Ints, day: int, now: int) -> None:
        """Make the standing at the end of `day` the closed one, and keep it in the history if it changed.

        For whom time stood still, what began and ended that day is told now, as it would have been then.
        """
        columns = portfolio.columns
        before = columns.closed.take(positions)
        previous = with_told(before, columns.current.take(positions))
        portfolio.window.make_room(len(portfolio), day)
        panel = await self._panel(portfolio, positions, day)
        today = np.full(len(positions), day)
        standing, found = evaluate(portfolio.model, self._member.cohort_on(day), panel, previous, today)
        standing = replace(standing, episode=np.maximum(standing.episode, columns.current.episode[:, positions]))
        said = self._told_late(portfolio, positions, standing)
        columns.closed.put(positions, standing)
        columns.closed_day[positions] = day
        known = kept_of(standing, found.health.score, found.health.coverage)
        unkept = columns.kept_day[positions] < day  # else another model closed the day, and its row stays
        differing = np.flatnonzero((known != columns.kept[positions]).any(axis=1) & unkept)
        columns.kept[positions[unkept]] = known[unkept]
        kept = Assessment(positions, day, standing, found, differing, positions[:0], said)
        moved = positions[differs(before, standing)]
        moved = np.union1d(moved, np.array([one.position for one in said], np.int64))
        async with transaction(self._member.engine) as tx:
            claims = await self._member.advance(tx, {})
            await changes.put_history(tx, portfolio, kept, differing, day)
            await changes.put_moves(tx, portfolio, kept, before)
            await changes.put_accounts(tx, portfolio, moved.tolist())
            count = await changes.put_said(tx, portfolio, kept, now)
        self._member.claims = claims
        if count:
            self._member.said()

    async def _panel(self, portfolio: Portfolio, positions: Ints, day: int) -> Panel:
        """The facts at the end of `day`, with what stood then where something else was said since."""
        if restated := portfolio.restated(positions, day):
            async with reading(self._member.engine) as tx:
                portfolio.remember(await statement_store.of_names(tx, restated))
        panel, portfolio.said_past = portfolio.panel(positions, day), None
        return panel

    def _told_late(self, portfolio: Portfolio, positions: Ints, closed: Standing) -> list[Said]:
        """What the close of a day tells of those for whom time stood still; it counts as told."""
        late = np.flatnonzero(portfolio.columns.held[positions])
        if self._member.is_behind() or not len(late):
            return []
        current, after = portfolio.columns.current, closed.take(late)
        found = explained(portfolio, news(positions[late], current.take(positions[late]), after))
        current.put(positions[late], told.with_episodes(current.take(positions[late]), after))
        return [replace(one, column=int(late[one.column])) for one in found]

    async def _settle_lanes(self, portfolio: Portfolio) -> None:
        """Say through which day each lane is closed, and forget identities older than the window of repeats."""
        member = self._member
        closed, forgotten = portfolio.columns.closed_day, {}
        async with transaction(member.engine) as tx:
            claims = await member.advance(tx, {})
            for lane in member.lanes():
                mine = portfolio.in_lanes([lane])
                if len(mine):
                    member.closed_days[lane] = int(closed[mine].min())
                forgotten[lane] = await facts_store.forget(tx, lane, member.remember_from())
            await store.count(tx, [(lane, member.closed_days[lane], Tally()) for lane in member.lanes()])
        member.claims = claims
        for lane, identities in forgotten.items():
            member.seen[lane].forget(identities)

    async def _look_back(self, portfolio: Portfolio, now: int) -> set[int]:
        """Walk the journey again, from the first day, for accounts of which more became known of closed days.

        Episodes keep what was said. The moves of the journey are those that are true now; the history of health is
        not rewritten: it holds what was known then.
        """
        member, looked = self._member, set[int]()
        while portfolio.backfilled and not self._is_stale(portfolio):
            some = np.array(sorted(portfolio.backfilled)[: rebuild.AT_ONCE], np.int64)
            async with member.changing():
                if self._is_stale(portfolio):
                    break
                portfolio.backfilled.difference_update(some.tolist())
                columns, names = portfolio.columns, [portfolio.names[p] for p in some.tolist()]
                closed_days = dict(zip(names, columns.closed_day[some].tolist(), strict=True))
                bench = Bench(partial(_of_name, closed_days), member.cohort, now)
                async with transaction(member.engine) as tx:
                    claims = await member.advance(tx, {})
                    alone = member.empty(portfolio.model)
                    found = await rebuild.walked(tx, alone, names, bench)
                    walked = np.array([portfolio.find(name) for name in alone.names], np.int64)
                    standing = told.with_episodes(found.standing, columns.closed.take(walked))
                    columns.closed.put(walked, standing)
                    await changes.put_accounts(tx, portfolio, some.tolist())
                    await phase_store.replace(tx, portfolio.model.version, found.moves)
                    await cell_store.replace(tx, portfolio.model.version, found.cell_moves)
                    await trouble_store.replace(tx, portfolio.model.version, found.troubles)
                member.claims = claims
            looked.update(some.tolist())
        return looked

    async def _evaluate(self, portfolio: Portfolio, positions: Ints, now: int, *, decide: bool) -> None:
        """Show, and tell if `decide`, what the passing of time changed."""
        for begin in range(0, len(positions), AT_ONCE):
            async with self._member.changing():
                if self._is_stale(portfolio):
                    return
                some = positions[begin : begin + AT_ONCE]
                found = list(assess(portfolio, some, self._member.cohort_on, now, decide=decide))
                count = 0
                async with transaction(self._member.engine) as tx:
                    claims = await self._member.advance(tx, {})
                    for assessment in found:
                        told = {*assessment.raised.tolist(), *(said.position for said in assessment.said)}
                        await changes.put_accounts(tx, portfolio, sorted(told))
                        self._member.touch(told)
                        await changes.put_health(tx, portfolio, assessment, now)
                        count += await changes.put_said(tx, portfolio, assessment, now)
                self._member.claims = claims
            if count:
                self._member.said()
            await asyncio.sleep(0)


def _of_name(days: Mapping[str, int], name: str, _lane: int) -> int:
    return days[name]
