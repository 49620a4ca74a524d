"""What a backtest found, as figures beside those of the recency rule: by cutoff, pooled, by cell, as alerts.

The verdict is given on active accounts, all cutoffs pooled: `loses` when the model's AUC is below that of recency,
`cannot-say` when fewer than ENDED_MIN of their contracts ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from banso_scoring.domain.past.backtest import Bools, Floats, Rows
from banso_scoring.domain.past.backtest_alerts import BUDGET, Alerts, fared, give
from banso_scoring.domain.past.backtest_figures import (
    CalibrationRow,
    Estimate,
    auc_estimates,
    brier,
    calibration,
    lift,
)
from banso_scoring.domain.past.backtest_probability import rolling
from banso_scoring.domain.success_model import SuccessModel

ENDED_MIN = 20
POOLED = "pooled"
OPEN, ACTIVE, CALM, KEPT = POPULATIONS = ("open", "active", "calm", "kept")


class Verdict(StrEnum):
    """Whether the model ranks better than the recency rule."""

    BEATS = "beats"
    LOSES = "loses"
    CANNOT_SAY = "cannot-say"


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one past, and what its days stand for."""

    rows: Rows
    """By rising day."""
    weeks: frozenset[int]
    """Days on which alerts are given."""
    cutoffs: Mapping[int, str]
    """Day -> the name of the cutoff; the same name in several parts is one cutoff."""
    judged: bool = True
    """Else it only tells what risks meant before."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well some accounts were ranked."""

    cutoff: str
    population: str
    accounts: int
    ended: int
    model: Estimate
    recency: Estimate
    gain: Estimate
    """AUC of the model less that of recency."""
    lift: float
    lift_recency: float


@dataclass(frozen=True, slots=True)
class Probabilities:
    """How well risks, read as probabilities on a rolling window, fit what came; None before anything was known."""

    rows: int
    brier: float
    brier_base: float
    """Of saying of everybody the share of all."""
    table: list[CalibrationRow]


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one model."""

    model: str
    version: str
    verdict: Verdict
    horizon: int
    budget: float
    rankings: list[Ranking]
    """By cutoff, then pooled; each for the populations."""
    cells: list[Ranking]
    """Active accounts, pooled, by cell of the matrix; empty when there is one cell."""
    alerts: Alerts
    alerts_recency: Alerts
    probabilities: Probabilities | None


def report(model: SuccessModel, parts: Sequence[Part], horizon: int, budget: float = BUDGET) -> Report:
    """The figures of `model`, whose rows `parts` hold. Raises ValueError when no part has a row at a cutoff."""
    judged = [part for part in parts if part.judged]
    rows, names = _at_cutoffs(judged)
    if not len(rows):
        raise ValueError("no account was open at any cutoff")
    order = [*dict.fromkeys(name for part in judged for name in part.cutoffs.values())]
    rankings = [
        ranking
        for cutoff in [*order, POOLED]
        for ranking in _populations(rows.where((names == cutoff) | (cutoff == POOLED)), cutoff, horizon)
    ]
    cells = model.matrix.cells
    active = rows.where(rows.active)
    by_cell = [
        _ranking(active.where(active.cell == index), (POOLED, cell.key), horizon) for index, cell in enumerate(cells)
    ]
    weeks = [part.rows.where(np.isin(part.rows.day, list(part.weeks))) for part in judged]
    return Report(
        model=model.name,
        version=model.version,
        verdict=_verdict(rankings),
        horizon=horizon,
        budget=budget,
        rankings=rankings,
        cells=by_cell if len(cells) > 1 else [],
        alerts=fared([give(one, one.risk, horizon, budget) for one in weeks]),
        alerts_recency=fared([give(one, one.recency, horizon, budget) for one in weeks]),
        probabilities=_probabilities(parts, horizon),
    )


def pooled(found: Report, population: str = ACTIVE) -> Ranking:
    """The pooled ranking of a population."""
    return next(one for one in found.rankings if (one.cutoff, one.population) == (POOLED, population))


def gain_of(parts: Sequence[Part], over: Sequence[Part], horizon: int) -> Estimate | None:
    """AUC of one model's rows less that of another's, active accounts pooled; None when they saw other accounts."""
    mine, theirs = (_at_cutoffs([part for part in some if part.judged])[0] for some in (parts, over))
    same = len(mine) == len(theirs) and bool(((mine.day == theirs.day) & (mine.account == theirs.account)).all())
    if not same:
        return None
    active = mine.active
    risks = {"theirs": theirs.risk[active], "mine": mine.risk[active]}
    return auc_estimates(mine.left(horizon)[active], risks, mine.account[active])["mine - theirs"]


def _at_cutoffs(parts: Sequence[Part]) -> tuple[Rows, np.ndarray[tuple[int], np.dtype[np.str_]]]:
    """The rows of all cutoffs, accounts numbered apart, and the name of each row's cutoff."""
    kept, names, apart, first = [], [], [], 0
    for part in parts:
        some = part.rows.where(np.isin(part.rows.day, list(part.cutoffs)))
        kept.append(some)
        names += [part.cutoffs[day] for day in some.day.tolist()]
        apart.append(first)
        first += int(part.rows.account.max(initial=-1)) + 1
    return Rows.joined(kept, apart), np.array(names, np.str_)


def members(rows: Rows, population: str) -> Bools:
    """Which of `rows` are of a population."""
    masks = {ACTIVE: rows.active, CALM: rows.calm, KEPT: rows.kept}
    return masks.get(population, np.ones(len(rows), np.bool_))


def _populations(rows: Rows, cutoff: str, horizon: int) -> list[Ranking]:
    return [_ranking(rows.where(members(rows, name)), (cutoff, name), horizon) for name in POPULATIONS]


def _ranking(rows: Rows, place: tuple[str, str], horizon: int) -> Ranking:
    left: Bools = rows.left(horizon)
    found = auc_estimates(left, {"recency": rows.recency, "model": rows.risk}, rows.account)
    return Ranking(
        cutoff=place[0],
        population=place[1],
        accounts=len(rows),
        ended=int(left.sum()),
        model=found["model"],
        recency=found["recency"],
        gain=found["model - recency"],
        lift=lift(left, rows.risk),
        lift_recency=lift(left, rows.recency),
    )


def _verdict(rankings: Sequence[Ranking]) -> Verdict:
    judged = next(one for one in rankings if (one.cutoff, one.population) == (POOLED, ACTIVE))
    if judged.ended < ENDED_MIN or np.isnan(judged.gain.value):
        return Verdict.CANNOT_SAY
    return Verdict.LOSES if judged.gain.value < 0 else Verdict.BEATS


def _probabilities(parts: Sequence[Part], horizon: int) -> Probabilities | None:
    """Each cutoff's risks by the curve of all earlier rows, of any part, whose outcome was known by then."""
    rows = Rows.joined([part.rows for part in parts])
    asked = np.concatenate(
        [
            np.isin(part.rows.day, list(part.cutoffs)) if part.judged else np.zeros(len(part.rows), np.bool_)
            for part in parts
        ]
    )
    left = rows.left(horizon)
    said: Floats = rolling(rows.day, left, rows.risk, (horizon, asked))
    known = asked & ~np.isnan(said)
    if not known.any():
        return None
    left, said = left[known], said[known]
    return Probabilities(
        rows=len(said),
        brier=brier(left, said),
        brier_base=brier(left, np.full(len(left), left.mean())),
        table=calibration(left, said),
    )
