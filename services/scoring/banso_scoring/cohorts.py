"""What is usual, from the stored sketches of all lanes, whoever owns them."""

from __future__ import annotations

from functools import reduce

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import store
from banso_scoring.domain.struggle.cohort import CohortSketch, merge, sketch
from banso_scoring.domain.struggle.usual import Cohort, fit
from banso_scoring.portfolio import Portfolio

NOBODY = np.empty(0, np.int64)


def sketch_of(portfolio: Portfolio, positions: NDArray[np.int64], day: int) -> CohortSketch:
    """What these accounts add to the cohort of `day`."""
    return sketch(portfolio.model, portfolio.panel(positions, day), day)


async def cohort_of(tx: AsyncConnection, portfolio: Portfolio, day: int) -> Cohort:
    """What is usual on `day` under the portfolio's model, from what was seen up to then."""
    raw = await store.sketches(tx, portfolio.model.version, day)
    parts = [CohortSketch.from_dict(msgspec.json.decode(one)) for one in raw]
    return fit(portfolio.model, reduce(merge, parts, sketch_of(portfolio, NOBODY, day)))
