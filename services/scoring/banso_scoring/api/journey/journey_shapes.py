"""The answers about an account's place in the journey: its phase, its goal, when it will pass, where it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_scoring.api.shapes import DESCRIBED
from banso_scoring.domain.journey.estimate import Unsaid
from banso_scoring.domain.journey.phase_history import Moved

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GoalCondition:
    """One condition of the phase's goal."""

    __pydantic_config__ = DESCRIBED

    metric: str
    label: Texts
    at_least: float | None
    at_most: float | None
    value: float | None
    progress: float | None
    """0 to 1; null without evidence."""
    met: bool
    per_week: float | None
    """How fast the value changes (Theil-Sen over the last weeks); null with too few values."""
    per_week_low: float | None
    """The lower end of the interval of `per_week`."""
    per_week_high: float | None


@dataclass(frozen=True, slots=True)
class PassEstimate:
    """When the account will pass, if it goes on as in the last weeks; or why that cannot be said."""

    __pydantic_config__ = DESCRIBED

    days: int | None
    days_low: int | None
    """`days_low` to `days_high`: the interval of the slopes, at `confidence`."""
    days_high: int | None
    on: str | None
    """The day that is `days` from now."""
    confidence: float
    cannot_say: Unsaid | None
    """`no-goal`, `no-evidence`, `too-little-data`, `moving-away`, `not-moving` (the interval of the slope holds
    zero), `too-far` (over a year), `barred`; null when it can be said."""
    metric: str | None
    """The condition that takes longest, or that keeps it from being said."""


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """Where the account is in its journey, and what keeps it there."""

    __pydantic_config__ = DESCRIBED

    key: str
    label: Texts
    entered_on: str
    days: int
    """Days in the phase."""
    term: int
    """Which term of the contract this is; a renewal begins the next."""
    expected_days: int | None
    stalled: bool
    """Longer in the phase than expected, and the goal is not met, or the account is barred."""
    goal: list[GoalCondition]
    blocked_by: list[str]
    """Metrics of the conditions that are not met; of a barred account, those that keep it out of the next phase."""
    barred: bool
    """The goal holds, but so do the conditions on which the next phase is fallen back from."""
    held_since: str | None
    """The day since which the whole goal has held without a break."""
    dwell_days: int
    """So many days it has to hold before the account passes on."""
    next: str | None
    estimate: PassEstimate


@dataclass(frozen=True, slots=True)
class PhaseStay:
    """Days that the account spent in a phase, as they are true now: late facts correct them."""

    __pydantic_config__ = DESCRIBED

    phase: str
    entered_on: str
    left_on: str | None
    """The day on which it entered the next; null while it is there."""
    days: int
    left_by: Moved | None
    """`passed` its goal, `renewed` (a goal that begins the next term), or `fell-back`; null while it is there."""
    term: int
