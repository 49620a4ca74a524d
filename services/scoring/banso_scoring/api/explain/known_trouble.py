"""The trouble of one account as it was known on a day: what came late since does not reach it."""

from __future__ import annotations

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import cohort_store
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.struggle.usual import Cohort

WALKED_DAYS = 180
"""Trouble that ended before then moves no score any more."""
ONE = np.zeros(1, np.int64)


async def known_before(tx: AsyncConnection, past: Past, cohort: Cohort, day: int) -> Standing:
    """How the only account of `past` stood at the close of the day before: walked from long before, on each day by
    what was known by its end and the cohort that was kept of it (`cohort` where none was)."""
    model, first_day = past.model, day - WALKED_DAYS
    cohort_on = await cohort_store.by_day(tx, model.version, first_day, cohort)
    standing = Standing.new(1)
    for known in past.walk(first_day, day - 1):
        if len(known.positions):
            today = np.full(1, known.day)
            standing, _ = evaluate(model, cohort_on(known.day), known.panel(ONE), standing, today)
    return standing
