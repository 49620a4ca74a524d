"""What weekly alerts at a budget would have been worth: the riskiest accounts of each week, each once a horizon.

precision   alerts after which the contract ended within the horizon / all alerts
recall      accounts alerted within the horizon before their contract ended / all that could have been: those
            whose contract ended within the horizon after some week in which they were seen
lead        days from the first such alert to the end (median over the accounts foreseen)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.past.backtest import Floats, Ints, Rows
from banso_scoring.domain.past.backtest_figures import NONE

BUDGET = 0.02


@dataclass(frozen=True, slots=True)
class Given:
    """The alerts of one past."""

    alerts: int
    hits: int
    ended: int
    leads: Ints
    """Days of warning, one for each account foreseen."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """How alerts fared."""

    alerts: int
    precision: float
    foreseen: int
    ended: int
    recall: float
    lead_days: float


def give(rows: Rows, risk: Floats, horizon: int, budget: float = BUDGET) -> Given:
    """The alerts of `rows`, by rising day, whose days are the weeks: `budget` of the open accounts each week.

    Whoever was alerted is left alone for `horizon` days. Equal risks are taken in the order of `rows`.
    """
    alone_until: dict[int, int] = {}
    picks = [np.empty(0, np.intp)]
    weeks, begins = np.unique(rows.day, return_index=True)
    for week, part in zip(weeks.tolist(), np.split(np.arange(len(rows)), begins[1:]), strict=True):
        free = part[[alone_until.get(account, week) <= week for account in rows.account[part].tolist()]]
        picked = free[np.argsort(-risk[free], kind="stable")[: int(np.ceil(budget * len(part)))]]
        alone_until.update(dict.fromkeys(rows.account[picked].tolist(), week + horizon))
        picks.append(picked)
    picked = np.concatenate(picks)
    left = rows.left(horizon)
    hits = picked[left[picked]]
    first = np.unique(rows.account[hits], return_index=True)[1]
    return Given(len(picked), len(hits), len(np.unique(rows.account[left])), rows.ends_in[hits][first])


def fared(given: Sequence[Given]) -> Alerts:
    """The alerts of several pasts together."""
    alerts, hits, ended = (sum(getattr(one, name) for one in given) for name in ("alerts", "hits", "ended"))
    leads = np.concatenate([np.empty(0, np.int64), *(one.leads for one in given)])
    return Alerts(
        alerts=alerts,
        precision=hits / alerts if alerts else NONE,
        foreseen=len(leads),
        ended=ended,
        recall=len(leads) / ended if ended else NONE,
        lead_days=float(np.median(leads)) if len(leads) else NONE,
    )
