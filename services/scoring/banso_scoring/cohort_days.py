"""What is usual on each day on which anybody is: seen in our lanes, stored, and read for all lanes together.

Where tomorrow has begun in one time zone, accounts elsewhere are still judged against everybody on their own day.
"""

from __future__ import annotations

import asyncio

import numpy as np

from banso_common.contracts.codec import encode
from banso_common.db.transaction import transaction
from banso_scoring import cohort_store, store
from banso_scoring.assess import AT_ONCE
from banso_scoring.cohorts import NOBODY
from banso_scoring.domain.struggle.cohort import CohortSketch, merge
from banso_scoring.member import Member
from banso_scoring.portfolio import Portfolio


async def see_each(member: Member, portfolio: Portfolio, now: int) -> bool:
    """See what is usual on each day on which any account is for which time does not stand still.

    Gives whether that was done, as `see` does.
    """
    everyone = np.arange(len(portfolio))
    for day in np.unique(portfolio.today(everyone[~portfolio.is_held(everyone, now)], now)).tolist():
        if not await see(member, portfolio, day, now):
            return False
    return True


async def see(member: Member, portfolio: Portfolio, day: int, now: int) -> bool:
    """See what is usual on `day`: store what our lanes add to it, and read what all lanes say together.

    Accounts that have not come to that day add nothing: it has not begun where they are, or time stands still for
    them. Gives whether that was done, which it is not once `portfolio` is no longer the member's. Raises Fenced,
    Unavailable.
    """
    found: dict[int, CohortSketch] = {}
    for lane in member.lanes():
        found[lane] = member.sketch_of(NOBODY, day)
        mine = portfolio.in_lanes([lane])
        mine = mine[portfolio.today(mine, now) >= day]
        for begin in range(0, len(mine), AT_ONCE):
            async with member.changing():
                if member.portfolio is not portfolio:
                    return False
                portfolio.window.make_room(len(portfolio), day)
                found[lane] = merge(found[lane], member.sketch_of(mine[begin : begin + AT_ONCE], day))
            await asyncio.sleep(0)
    async with member.changing():
        if member.portfolio is not portfolio:
            return False
        async with transaction(member.engine) as tx:
            await member.advance(tx, {})
            for lane, sketch in found.items():
                await store.put_sketch(tx, lane, day, member.model.version, encode(sketch.to_dict()))
            member.learn(day, await member.cohort_of(tx, day))
            await cohort_store.keep(tx, day, member.model.version, member.cohort_on(day))
    return True
