"""Numbers of the store as the API writes them: days, instants, amounts, scores."""

from __future__ import annotations

import math
from datetime import date, timedelta

from banso_common.clock import iso
from banso_common.contracts.account_activity import MICRO

EPOCH = date(1970, 1, 1)


def day_text(day: int) -> str:
    """A day number as an ISO date."""
    return (EPOCH + timedelta(days=day)).isoformat()


def day_or_none(day: int) -> str | None:
    """A day number as an ISO date; negative ones stand for none."""
    return day_text(day) if day >= 0 else None


def instant_or_none(at: int | None) -> str | None:
    """An instant in RFC 3339; None for none, and for one that no calendar holds."""
    try:
        return None if at is None else iso(at)
    except (ValueError, OverflowError, OSError):
        return None


def units(micros: int | None) -> int | float | None:
    """Micro-units of a currency in units: whole where they are whole."""
    if micros is None:
        return None
    return micros // MICRO if micros % MICRO == 0 else micros / MICRO


def points(score: float | None) -> float | None:
    """A part of a score with one decimal; None stays None, and NaN is None."""
    return None if score is None or math.isnan(score) else round(score, 1)


def whole(score: float | None) -> int | None:
    """A score in whole points, as `assess.shown_of` compares it: a row is written anew when this changes."""
    return None if score is None or math.isnan(score) else round(score)


def share(coverage: float) -> float:
    """Coverage in whole per cent, compared likewise."""
    return round(coverage, 2)
