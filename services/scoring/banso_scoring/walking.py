"""Walks the journey of accounts again, day by day, from each one's first day to the last that is closed.

What it comes to depends on the facts, the model and each day's cohort alone, not on when the facts came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from banso_scoring import changes
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.journey.phase_history import Move, moves_of
from banso_scoring.domain.matrix.matrix_why import CellMove
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.struggle.course_history import Episode
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.portfolio import Portfolio

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Walk:
    """Where it ended: the closed standing with the episodes that were told before, and the moves by account."""

    standing: Standing
    moves: dict[str, list[Move]] = field(default_factory=dict)
    cell_moves: dict[str, list[CellMove]] = field(default_factory=dict)
    troubles: dict[str, list[Episode]] = field(default_factory=dict)


async def walk(
    portfolio: Portfolio, positions: Ints, cohort_on: Callable[[int], Cohort], reach: Callable[[int], None]
) -> Walk:
    """Walk `positions`, each day against its own cohort; `reach` is called before each day, so that the portfolio's
    window can move along."""
    columns, names = portfolio.columns, [portfolio.names[p] for p in positions.tolist()]
    told, standing = columns.closed.take(positions), Standing.new(len(positions))
    found = Walk(standing, {name: [] for name in names}, {name: [] for name in names}, {name: [] for name in names})
    first, last = columns.first_day[positions], columns.closed_day[positions]
    for day in range(int(first.min()), int(last.max()) + 1) if len(positions) else ():
        alive = np.flatnonzero((first <= day) & (day <= last))
        if not len(alive):
            continue
        reach(day)
        panel = portfolio.panel(positions[alive], day)
        before = standing.take(alive)
        after, made = evaluate(portfolio.model, cohort_on(day), panel, before, np.full(len(alive), day))
        standing.put(alive, after)
        for name, trouble in changes.troubles_of_day(portfolio, positions[alive], before, after, made):
            found.troubles[name].append(trouble)
        for place, move in moves_of(portfolio.model, made.journey, day):
            found.moves[names[alive[place]]].append(move)
        for account, cell_move in changes.cell_moves_of_day(portfolio, positions[alive], made, day):
            found.cell_moves[account].append(cell_move)
        await asyncio.sleep(0)
    return replace(found, standing=replace(standing, open=told.open, episode=told.episode, opened_day=told.opened_day))
