"""Exposures as columns: what is stored of them, row by row, laid out for counting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from banso_alerts.domain.proof.findings import DIMENSIONS, Exposures, units
from banso_alerts.domain.proof.outcomes import Exposed, Later, Outcome, came_of, is_due


@dataclass(frozen=True, slots=True)
class Measured:
    """One exposure, and what was said of its account later. `dimensions` are its values of `DIMENSIONS`."""

    play: str
    account: str
    told: bool
    share: float
    stratum: str
    dimensions: tuple[str, str, str]
    variant: str
    currency: str
    exposed: Exposed
    later: Sequence[Later]


def firsts(measured: Iterable[Measured]) -> list[Measured]:
    """The first exposure of each account, of exposures in the order of time."""
    seen: dict[str, Measured] = {}
    for each in measured:
        seen.setdefault(each.account, each)
    return list(seen.values())


def columns(measured: Sequence[Measured], now: int) -> Exposures:
    """The columns of these exposures; an outcome whose days are not over is not known."""
    return Exposures(
        told=np.array([each.told for each in measured], dtype=np.bool_),
        share=np.array([each.share for each in measured], dtype=np.float64),
        acv=np.array([units(each.exposed.acv) for each in measured], dtype=np.float64),
        currency=[each.currency for each in measured],
        strata=[each.stratum for each in measured],
        dimensions={name: [each.dimensions[place] for each in measured] for place, name in enumerate(DIMENSIONS)},
        values={
            outcome: np.array([value_of(each, outcome, now) for each in measured], dtype=np.float64)
            for outcome in Outcome
        },
    )


def value_of(measured: Measured, outcome: Outcome, now: int) -> float:
    """What came of an exposure; NaN when there is no answer, or none yet."""
    if not is_due(measured.exposed, outcome, now):
        return float("nan")
    value = came_of(measured.exposed, outcome, measured.later)
    return float("nan") if value is None else value
