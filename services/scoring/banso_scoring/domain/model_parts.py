"""What several sections of the success model are written in: texts, conditions, and the phases that they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Texts = Mapping[str, str]
"""A text per language: `ja`, `en`."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A metric (its raw value, not its ramp) held against a target; NaN never holds."""

    metric: int
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the journey. `next` and `lapse_to` are indices of phases, -1 for none (see journey)."""

    key: str
    labels: Texts
    do: Texts
    experience: Texts
    services: Texts
    goal: tuple[Condition, ...]
    dwell_days: int
    expected_days: int | None
    optional: bool
    entry: tuple[Condition, ...]
    lapse: tuple[Condition, ...]
    lapse_days: int
    lapse_to: int
    next: int
    renews: bool = False
    """Whether its goal is that the contract goes on: passing it begins the account's next term."""
