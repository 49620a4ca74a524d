"""When accounts will pass their goals, worked out on request: their metrics as they were in the weeks before.

A value of an earlier day counts only where all the days that it looks back on are known: the account began
since the live window did, or the window reaches back so far.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.evaluation import Evaluation
from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.facts.windows import weigh
from banso_scoring.domain.health import metrics
from banso_scoring.domain.journey.estimate import POINTS, STEP_DAYS, Estimates, back_days, estimate, span_days
from banso_scoring.domain.matrix.matrix import of_cell
from banso_scoring.domain.standing import NO_DAY
from banso_scoring.domain.struggle import silence
from banso_scoring.domain.struggle.usual import Cohort, contact_known
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.portfolio import Portfolio

REACH_DAYS = STEP_DAYS * (POINTS - 1)
"""So far back values are looked at."""

Ints = NDArray[np.int64]


def estimates(
    portfolio: Portfolio, cohort: Cohort, places: tuple[Ints, int], found: Evaluation
) -> list[tuple[Ints, Estimates]]:
    """When accounts will pass, as groups that share a goal: their columns in `found`, and the estimates of these.

    `places`: the positions that were evaluated, and their day.
    """
    model, (positions, day) = portfolio.model, places
    kinds = np.stack([found.placement.cell, found.journey.phase])
    groups = [
        (of_cell(model, cell).journey[phase], np.flatnonzero((kinds == [[cell], [phase]]).all(axis=0)))
        for cell, phase in np.unique(kinds, axis=1).T.tolist()
    ]
    wanted = sorted({condition.metric for phase, _ in groups for condition in phase.goal})
    values = _values(portfolio, cohort, wanted, positions, day)
    since = found.journey.goal_since
    held = np.where(since == NO_DAY, 0.0, day - since + 1.0)
    held = np.where(found.journey.barred, np.nan, held)
    made = []
    for phase, columns in groups:
        rows = [wanted.index(condition.metric) for condition in phase.goal]
        mine = values[rows][:, :, columns]
        made.append((columns, estimate(phase, model.metrics, mine, held[columns])))
    return made


def _values(portfolio: Portfolio, cohort: Cohort, wanted: list[int], positions: Ints, day: int) -> Floats:
    """(len(wanted), POINTS, n): those metrics, oldest first."""
    model = portfolio.model
    only = replace(model, metrics=tuple(model.metrics[index] for index in wanted))
    first_day, origin = portfolio.columns.first_day[positions], portfolio.window.origin
    values = np.full((len(wanted), POINTS, len(positions)), np.nan)
    for point, back in enumerate(back_days()):
        at = day - back
        measured = _measured(only, cohort, portfolio, positions, at)
        for row, metric in enumerate(only.metrics):
            whole = (first_day >= origin) | (at - span_days(metric) + 1 >= origin)
            values[row, point] = np.where(whole & (first_day <= at), measured[row], np.nan)
    return values


def _measured(model: SuccessModel, cohort: Cohort, portfolio: Portfolio, positions: Ints, day: int) -> Floats:
    panel = portfolio.panel(positions, day)
    panel = replace(panel, today=np.full(panel.n, day, np.int64))
    windows = weigh(model, panel)
    struggle = silence.evaluate(model, panel, cohort, contact_known(model, cohort), windows)
    return metrics.evaluate(model, metrics.Facts(panel, windows, cohort, struggle))
