"""Evaluates owned accounts now, and says what of that is news: rows to show, episodes to tell.

An evaluation starts from the standing at the close of yesterday, so that it may be repeated as often as
events come. An episode that was told and is then withdrawn on the same day keeps its number: the closed
standing is raised to it, so that the next opening has a number of its own and is told too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import SignalKind, SignalState
from banso_scoring.domain.evaluation import Evaluation, evaluate
from banso_scoring.domain.standing import KINDS, Standing
from banso_scoring.domain.usual import Cohort
from banso_scoring.portfolio import Portfolio

AT_ONCE = 4_096
"""Accounts evaluated in one pass: enough to be fast, few enough to stay in the cache and yield to others."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Said:
    """One episode that began or ended: `column` is the account's place in `evaluation`."""

    position: int
    kind: SignalKind
    state: SignalState
    episode: int
    opened_day: int
    column: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """One pass over some accounts: what they show now (rows where it changed), and what is to be said."""

    positions: Ints
    day: int
    standing: Standing
    evaluation: Evaluation
    changed: NDArray[np.intp]
    """Columns of this assessment whose shown numbers differ from before."""
    raised: Ints
    """Positions whose closed standing was raised and must be stored."""
    said: list[Said]


def assess(portfolio: Portfolio, positions: Ints, cohort: Cohort, now: int) -> Iterator[Assessment]:
    """Evaluate `positions` at `now`, each on its own local day, a bounded number at a time."""
    days = portfolio.today(positions, now)
    for day in np.unique(days).tolist():
        portfolio.window.make_room(len(portfolio), day)
        mine = positions[days == day]
        for begin in range(0, len(mine), AT_ONCE):
            yield _assess(portfolio, mine[begin : begin + AT_ONCE], day, cohort)


def _assess(portfolio: Portfolio, positions: Ints, day: int, cohort: Cohort) -> Assessment:
    columns = portfolio.columns
    previous, before = columns.closed.take(positions), columns.current.take(positions)
    today = np.full(len(positions), day, np.int64)
    standing, evaluation = evaluate(portfolio.model, cohort, portfolio.panel(positions, day), previous, today)
    said = _news(positions, before, standing)
    withdrawn = (before.episode > standing.episode).any(axis=0)
    raised = positions[withdrawn]
    if len(raised):
        columns.closed.episode[:, raised] = np.maximum(columns.closed.episode[:, raised], before.episode[:, withdrawn])
        standing.episode[:, withdrawn] = np.maximum(standing.episode[:, withdrawn], before.episode[:, withdrawn])
    columns.current.put(positions, standing)
    health = evaluation.health
    shown = shown_of(standing, health.score, health.coverage, columns.last_day[positions])
    changed = np.flatnonzero((shown != columns.shown[positions]).any(axis=1))
    columns.shown[positions] = shown
    return Assessment(positions, day, standing, evaluation, changed, raised, said)


def _news(positions: Ints, before: Standing, after: Standing) -> list[Said]:
    opened = after.episode > before.episode
    closed = before.open & (~after.open | opened)
    news = []
    for row, column in zip(*np.nonzero(closed), strict=True):
        number, since = int(before.episode[row, column]), int(before.opened_day[row, column])
        news.append(Said(int(positions[column]), KINDS[row], SignalState.CLOSED, number, since, int(column)))
    for row, column in zip(*np.nonzero(opened), strict=True):
        number, since = int(after.episode[row, column]), int(after.opened_day[row, column])
        news.append(Said(int(positions[column]), KINDS[row], SignalState.OPENED, number, since, int(column)))
    return news


def kept_of(standing: Standing, score: Floats, coverage: Floats) -> Ints:
    """(n, KEPT): what the history holds, as whole numbers; -1 for a score that cannot be given."""
    parts = (np.where(np.isnan(score), -1.0, np.rint(score)), np.rint(100 * coverage), standing.band, standing.phase)
    return np.stack([np.asarray(part).astype(np.int64) for part in parts], axis=1)


def shown_of(standing: Standing, score: Floats, coverage: Floats, last_day: Ints) -> Ints:
    """(n, SHOWN): what a reader of the list sees, as whole numbers; -1 for a score that cannot be given."""
    is_open = (standing.open * (1 << np.arange(len(KINDS)))[:, None]).sum(axis=0)
    rest = np.stack([standing.entered_day.astype(np.int64), is_open, last_day], axis=1)
    return np.concatenate([kept_of(standing, score, coverage), rest], axis=1)
