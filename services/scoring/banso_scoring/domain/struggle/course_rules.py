"""What the course of an account's trouble does to its health: the model's section `trouble`.

resolved fast 1 = no trouble 1 > resolved slowly > open, spoken of > never spoken of >= 0
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CourseRules:
    """Health is multiplied by one of the first three; days say what is fast, what is over, and what is forgotten."""

    enabled: bool
    slowly: float
    """Resolved, but later than `fast_days` after the account wrote."""
    open: float
    """In trouble, and spoken of (or it is not known whether it was)."""
    unspoken: float
    """In trouble, and never a word of it, though a word would have been seen."""
    lead_days: int
    """How long before the statistics see a trouble people may have written of it already."""
    fast_days: int
    confirm_days: int
    """A resolution that lasts so long holds; trouble that begins sooner is the old one."""
    memory_days: int
    """Once it is over, the factor is back at 1 after so many days."""
