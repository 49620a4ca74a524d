"""Timed work of scoring: the passing of time moves scores too, since silence is a fact that nobody sends.

A sweep looks back again at accounts that got facts of closed days, closes the days that are over (their standing and
history are then kept as they were known, and the episodes that began or ended are told), and shows whoever that moved
or a batch touched; what is beyond doubt is told within the day.
While a backlog is read no day is closed and nothing is told: of half a day nobody knows whose trouble is everybody's.
Every write is fenced by the epochs of the lanes, as a batch's is; between two steps a batch may come in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
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
from banso_scoring.assess import AT_ONCE, STALE_SHOWN, Assessment, assess, explained, kept_of, news, with_told
from banso_scoring.cohorts import NOBODY
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.facts.panel import DAYS, Panel
from banso_scoring.domain.standing import differs
from banso_scoring.incident_watch import IncidentWatch
from banso_scoring.member import Member
from banso_scoring.portfolio import NEVER, Portfolio
from banso_scoring.rebuild import Bench
from banso_scoring.store import Tally

Ints = NDArray[np.int64]


class Sweep:
    """One sweep after another over the accounts of a member."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._swept: Portfolio | None = None
        self._days = NOBODY
        """The day on which each account was last swept."""
        self._watch = IncidentWatch(member)

    async def __call__(self, now: int) -> None:
        """Sweep at `now`. Raises Fenced, Unavailable: once the lanes are loaded anew, the next sweep does the work."""
        with metrics.scoring_sweep_seconds.time():
            portfolio = self._member.portfolio
            if not self._member.claims or not await watching.watch(self._member, now):
                return
            await self._merge_journal()
            if self._member.is_behind():
                return
            everyone = np.arange(len(portfolio))
            days = portfolio.today(everyone, now)
            moved = self._moved(portfolio, days)
            held = portfolio.is_held(everyone, now)
            is_seen = bool(moved - set(np.flatnonzero(held).tolist()))
            if is_seen and not await cohort_days.see_each(self._member, portfolio, now):
                return
            if len(everyone) and not held.all():
                await self._watch(portfolio, now)
            moved |= await self._look_back(portfolio, now)
            moved |= await self._close_days(portfolio, now)
            again = portfolio.explained.changed(portfolio.columns.current)
            if (again or moved) and not is_seen and not await cohort_days.see_each(self._member, portfolio, now):
                return
            here = np.array(sorted(moved | again), np.int64)
            held = portfolio.is_held(here, now)
            await self._evaluate(portfolio, here[~held], now, decide=True)
            await self._evaluate(portfolio, here[held], now, decide=False)
            self._swept, self._days = portfolio, days

    def _moved(self, portfolio: Portfolio, days: Ints) -> set[int]:
        """Of whom something else is to be shown: of `days`, by account, another began, or something became known."""
        everyone = np.arange(len(days))
        if self._swept is not portfolio:
            return set(everyone.tolist())
        moved = portfolio.columns.shown[everyone, STALE_SHOWN] != portfolio.stale_feeds(everyone)
        moved |= portfolio.columns.undecided[everyone]
        moved[: len(self._days)] |= days[: len(self._days)] != self._days
        return set(np.flatnonzero(moved).tolist())

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
        """Close the days that are over for everybody, in whatever zone, but for whom time stands still; gives whose
        day turned.

        So each account is held against whole days of all others, and only once it is known who wrote on them. A day of
        which the window does not show the whole past, after a very long sleep, is passed over.
        """
        turned: set[int] = set()
        while not self._is_stale(portfolio):
            everyone = np.arange(len(portfolio))
            open_days = np.maximum(portfolio.columns.closed_day[everyone] + 1, portfolio.window.origin + DAYS - 1)
            today = portfolio.today(everyone, now)
            first_today = today[~portfolio.is_held(everyone, now)].min(initial=NEVER)
            waiting = everyone[open_days < np.minimum(today, first_today)]
            if not len(waiting):
                break
            day = int(open_days[waiting].min())
            due = waiting[open_days[waiting] == day]
            if self._member.feeds.awaits_contacts(now, day):
                break
            if not await cohort_days.see(self._member, portfolio, day, now):
                break
            for begin in range(0, len(due), AT_ONCE):
                async with self._member.changing():
                    if self._is_stale(portfolio):
                        return turned
                    await self._close(portfolio, due[begin : begin + AT_ONCE], day, now)
                await asyncio.sleep(0)
            turned.update(due.tolist())
        async with self._member.changing():
            if turned and not self._is_stale(portfolio):
                await self._settle_lanes(portfolio)
        return turned

    async def _close(self, portfolio: Portfolio, positions: Ints, day: int, now: int, *, again: bool = False) -> None:
        """Make the standing at the end of `day` the closed one, keep it in the history if it changed, and tell what
        began and ended. `again`: more became known of that day, or of those before it, than was known at its close."""
        columns = portfolio.columns
        before, told_before = columns.closed.take(positions), columns.current.take(positions)
        portfolio.window.make_room(len(portfolio), day)
        panel = await self._panel(portfolio, positions, day)
        today = np.full(len(positions), day)
        previous = with_told(before, told_before)
        standing, found = evaluate(portfolio.model, self._member.cohort_on(day), panel, previous, today)
        said = explained(portfolio, news(positions, told_before, standing))
        columns.current.put(positions, told.with_episodes(told_before, standing))
        columns.closed.put(positions, standing)
        columns.closed_day[positions] = day
        known = kept_of(standing, found.health.score, found.health.coverage)
        # else another model closed the day, or what was known then is kept: its row stays
        unkept = (columns.kept_day[positions] < day) & (not again)
        differing = np.flatnonzero((known != columns.kept[positions]).any(axis=1) & unkept)
        columns.kept[positions[unkept]] = known[unkept]
        kept = Assessment(positions, day, standing, found, differing, said)
        moved = positions if again else positions[differs(before, standing)]
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

    async def _settle_lanes(self, portfolio: Portfolio) -> None:
        """Say through which day each lane is closed and who is not yet, and forget identities that are too old."""
        member, waited = self._member, portfolio.waiting
        closed, forgotten = portfolio.columns.closed_day, {}
        portfolio.waiting = set()
        async with transaction(member.engine) as tx:
            claims = await member.advance(tx, {})
            for lane in member.lanes():
                mine = portfolio.in_lanes([lane])
                if len(mine):
                    member.closed_days[lane] = int(closed[mine].max())
                    portfolio.waiting.update(mine[closed[mine] < member.closed_days[lane]].tolist())
                forgotten[lane] = await facts_store.forget(tx, lane, member.remember_from())
            late = np.array(sorted(waited | portfolio.waiting), np.int64)
            await changes.put_closed(tx, portfolio, late, portfolio.columns.closed.take(late))
            await store.count(tx, [(lane, member.closed_days[lane], Tally()) for lane in member.lanes()])
        member.claims = claims
        for lane, identities in forgotten.items():
            member.seen[lane].forget(identities)

    async def _look_back(self, portfolio: Portfolio, now: int) -> set[int]:
        """Walk the journey again, from the first day, for accounts of which more became known of closed days, and close
        the last of these again.

        What was told of days before that stays as it was. The moves of the journey are those that are true now; the
        history of health is not rewritten: it holds what was known then.
        """
        member, looked = self._member, set[int]()
        while not self._is_stale(portfolio):
            some = np.array(sorted(portfolio.backfilled), np.int64)
            some = some[~portfolio.is_held(some, now)][: rebuild.AT_ONCE]
            if not len(some):
                break
            async with member.changing():
                if self._is_stale(portfolio):
                    break
                columns = portfolio.columns
                last_days = columns.closed_day[some]
                before = dict(zip([portfolio.names[p] for p in some.tolist()], (last_days - 1).tolist(), strict=True))
                bench = Bench(partial(_of_name, before), member.cohort, now)
                async with transaction(member.engine) as tx:
                    claims = await member.advance(tx, {})
                    alone = member.empty(portfolio.model)
                    found = await rebuild.walked(tx, alone, list(before), bench)
                    walked = np.array([portfolio.find(name) for name in alone.names], np.int64)
                    standing = told.with_episodes(found.standing, columns.closed.take(walked))
                    columns.closed.put(walked, standing)
                    await phase_store.replace(tx, portfolio.model.version, found.moves)
                    await cell_store.replace(tx, portfolio.model.version, found.cell_moves)
                    await trouble_store.replace(tx, portfolio.model.version, found.troubles)
                member.claims = claims
                portfolio.backfilled.difference_update(some.tolist())
                for day in np.unique(last_days).tolist():
                    await self._close(portfolio, some[last_days == day], day, now, again=True)
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
                        about = {said.position for said in assessment.said}
                        await changes.put_accounts(tx, portfolio, sorted(about))
                        self._member.touch(about)
                        await changes.put_health(tx, portfolio, assessment, now)
                        count += await changes.put_said(tx, portfolio, assessment, now)
                self._member.claims = claims
            if count:
                self._member.said()
            await asyncio.sleep(0)


def _of_name(days: Mapping[str, int], name: str, _lane: int) -> int:
    return days[name]
