"""The success patterns of the model as the domain reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_scoring.domain.model_parts import Condition


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to succeed."""

    key: str
    labels: Mapping[str, str]
    when: tuple[Condition, ...]
    """An account follows it while all of these hold."""
    times: tuple[float, ...]
    """For each dimension: how many times its own weight it counts."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The ways to succeed, in the order in which equals are taken; none for a product with one way."""

    hold_days: int
    any_of: tuple[Pattern, ...]
