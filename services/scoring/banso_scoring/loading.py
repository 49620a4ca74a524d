"""A lane out of the store into the portfolio: the way back to the truth at every assignment and after every fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_signal import Band
from banso_common.contracts.spelling import composed
from banso_common.telemetry.logs import logger
from banso_scoring import facts_store, plan_store, standing_codec, store, told
from banso_scoring.assess import kept_of, shown_of
from banso_scoring.domain.facts import profile
from banso_scoring.domain.facts.day_facts import Cells
from banso_scoring.domain.facts.fact_columns import columns_of
from banso_scoring.domain.plan.objectives import STATE_CODES, PlanState
from banso_scoring.domain.standing import BAND_CODES, Standing
from banso_scoring.portfolio import NOTHING_SHOWN, Portfolio

log = logger("scoring")

NO_PHASE = -1
"""A phase that the model no longer has: whatever is found next is news."""


async def load_lane(tx: AsyncConnection, portfolio: Portfolio, lane: int, today: int) -> int:
    """Add the accounts of `lane` and their recent facts; gives the day through which they are closed."""
    rows = await store.accounts(tx, lane, portfolio.model.version)
    closed_day = await store.closed_day(tx, lane)
    closed_day = today - 1 if closed_day is None else closed_day
    positions = np.array([portfolio.add(row.account, lane, today) for row in rows], np.int64)
    if len(rows):
        portfolio.take_plans(await plan_store.of_lane(tx, lane))
        _place(portfolio, positions, rows, closed_day)
        _remember_history(portfolio, await store.newest_history(tx, lane))
    await _load_facts(tx, portfolio, lane, today)
    _tell_decomposed(lane, [row.account for row in rows])
    return closed_day


async def load_accounts(
    tx: AsyncConnection, portfolio: Portfolio, names: Sequence[str], today: int
) -> tuple[Sequence[Row[Any]], dict[str, dict[int, Cells]]]:
    """Add some accounts and their recent facts, whoever owns them, to be looked at and not to be stored.

    Gives their rows, by position, and their facts by account and day.
    """
    rows = await load_described(tx, portfolio, names, today)
    if not len(rows):
        return rows, {}
    found = await facts_store.of_accounts(tx, portfolio.names, portfolio.window.origin)
    portfolio.add_facts(columns_of(found), today)
    facts: dict[str, dict[int, Cells]] = {}
    for (name, day), cells in found.items():
        facts.setdefault(name, {})[day] = cells
    return rows, facts


async def load_described(
    tx: AsyncConnection, portfolio: Portfolio, names: Sequence[str], today: int
) -> Sequence[Row[Any]]:
    """Add some accounts as they are described, planned and stand, without facts; gives their rows, by position."""
    rows = await store.accounts_named(tx, names, portfolio.model.version)
    positions = np.array([portfolio.add(row.account, row.lane, today) for row in rows], np.int64)
    if len(rows):
        portfolio.take_plans(await plan_store.of_accounts(tx, names))
        _place(portfolio, positions, rows, today - 1)
        # for whom time stands still it did so before: see `Portfolio.today`
        portfolio.columns.closed_day[positions] = [min(row.closed_day or today - 1, today - 1) for row in rows]
    return rows


def _place(portfolio: Portfolio, positions: NDArray[np.int64], rows: Sequence[Row[Any]], closed_day: int) -> None:
    columns, model = portfolio.columns, portfolio.model
    for position, row in zip(positions.tolist(), rows, strict=True):
        portfolio.profiles[position] = profile.decode(bytes(row.profile))
        portfolio.explained.put(position, told.parts_of(row.told))
        portfolio.describe(position)
    columns.feeds[positions] = [portfolio.feeds.mask_of(row.feeds) for row in rows]
    columns.first_day[positions] = [row.first_day for row in rows]
    own = np.array([row.closed_day or 0 for row in rows], np.int64)
    waits = np.array([bool(row.waits) for row in rows], np.bool_)
    columns.closed_day[positions] = np.where(waits, own, np.maximum(own, closed_day))
    portfolio.waiting.update(positions[waits].tolist())
    behind = [row.closed is None or row.backfilled for row in rows]
    portfolio.backfilled.update(positions[np.array(behind, np.bool_)].tolist())
    for column in ("last_day", "renewed_day", "ended_day"):
        known = [getattr(row, column) for row in rows]
        getattr(columns, column)[positions] = [-1 if day is None else day for day in known]
    said = told.decode([row.told for row in rows])
    closed = standing_codec.decode(model, [row.closed for row in rows])
    closed.episode[:, [row.closed is None for row in rows]] = told.UNCOUNTED
    columns.closed.put(positions, told.counted(closed, said))
    current = [row.closed if row.standing is None else row.standing for row in rows]
    standing = told.with_episodes(standing_codec.decode(model, current), said)
    columns.current.put(positions, standing)
    score = np.array([np.nan if row.score is None else row.score for row in rows])
    coverage = np.array([0.0 if row.coverage is None else row.coverage for row in rows])
    goal = np.array([0 if row.goal is None else row.goal for row in rows], np.int64)
    plans = np.array([-1 if row.objectives is None else STATE_CODES[PlanState(row.objectives)] for row in rows])
    stale = [portfolio.feeds.number_of(row.feed) + 1 if row.feed else 0 for row in rows]
    facets = np.stack([columns.last_day[positions], goal, plans, np.array(stale, np.int64)], axis=1)
    columns.shown[positions] = shown_of(standing, score, coverage, facets)
    unseen = [row.changed_at is not None and row.changed_at <= portfolio.shown_since_at for row in rows]
    columns.shown[positions[np.array(unseen, np.bool_)]] = NOTHING_SHOWN


def _remember_history(portfolio: Portfolio, rows: Sequence[Row[Any]]) -> None:
    """What the history holds last, so that the next close adds a row only for what changed since."""
    phases = {phase.key: index for index, phase in enumerate(portfolio.model.journey)}
    positions = np.array([portfolio.find(row.account) for row in rows], np.int64)
    standing = Standing.new(len(rows))
    standing.band[:] = [BAND_CODES[Band(row.band)] for row in rows]
    standing.phase[:] = [phases.get(row.phase, NO_PHASE) for row in rows]
    score = np.array([np.nan if row.score is None else row.score for row in rows], np.float64)
    coverage = np.array([row.coverage for row in rows], np.float64)
    portfolio.columns.kept[positions] = kept_of(standing, score, coverage)
    portfolio.columns.kept_day[positions] = [row.day for row in rows]


def _tell_decomposed(lane: int, names: Sequence[str]) -> None:
    """Say which accounts an older version stored under a spelling that ingest no longer sends."""
    found = [name for name in names if composed(name) != name]
    if found:
        log.warning(
            "accounts are stored under decomposed ids: what comes now is counted under the composed id, as another "
            "account; set BANSO_IDS_COMPOSED=false to let these go on",
            partition=lane,
            accounts=len(found),
            such_as=found[0],
        )


async def _load_facts(tx: AsyncConnection, portfolio: Portfolio, lane: int, today: int) -> None:
    merged, journal = await facts_store.of_lane(tx, lane, portfolio.window.origin)
    for facts in (columns_of(merged), *journal):
        portfolio.add_facts(facts, today)
