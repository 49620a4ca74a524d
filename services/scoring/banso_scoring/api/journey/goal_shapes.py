"""The answer of a goal's calibration: what the past says of the goal, of a candidate, and of every threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ConfigDict

from banso_scoring.api.journey import examples_goals
from banso_scoring.api.shapes import DESCRIBED
from banso_scoring.domain.journey.goal_curve import Reading

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShareOf:
    """`count` of `of`, with Wilson's interval at 95 %; null of nobody."""

    __pydantic_config__ = DESCRIBED

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Ranged:
    """A figure with its interval at 95 %; null where there is too little to tell from."""

    __pydantic_config__ = DESCRIBED

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class DaysToPass:
    """Quartiles, in days from entering the phase, of those that passed by the landmark day."""

    __pydantic_config__ = DESCRIBED

    q25: int | None
    median: int | None
    q75: int | None


@dataclass(frozen=True, slots=True)
class Fate:
    """Accounts that were there on the landmark day, and what became of them in the days of comparison."""

    __pydantic_config__ = DESCRIBED

    churned: ShareOf
    renewed: ShareOf | None
    """Null when the model does not say which event is a renewal."""
    health: float | None
    """Mean score at the end of the comparison."""


@dataclass(frozen=True, slots=True)
class GoalPoint:
    """One candidate goal held against the past."""

    __pydantic_config__ = DESCRIBED

    threshold: float | None
    passing: ShareOf
    """Passed by the landmark day, of all that were followed so long; who left before did not pass."""
    days: DaysToPass
    passed: Fate
    kept: Fate
    """Not passed by the landmark day."""
    less_churn: Ranged
    """Churned share of the kept less that of those that passed (Newcombe); above zero speaks for the goal."""
    churn_ratio: Ranged
    """Churned share of those that passed / of the kept (Katz)."""
    more_renewal: Ranged | None
    more_health: Ranged
    reading: Reading
    """`too-low`: nine of ten pass for sure; `too-high`: nine of ten are kept for sure; `too-few` to compare;
    `tells`: those that passed left less often, for sure; `tells-nothing`: no difference to be told from chance."""


@dataclass(frozen=True, slots=True)
class OtherCondition:
    """A condition of the goal that is held as it is while another is varied."""

    __pydantic_config__ = DESCRIBED

    metric: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True)
class GoalCalibration:
    """What past accounts say of a phase's goal: associations seen in the past, not proof of cause."""

    __pydantic_config__ = ConfigDict(
        use_attribute_docstrings=True, json_schema_extra={"example": examples_goals.CALIBRATION}
    )

    phase: str
    model_version: str
    from_day: str
    to_day: str
    accounts: int
    """Accounts of the past that were read."""
    entered: int
    """Those of them that entered the phase."""
    dwell_days: int
    landmark_days: int
    """Days after entering on which those that passed are told apart from the kept."""
    follow_days: int
    """Days after the landmark in which outcomes are counted."""
    metric: str
    label: Texts
    at_least: bool
    """Whether a threshold is reached from below; else from above."""
    others: list[OtherCondition]
    knows_ends: bool
    """Whether the model says which event ends a contract; without it nobody churns here."""
    own: GoalPoint | None
    """The phase's goal as the model has it, all its conditions."""
    candidate: GoalPoint | None
    """The threshold that was asked for."""
    curve: list[GoalPoint]
    """Every threshold between which accounts differ, from the easiest on: too low is at one end, too high at the
    other."""
    best: int | None
    """The place in `curve` whose difference is surest; chosen among many, it will be smaller next time."""
