"""A member's part in a switch to another model: its lanes are judged by it in the background, then it counts.

    measure    what our accounts add to the cohort of the wanted model; then wait until all lanes are measured
    judge      all our accounts, then again those that were touched meanwhile; the last of them while batches wait
    ready      say so; when every lane is, one transaction lets the wanted model count
    follow     load our lanes anew, under the model that counts; remove what the former one made

A step is small, and may be broken off at any point: a lane whose owner changes or fails begins again.
"""

from __future__ import annotations

import asyncio

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.codec import encode
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Fenced, Unavailable
from banso_common.failpoints import failpoint
from banso_common.telemetry import metrics
from banso_common.telemetry.logs import logger
from banso_scoring import cohorts, rebuild, store, switch_store
from banso_scoring.cohorts import NOBODY
from banso_scoring.domain.struggle.cohort import merge
from banso_scoring.loading import load_accounts
from banso_scoring.member import Member
from banso_scoring.rebuild import AT_ONCE, Bench, Rebuild
from banso_scoring.switch_store import Stage, Superseded, Switch

POLL_S = 1.0
PAUSE_S = 0.005
"""Between two steps: batches come first."""
ROUNDS_MAX = 5
"""So often accounts that were touched meanwhile are judged again before the rest of them is left to the first sweep
of the new model."""

log = logger("switching")


