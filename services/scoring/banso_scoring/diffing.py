"""Compares another success model with the running one on the stored facts: nothing is written, nothing is applied.

Accounts are read a bounded number at a time, twice: once for what is usual under each model, once for the walk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import DAY_MS, iso
from banso_scoring import past_store
from banso_scoring import tables as t
from banso_scoring.domain.matrix.model_diff import WALKED_DAYS, ModelDiff, Tally, changes, diff_of, outcome
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.struggle.cohort import CohortSketch, merge, sketch
from banso_scoring.domain.struggle.usual import fit
from banso_scoring.domain.success_model import SuccessModel

AT_ONCE = 4_096
MOVES_MAX = 10_000
Models = tuple[SuccessModel, SuccessModel]


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared: the running model and another, as of `day`; `time_zone` is the installation's."""

    models: Models
    day: int
    time_zone: str


def steps(accounts: int) -> int:
    """How many times `tick` will be called for so many accounts."""
    return -(-accounts // AT_ONCE) * (2 + 2 * WALKED_DAYS)


async def count(tx: AsyncConnection) -> int:
    """How many accounts there are."""
    return int((await tx.execute(select(func.count()).select_from(t.account))).scalar_one())


async def day_of(tx: AsyncConnection, today: int) -> int:
    """The day up to which the store has come: today, or earlier when nobody has swept since."""
    closed = (await tx.execute(select(func.max(t.lane.c.closed_day)))).scalar_one()
    return today if closed is None else min(today, closed + 1)


async def diff(tx: AsyncConnection, question: Question, tick: Callable[[], None] = lambda: None) -> ModelDiff:
    """What the second model would change. `tick` is called after each step; others may go on between two steps."""
    found = await _whole(tx, question, tick)
    before, after = (fit(model, whole) for model, whole in zip(question.models, found, strict=True))
    tally = Tally()
    async for pasts in _pasts(tx, question):
        one = await asyncio.to_thread(outcome, pasts[0], before, question.day, tick)
        other = await asyncio.to_thread(outcome, pasts[1], after, question.day, tick)
        tally.add(changes(pasts[0], one, other), other.said)
    return diff_of(tally, question.models, iso(question.day * DAY_MS)[:10], MOVES_MAX)


async def _whole(tx: AsyncConnection, question: Question, tick: Callable[[], None]) -> list[CohortSketch]:
    """The sketch of everybody under each model."""
    found: list[CohortSketch | None] = [None, None]
    async for pasts in _pasts(tx, question):
        for which, past in enumerate(pasts):
            one = await asyncio.to_thread(_sketch, past, question.day)
            mine = found[which]
            found[which] = one if mine is None else merge(mine, one)
            tick()
    return [one for one in found if one is not None]


def _sketch(past: Past, day: int) -> CohortSketch:
    known = next(iter(past.visit([day])))
    whole = sketch(past.model, known.panel(known.positions[:0]), day)
    for _, panel in known.blocks():
        whole = merge(whole, sketch(past.model, panel, day))
    return whole


async def _pasts(tx: AsyncConnection, question: Question) -> AsyncIterator[tuple[Past, Past]]:
    """Everybody's past under both models, some accounts at a time."""
    names: Sequence[str] = (await tx.execute(select(t.account.c.account).order_by(t.account.c.account))).scalars().all()
    for begin in range(0, max(len(names), 1), AT_ONCE):
        some = names[begin : begin + AT_ONCE]
        past = await past_store.read(tx, question.models[0], some, question.time_zone)
        yield past, past.under(question.models[1])
