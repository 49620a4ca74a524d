"""Success against what was agreed: how far each objective is, against the time that has passed, and what follows.

For an objective with baseline b, target t (which may be below b), agreed on day s, due on day d, value v today:

    attainment a = clip((v − b) / (t − b), 0, 1)          elapsed e = clip((today − s) / (d − s), 0, 1)
    on track     ⇔ a ≥ e − grace
    lag l        = clip((e − grace − a) / (behind − grace), 0, 1)
    ceiling      = 100 − (100 − ceiling_failing)·Σ w·l / Σ w              over the objectives with a known value
    ceiling      = ceiling_without                    where no objective is agreed, or none has a known value

The plan's attainment is Σ w·a / Σ w. Health is min(score, ceiling): the ceiling never raises it, does not fall
when attainment rises, and lies within [min(ceiling_failing, ceiling_without), 100]. So a busy account that misses
what it wanted is not healthy. Objectives do not offset one another: what is ahead does not excuse what is behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.plan.plans import Floats, Ints, Plans


class PlanState(StrEnum):
    """How an account's plan stands. `unmeasured`: agreed, but nothing is known of any objective's progress."""

    OFF = "off"
    NONE = "none"
    UNMEASURED = "unmeasured"
    BEHIND = "behind"
    ON_TRACK = "on-track"


STATES: tuple[PlanState, ...] = tuple(PlanState)
"""State code -> state; a code is the index here."""
STATE_CODES: dict[PlanState, int] = {state: code for code, state in enumerate(STATES)}


@dataclass(frozen=True, slots=True)
class ObjectiveRules:
    """The model's section `objectives`, shares as 0..1 and ceilings as points of health."""

    enabled: bool
    grace: float
    behind: float
    ceiling_failing: float
    ceiling_without: float


@dataclass(frozen=True, slots=True)
class Attainment:
    """What was found of the plans of n accounts and of their m objectives."""

    value: Floats
    """(m,): NaN where no progress is known."""
    attained: Floats
    """(m,): 0..1, NaN likewise."""
    elapsed: Floats
    """(m,): 0..1."""
    on_track: NDArray[np.bool_]
    """(m,): false where no progress is known."""
    plan: Floats
    """(n,): the plan's attainment 0..1, NaN where none is known."""
    expected: Floats
    """(n,): the weighted mean of the time elapsed over the same objectives."""
    state: NDArray[np.int8]
    """(n,): index into `STATES`."""
    ceiling: Floats
    """(n,): points of health, never NaN."""


def attain(rules: ObjectiveRules, plans: Plans | None, metrics: Floats, today: Ints) -> Attainment:
    """How the plans stand on `today` (n day numbers); `metrics` are the raw values (metrics, n).

    Without plans, or when the model leaves objectives out, everybody's state is `off` and nothing is capped.
    """
    n = metrics.shape[1]
    if plans is None or not rules.enabled:
        return _off(n)
    value = _values(plans, metrics)
    attained = np.clip((value - plans.baseline) / (plans.target - plans.baseline), 0.0, 1.0)
    day, owner = today[plans.owner], plans.owner
    elapsed = np.clip((day - plans.agreed_day) / (plans.due_day - plans.agreed_day), 0.0, 1.0)
    known = ~np.isnan(attained)
    late = elapsed - rules.grace - attained
    lag = np.clip(late / (rules.behind - rules.grace), 0.0, 1.0)
    weight = np.where(known, plans.weight, 0.0)
    total = np.bincount(owner, weight, minlength=n)
    measured = total > 0
    share = 1.0 / np.where(measured, total, 1.0)

    def mean(column: Floats) -> Floats:
        return np.bincount(owner, np.where(known, weight * column, 0.0), minlength=n) * share

    lags = np.clip(mean(lag), 0.0, 1.0)
    ceiling = np.where(measured, 100.0 - (100.0 - rules.ceiling_failing) * lags, rules.ceiling_without)
    agreed = np.diff(plans.starts) > 0
    state = np.select(
        [~agreed, ~measured, lags > 0],
        [STATE_CODES[PlanState.NONE], STATE_CODES[PlanState.UNMEASURED], STATE_CODES[PlanState.BEHIND]],
        STATE_CODES[PlanState.ON_TRACK],
    )
    return Attainment(
        value=value,
        attained=attained,
        elapsed=elapsed,
        on_track=known & (late <= 0),
        plan=np.where(measured, mean(attained), np.nan),
        expected=np.where(measured, mean(elapsed), np.nan),
        state=state.astype(np.int8),
        ceiling=ceiling,
    )


def capped(score: Floats, ceiling: Floats) -> Floats:
    """(n,): the score under its ceiling; NaN stays NaN."""
    return np.minimum(score, ceiling)


def _values(plans: Plans, metrics: Floats) -> Floats:
    """Each objective's value: that of its metric where the model has one and knows it, else the newest point."""
    read = np.full(len(plans.owner), np.nan)
    some = np.flatnonzero(plans.metric >= 0)
    read[some] = metrics[plans.metric[some], plans.owner[some]]
    return np.where(np.isnan(read), plans.value, read)


def _off(n: int) -> Attainment:
    none, nobody = np.zeros(0), np.full(n, np.nan)
    return Attainment(
        value=none,
        attained=none,
        elapsed=none,
        on_track=np.zeros(0, np.bool_),
        plan=nobody,
        expected=nobody,
        state=np.full(n, STATE_CODES[PlanState.OFF], np.int8),
        ceiling=np.full(n, 100.0),
    )
