"""Evaluates owned accounts now, and says what of that is news: rows to show, episodes to tell.

An evaluation starts from the standing at the close of the newest day that is over, so that it may be repeated as often
as events come; its episodes start from those that were told. What it shows changes with every event. What it tells is
another matter: of half a day nobody knows yet what it comes to, nor whether everybody had such a day. Episodes are
told when their day closes; within the day only what somebody did once (wrote, renewed, left), and trouble that breaks
out beyond doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import MOMENTS, SignalKind, SignalState
from banso_scoring import told
from banso_scoring.domain.evaluation import Evaluation, evaluate
from banso_scoring.domain.incident.explained import TROUBLES
from banso_scoring.domain.journey.journey import goal_code
from banso_scoring.domain.signals import breaks_out
from banso_scoring.domain.standing import AXES, KIND_ROWS, KINDS, NO_VALUE, OPENED, Standing
from banso_scoring.domain.struggle.usual import Cohort, ContactState
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.portfolio import Portfolio

AT_ONCE = 8_192
"""Accounts evaluated in one pass: enough to be fast, few enough to stay in the cache and yield to others."""
STALE_SHOWN = -1
"""Where the stale feed stands among what is shown."""
VALUE_PLACES = 100 ** np.arange(AXES)

Bools = NDArray[np.bool_]
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
    part_of: str | None = None
    """The incident that tells of it already."""
    turn: int = 0
    """How often its opening was said before: again when it becomes a part of an incident, or is none any more."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One pass over some accounts: what they show now (rows where it changed), and what is to be said."""

    positions: Ints
    day: int
    standing: Standing
    evaluation: Evaluation
    changed: NDArray[np.intp]
    """Columns of this assessment whose shown numbers differ from before."""
    said: list[Said]


def assess(
    portfolio: Portfolio, positions: Ints, cohort_on: Callable[[int], Cohort], now: int, *, decide: bool
) -> Iterator[Assessment]:
    """Evaluate `positions` at `now`, each on its own local day and against the cohort of it, a bounded number at once.

    `decide`: let episodes begin and end; else they stay as they were told. For whom time stands still it does so at an
    instant at which contacts were heard.
    """
    days, held = portfolio.today(positions, now), portfolio.is_held(positions, now)
    kinds = 2 * days + held
    for kind in np.unique(kinds).tolist():
        day, known = kind // 2, cohort_on(kind // 2)
        if kind % 2:
            known = replace(known, contact=ContactState.HEARD)
        portfolio.window.make_room(len(portfolio), day)
        mine = positions[kinds == kind]
        for begin in range(0, len(mine), AT_ONCE):
            yield _assess(portfolio, mine[begin : begin + AT_ONCE], day, known, decide)


def _assess(portfolio: Portfolio, positions: Ints, day: int, cohort: Cohort, decide: bool) -> Assessment:
    columns = portfolio.columns
    before = columns.current.take(positions)
    previous = with_told(columns.closed.take(positions), before)
    today = np.full(len(positions), day, np.int64)
    standing, evaluation = evaluate(portfolio.model, cohort, portfolio.panel(positions, day), previous, today)
    said: list[Said] = []
    if decide:
        is_next = columns.closed_day[positions] >= day - 1
        standing = within_the_day(before, standing, is_next & outbreak(portfolio.model, standing, evaluation, today))
        said = explained(portfolio, news(positions, before, standing)) + _again(portfolio, positions, standing)
    else:
        standing = told.with_episodes(standing, before)
    columns.undecided[positions] = not decide
    columns.current.put(positions, standing)
    health = evaluation.health
    plans = evaluation.attainment.state.astype(np.int64)
    stale = portfolio.stale_feeds(positions)
    facets = np.stack([columns.last_day[positions], goal_code(evaluation.journey), plans, stale], axis=1)
    shown = shown_of(standing, health.score, health.coverage, facets)
    changed = np.flatnonzero((shown != columns.shown[positions]).any(axis=1))
    columns.shown[positions] = shown
    return Assessment(positions, day, standing, evaluation, changed, said)


def with_told(closed: Standing, said: Standing) -> Standing:
    """The closed standing with the episodes that were told since: who was told of opens no second time and is
    closed at the lower threshold."""
    return told.where(said.episode >= closed.episode, said, closed)


