"""An edition: the plays and the capacity of one version of a success model, as a decision is made under it."""

from __future__ import annotations

from dataclasses import dataclass, field

from banso_alerts.domain.plays import Play

HOURS_PER_CSM_WEEK = 30.0
"""What the success model assumes when it does not say."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Hours of one customer-success manager and week, and what an hour costs, in units by currency."""

    hours_per_week: float = HOURS_PER_CSM_WEEK
    cost_per_hour: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """`since_at`: when it began to count, None for that of the settings."""

    version: str
    plays: tuple[Play, ...]
    capacity: Capacity
    since_at: int | None = None
