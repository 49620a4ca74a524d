"""The answer to what was known of an account at the close of a day, beside what is true of that same day now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ConfigDict
from pydantic.config import JsonDict

from banso_common.contracts.account_signal import Band
from banso_scoring.api.shapes import DESCRIBED

EXAMPLE: JsonDict = {
    "account": "acme",
    "day": "2026-11-02",
    "model_version": "b2b-software@45155efe3091",
    "cohort_kept": True,
    "shown_then": {
        "score": 71,
        "coverage": 0.72,
        "band": "healthy",
        "phase": "operation",
        "model_version": "b2b-software@45155efe3091",
    },
    "known_then": {"score": 71.2, "coverage": 0.72, "metrics": {"active_days": 14.0, "friction_rate": 0.02}},
    "true_now": {"score": 58.4, "coverage": 0.72, "metrics": {"active_days": 14.0, "friction_rate": 0.11}},
    "late": [{"name": "export error", "events": 11, "first_day": "2026-10-29", "known_on": "2026-11-04"}],
}


@dataclass(frozen=True, slots=True)
class ShownThen:
    """What the history holds of that day; it is never rewritten."""

    __pydantic_config__ = DESCRIBED

    score: int | None
    """In whole points."""
    coverage: float
    band: Band
    phase: str
    model_version: str


@dataclass(frozen=True, slots=True)
class Read:
    """The account on that day as the running model reads some facts."""

    __pydantic_config__ = DESCRIBED

    score: float | None
    coverage: float
    metrics: Mapping[str, float | None]
    """Raw values by metric; null without evidence."""


@dataclass(frozen=True, slots=True)
class LateFacts:
    """Events up to that day which became known after it."""

    __pydantic_config__ = DESCRIBED

    name: str
    events: int
    first_day: str
    """The first day on which they happened."""
    known_on: str
    """The first day on which any of them was known."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """Both clocks of one day. `known_then` and `true_now` differ by what came late, and by nothing else."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": EXAMPLE})

    account: str
    day: str
    """The account's own day; its close is meant."""
    model_version: str
    """The running model, which reads both."""
    cohort_kept: bool
    """Whether it is still known what was usual that day; if not, what is usual now was taken for both."""
    shown_then: ShownThen | None
    """Null before the first close."""
    known_then: Read
    true_now: Read
    late: list[LateFacts]
    """By name; empty when nothing came late."""