def outbreak(model: SuccessModel, after: Standing, found: Evaluation, today: Ints) -> Bools:
    """(n,): whose trouble breaks out today."""
    level = found.episodes.level[KIND_ROWS[SignalKind.STRUGGLING]]
    return breaks_out(model, level, after.trouble_days[OPENED], today)


def within_the_day(before: Standing, after: Standing, outbreak: Bools) -> Standing:
    """`after` with those of its episodes that are told before the day is over, the others as they were `before`."""
    told_now = np.repeat(_DONE_ONCE, after.n, axis=1)
    told_now[KIND_ROWS[SignalKind.STRUGGLING]] = outbreak
    return told.where(~(told_now & (after.episode > before.episode)), before, after)


_DONE_ONCE = np.isin(KINDS, [SignalKind.CONTACT_MADE, SignalKind.CONTRACT_RENEWED, SignalKind.CONTRACT_ENDED])[:, None]
"""Which kinds are what they are, whatever else the day brings."""
_MOMENT = np.array([kind in MOMENTS for kind in KINDS])[:, None]
"""Which kinds of episode never stay open."""


def news(positions: Ints, before: Standing, after: Standing) -> list[Said]:
    """What began and what ended from one standing of `positions` to the next; an episode that is over is not begun."""
    opened = (after.episode > before.episode) & (after.open | _MOMENT)  # else it was over before it could be told
    closed = before.open & (~after.open | opened)
    news = []
    for row, column in zip(*np.nonzero(closed), strict=True):
        number, since = int(before.episode[row, column]), int(before.opened_day[row, column])
        news.append(Said(int(positions[column]), KINDS[row], SignalState.CLOSED, number, since, int(column)))
    for row, column in zip(*np.nonzero(opened), strict=True):
        number, since = int(after.episode[row, column]), int(after.opened_day[row, column])
        news.append(Said(int(positions[column]), KINDS[row], SignalState.OPENED, number, since, int(column)))
    return news


def explained(portfolio: Portfolio, said: list[Said]) -> list[Said]:
    """What is said, each with the incident of which it is a part, which counts as said."""
    parts = portfolio.explained
    return [
        replace(
            one,
            part_of=parts.opened(one.position, one.kind, one.episode)
            if one.state is SignalState.OPENED
            else parts.closed(one.position, one.kind),
        )
        for one in said
    ]


def _again(portfolio: Portfolio, positions: Ints, standing: Standing) -> list[Said]:
    """What is said anew of open episodes: they became a part of an incident, or are none any more."""
    found: list[Said] = []
    parts = portfolio.explained
    about = {*(parts.now or ()), *parts.said}
    for column in np.flatnonzero(np.isin(positions, list(about))).tolist() if about else ():
        position = int(positions[column])
        for kind in TROUBLES:
            row = KIND_ROWS[kind]
            number, since = int(standing.episode[row, column]), int(standing.opened_day[row, column])
            part = parts.again(position, kind, number) if standing.open[row, column] else None
            if part is not None:
                found.append(
                    Said(position, kind, SignalState.OPENED, number, since, column, part.subject or None, part.turn)
                )
    return found


def kept_of(standing: Standing, score: Floats, coverage: Floats) -> Ints:
    """(n, KEPT): what the history holds, as whole numbers; -1 for a score that cannot be given."""
    parts = (np.where(np.isnan(score), -1.0, np.rint(score)), np.rint(100 * coverage), standing.band, standing.phase)
    return np.stack([np.asarray(part).astype(np.int64) for part in parts], axis=1)


def _place(standing: Standing) -> Ints:
    """(n,): the values of the matrix' axes as one number."""
    return np.asarray(VALUE_PLACES @ (standing.axis_value.astype(np.int64) - NO_VALUE))


def shown_of(standing: Standing, score: Floats, coverage: Floats, facets: Ints) -> Ints:
    """(n, SHOWN): what a reader of the list sees, as whole numbers; -1 for a score that cannot be given.

    `facets` is (n, 4): the day of the last event, what holds of the goal, how the success plan stands, and which
    feed is stale.
    """
    is_open = (standing.open * (1 << np.arange(len(KINDS)))[:, None]).sum(axis=0)
    place = (standing.entered_day, _place(standing), standing.cell_day, standing.pattern, standing.trouble_stage)
    rest = np.stack([is_open, *(column.astype(np.int64) for column in place)], axis=1)
    return np.concatenate([kept_of(standing, score, coverage), rest, facets], axis=1)
