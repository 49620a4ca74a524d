"""An account's success plan as the API shows it: objectives against the time, the ceiling on health, what is to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from banso_scoring.api.shapes import DESCRIBED
from banso_scoring.domain.plan.objectives import PlanState


class TaskKind(StrEnum):
    """What there is to do about a plan: entries of a list, never messages."""

    AGREE_OBJECTIVE = "agree-objective"
    MEND_OBJECTIVE = "mend-objective"
    SAY_PROGRESS = "say-progress"
    REVIEW_OBJECTIVE = "review-objective"


class ObjectiveFault(StrEnum):
    """Why an objective does not count."""

    NO_TARGET = "no-target"
    NO_BASELINE = "no-baseline"
    TARGET_IS_BASELINE = "target-is-baseline"
    NO_DUE_DATE = "no-due-date"
    DUE_BEFORE_AGREED = "due-before-agreed"
    NOT_YET = "not-yet"
    """It is agreed for a later day."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something for the customer-success manager."""

    __pydantic_config__ = DESCRIBED

    kind: TaskKind
    objective: str | None
    """The key of the objective; null where there is none yet."""


@dataclass(frozen=True, slots=True)
class ProgressPoint:
    """How far it was at an instant, and since when banso knows."""

    __pydantic_config__ = DESCRIBED

    at: str | None
    known_at: str | None
    value: float


@dataclass(frozen=True, slots=True)
class ObjectiveShown:
    """One objective of the plan; withdrawn ones are not shown."""

    __pydantic_config__ = DESCRIBED

    key: str
    name: str
    unit: str
    baseline: float | None
    target: float | None
    weight: float
    agreed_on: str
    due_on: str | None
    metric: str | None
    """The metric of the model that is the progress; null when progress is said."""
    value: float | None
    """Null while no progress is known."""
    attainment: float | None
    """0 to 1: (value − baseline) / (target − baseline)."""
    elapsed: float | None
    """0 to 1: the share of the time from `agreed_on` to `due_on` that has passed."""
    on_track: bool | None
    """Attainment is not behind the time by more than the model's grace; null while no progress is known."""
    fault: ObjectiveFault | None
    """Why it does not count; null when it does."""
    progress: list[ProgressPoint]
    """The newest points that were said, oldest first."""


@dataclass(frozen=True, slots=True)
class PlanShown:
    """The success plan, and what it does to the score."""

    __pydantic_config__ = DESCRIBED

    state: PlanState
    """`off`: the model leaves objectives out. It is also why the ceiling is what it is."""
    attainment: float | None
    """0 to 1, weighted; null while nothing is known."""
    elapsed: float | None
    score_before: int | None
    """Health before the ceiling, in whole points."""
    ceiling: float
    """Health is not above this; 100 caps nothing."""
    is_capping: bool
    """Whether the ceiling is what the score is."""
    objectives: list[ObjectiveShown]
    tasks: list[Task]