class Switching:
    """Looks for a wanted model, and works towards it."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._unreadable: str | None = None

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            busy = False
            try:
                busy = await self.step()
            except (Unavailable, Fenced) as fault:
                log.warning("a step towards another model was broken off", reason=str(fault))
            await asyncio.sleep(PAUSE_S if busy else POLL_S)

    async def step(self) -> bool:
        """Do a little; gives whether there is more to do at once. Raises Fenced, Unavailable."""
        member = self._member
        async with reading(member.engine) as tx:
            switch = await switch_store.read(tx)
            obsolete = None if switch is None else await switch_store.obsolete(tx, switch)
            others = [] if switch is None or switch.wanted is None else await switch_store.progress(tx)
        if switch is None:
            return False
        if switch.current != member.model.version:
            return await self._follow(switch)
        if obsolete is not None:
            async with transaction(member.engine) as tx:
                await switch_store.remove_obsolete(tx)
            return True
        if switch.wanted is None or not member.claims:
            member.rebuild = None
            return False
        return await self._go_on(switch.wanted, all(lane.stage is not None for lane in others))

    async def _go_on(self, wanted: str, all_measured: bool) -> bool:
        made = self._member.rebuild
        if made is None or made.model.version != wanted:
            return await self._begin(wanted)
        if not made.measured:
            return await self._measure(made)
        return all_measured and await self._judge_more(made)

    async def _follow(self, switch: Switch) -> bool:
        """Another model counts: have the lanes loaded anew."""
        member = self._member
        if not member.claims:
            await member.load([])
            return True
        try:
            async with member.changing():
                raise Superseded(f"the model is now {switch.current}")
        except (Unavailable, Fenced):
            return False  # who reads our lanes loads them anew

    async def _begin(self, version: str) -> bool:
        """Take up the wanted model with all our lanes."""
        member = self._member
        async with reading(member.engine) as tx:
            model = await member.models.of(tx, version)
        if model is None:
            if self._unreadable != version:
                log.error("this version of banso cannot read the model that is wanted", version=version)
            self._unreadable = version
            return False
        async with member.changing():
            made = Rebuild.of(model, member.portfolio, member.lanes(), member.clock.now())
            lanes = {lane: (count, member.closed_days[lane]) for lane, count in made.accounts.items()}
            async with transaction(member.engine) as tx:
                claims = await member.advance(tx, {})
                if not await self._is_wanted(tx, version):
                    return True
                await switch_store.begin_lanes(tx, version, lanes)
            member.claims, member.rebuild = claims, made
        log.info("judging all accounts by another model", version=version, accounts=sum(made.accounts.values()))
        self._tell(made)
        return True

    async def _measure(self, made: Rebuild) -> bool:
        """Sketch some accounts; after the last ones store the sketches."""
        member = self._member
        if made.unmeasured:
            lane, names = made.unmeasured.pop()
            portfolio = member.empty(made.model)
            async with reading(member.engine) as tx:
                await load_accounts(tx, portfolio, names, member.today())
            portfolio.window.make_room(len(portfolio), made.day)
            sketch = cohorts.sketch_of(portfolio, np.arange(len(portfolio)), made.day)
            made.sketches[lane] = merge(made.sketches[lane], sketch) if lane in made.sketches else sketch
            return True
        nobody = cohorts.sketch_of(member.empty(made.model), NOBODY, made.day)
        async with member.changing():
            if member.rebuild is not made:
                return True
            async with transaction(member.engine) as tx:
                claims = await member.advance(tx, {})
                if not await self._is_wanted(tx, made.model.version):
                    return True
                for lane in member.lanes():
                    raw = encode(made.sketches.get(lane, nobody).to_dict())
                    await store.put_sketch(tx, lane, made.day, made.model.version, raw)
                await switch_store.set_stage(tx, member.lanes(), Stage.MEASURED)
            member.claims, made.measured = claims, True
        return True

    async def _judge_more(self, made: Rebuild) -> bool:
        """The next accounts; gives False when only other members have something to do."""
        if made.cohort is None:
            async with reading(self._member.engine) as tx:
                empty, today = self._member.empty(made.model), self._member.today()
                made.cohort = await cohorts.cohort_of(tx, empty, max(made.day, today + 1))
        if made.unjudged:
            lane, names = made.unjudged.pop()
            await self._judge(made, names)
            made.done[lane] += len(names)
            self._tell(made)
            return True
        if len(made.stale) > AT_ONCE and made.rounds < ROUNDS_MAX:
            made.rounds += 1
            for begin in range(0, len(names := sorted(made.stale)), AT_ONCE):
                await self._judge(made, names[begin : begin + AT_ONCE])
            return True
        return await self._finish(made)

    async def _judge(self, made: Rebuild, names: list[str]) -> None:
        """Judge `names` while batches go on, and store that."""
        judged = await self._judged(made, names)
        async with self._member.changing():
            if self._member.rebuild is made:
                await self._store(made, judged)

    async def _judged(self, made: Rebuild, names: list[str]) -> rebuild.Judged:
        member = self._member
        assert made.cohort is not None
        made.stale.difference_update(names)
        closed_days, ours = dict(member.closed_days), member.portfolio
        waiting = {ours.names[p]: int(ours.columns.closed_day[p]) for p in ours.waiting}
        bench = Bench(lambda name, lane: waiting.get(name, closed_days[lane]), made.cohort, member.clock.now())
        async with reading(member.engine) as tx:
            judged = await rebuild.judge(tx, member.empty(made.model), names, bench)
        alone = judged.portfolio
        alone.waiting.update(position for position, name in enumerate(alone.names) if name in waiting)
        return judged

    async def _store(self, made: Rebuild, judged: rebuild.Judged) -> None:
        member = self._member
        async with transaction(member.engine) as tx:
            claims = await member.advance(tx, {})
            if not await self._is_wanted(tx, made.model.version):
                return
            await rebuild.put(tx, judged, made.stale, member.clock.now())
            for lane, done in made.done.items():
                await switch_store.set_done(tx, lane, done)
        member.claims = claims

    async def _finish(self, made: Rebuild) -> bool:
        """Judge those that were touched last while batches wait, say that we are ready, and let the model count if
        all are. Gives whether it does."""
        member = self._member
        flipped = False
        try:
            async with member.changing():
                if member.rebuild is not made:
                    return True
                if made.stale and len(made.stale) <= AT_ONCE:
                    await self._store(made, await self._judged(made, sorted(made.stale)))
                await self._be_ready(made)
                async with transaction(member.engine) as tx:
                    former, now = member.model.version, member.clock.now()
                    flipped = await switch_store.flip(tx, former, made.model.version, now)
                failpoint("model-switched")
                if flipped:
                    log.info("another model counts", version=made.model.version, former=former)
                    raise Superseded(f"the model is now {made.model.version}")
        except Superseded:
            if not flipped:
                raise
        return flipped

    async def _be_ready(self, made: Rebuild) -> None:
        if made.ready:
            return
        member = self._member
        async with transaction(member.engine) as tx:
            claims = await member.advance(tx, {})
            if not await self._is_wanted(tx, made.model.version):
                return
            for lane, count in made.accounts.items():
                await switch_store.set_done(tx, lane, count)
            await switch_store.set_stage(tx, member.lanes(), Stage.READY)
        member.claims, made.ready = claims, True

    async def _is_wanted(self, tx: AsyncConnection, version: str) -> bool:
        switch = await switch_store.read(tx)
        return switch is not None and switch.wanted == version

    def _tell(self, made: Rebuild) -> None:
        metrics.scoring_switch_accounts.labels("all").set(sum(made.accounts.values()))
        metrics.scoring_switch_accounts.labels("judged").set(sum(made.done.values()))
