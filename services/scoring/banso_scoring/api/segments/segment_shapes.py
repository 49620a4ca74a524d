"""The answer of `GET /v1/segments`: parts of the portfolio, each read as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banso_common.contracts.account_signal import Band
from banso_scoring.api.shapes import DESCRIBED


@dataclass(frozen=True, slots=True)
class BandShare:
    """How many accounts of a segment are in a band."""

    __pydantic_config__ = DESCRIBED

    accounts: int
    share: float | None
    """0 to 1, of the segment's accounts; null for an empty segment."""


@dataclass(frozen=True, slots=True)
class Churned:
    """Who left within `churn_days`, by account and by amount."""

    __pydantic_config__ = DESCRIBED

    accounts: int
    share: float | None
    """0 to 1, of those that are here and those that left."""
    amounts: dict[str, int]
    """Annual contract values that left, in units by currency."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the portfolio; of those whose contract lasts, but for `churned`."""

    __pydantic_config__ = DESCRIBED

    key: str | None
    """Null: nobody said, or no success pattern is followed."""
    label: Mapping[str, str] | None
    accounts: int
    too_small: bool
    """Fewer than five accounts: chance, and persons, not a segment."""
    bands: dict[Band, BandShare]
    health_mean: float | None
    """0 to 100; null while fewer than five accounts have a known score."""
    health_median: float | None
    health_known: int
    """How many accounts have a known score: what mean and median are of."""
    coverage: float | None
    """0 to 1, the mean over all accounts of the segment. Read health together with it."""
    flagged: int
    newly_flagged: int
    """Flagged within `new_days`."""
    amounts: dict[str, int]
    """Annual contract values in units by currency."""
    churned: Churned


@dataclass(frozen=True, slots=True)
class SegmentList:
    """All segments, the largest first."""

    __pydantic_config__ = DESCRIBED

    by: str
    ways: list[str]
    """What else accounts may be told apart by."""
    new_days: int
    churn_days: int
    segments: list[Segment]
    left_out: int
    """So many smaller segments are not listed."""
