"""The answer of the journey's table: the phases of the model, filled with what their accounts do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ConfigDict

from banso_scoring.api.journey import examples_journey
from banso_scoring.api.shapes import DESCRIBED

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConditionShare:
    """One condition of a goal, and how many of the phase's accounts meet it."""

    __pydantic_config__ = DESCRIBED

    metric: str
    label: Texts
    at_least: float | None
    at_most: float | None
    met: int
    known: int
    """Accounts with evidence for the metric."""
    share: float | None
    """met / accounts of the phase; null when there are none. Who has no evidence does not meet it."""


@dataclass(frozen=True, slots=True)
class LiveNumbers:
    """What the accounts of a phase do now. Accounts whose contract is over are left out."""

    __pydantic_config__ = DESCRIBED

    accounts: int
    goal: list[ConditionShare]
    goal_met: int
    """The whole goal holds; they pass after its days of dwell."""
    stalled: int
    barred: int
    """The goal holds, but so do the conditions on which the next phase is fallen back from."""
    days_median: int | None
    """Days in the phase up to now, of those that are in it."""
    passed: int
    """Left it by its goal in the last 28 days (28 closed days in each account's own time zone)."""
    fell_back: int
    passed_days_median: int | None
    """Days in the phase of those that passed in the last 28 days."""


@dataclass(frozen=True, slots=True)
class CellNumbers:
    """The same for the accounts of one cell of the matrix, held against the goal of that cell."""

    __pydantic_config__ = DESCRIBED

    cell: str
    label: Texts
    expected_days: int | None
    live: LiveNumbers


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase: what users do and experience, the services they get, the goal, and the live numbers."""

    __pydantic_config__ = DESCRIBED

    key: str
    label: Texts
    do: Texts
    experience: Texts
    services: Texts
    dwell_days: int
    expected_days: int | None
    optional: bool
    renews: bool
    next: str | None
    lapse_to: str | None
    live: LiveNumbers
    """All cells together; each account is held against the goal of its own cell."""
    cells: list[CellNumbers]
    """By cell of the matrix, when the model has more than one."""


@dataclass(frozen=True, slots=True)
class JourneyTable:
    """The field's working document: phase x do / experience / services / goal, with live numbers."""

    __pydantic_config__ = ConfigDict(
        use_attribute_docstrings=True, json_schema_extra={"example": examples_journey.TABLE}
    )

    day: str
    model_version: str
    accounts: int
    phases: list[PhaseRow]
