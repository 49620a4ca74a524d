"""The field's table filled with live numbers: how many accounts a phase has, how near the goal, how long, who passed.

Counts are added up from groups of equal accounts, so that a store can do the counting; a median is the value at
which half of a group's weight is reached (the lower one of two).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from banso_scoring.domain.journey.journey import BARRED, STALLED
from banso_scoring.domain.journey.phase_history import Moved

RECENT_DAYS = 28


@dataclass(frozen=True, slots=True)
class Standers:
    """`accounts` accounts that are alike: in one phase for `days` days, with the same `goal_code` (see journey)."""

    days: int
    goal_code: int
    accounts: int


@dataclass(frozen=True, slots=True)
class Movers:
    """`accounts` accounts that left a phase in the last RECENT_DAYS in the same way after as many days."""

    days: int
    moved: Moved
    accounts: int


@dataclass(frozen=True, slots=True)
class ConditionCount:
    """How many of a phase's accounts meet a condition of the goal, and of how many that is known."""

    met: int
    known: int


@dataclass(frozen=True, slots=True)
class PhaseCount:
    """The live numbers of some accounts of one phase."""

    accounts: int
    goal_met: int
    """The whole goal holds."""
    conditions: Mapping[int, ConditionCount]
    """By metric (its index)."""
    stalled: int
    barred: int
    days: list[tuple[int, int]]
    """(days in the phase, accounts)."""
    passed: int
    """In the last RECENT_DAYS; renewed ones are among them."""
    fell_back: int
    passed_days: list[tuple[int, int]]
    """(days that it took, accounts) of those that passed."""


def count(metrics: Sequence[int], standers: Sequence[Standers], movers: Sequence[Movers]) -> PhaseCount:
    """The numbers of accounts that share a goal whose conditions are on `metrics`."""
    whole = sum(1 << 2 * k for k in range(len(metrics)))
    passed = [one for one in movers if one.moved is not Moved.FELL_BACK]
    return PhaseCount(
        accounts=sum(one.accounts for one in standers),
        goal_met=_with(standers, whole) if metrics else 0,
        conditions={
            metric: ConditionCount(_with(standers, 1 << 2 * k), _with(standers, 2 << 2 * k))
            for k, metric in enumerate(metrics)
        },
        stalled=_with(standers, STALLED),
        barred=_with(standers, BARRED),
        days=[(one.days, one.accounts) for one in standers],
        passed=sum(one.accounts for one in passed),
        fell_back=sum(one.accounts for one in movers if one.moved is Moved.FELL_BACK),
        passed_days=[(one.days, one.accounts) for one in passed],
    )


def together(counts: Iterable[PhaseCount]) -> PhaseCount:
    """The numbers of all of them; conditions on the same metric are added up, whatever their targets."""
    all_of = list(counts)
    conditions: dict[int, ConditionCount] = {}
    for metric, one in (pair for each in all_of for pair in each.conditions.items()):
        before = conditions.get(metric, ConditionCount(0, 0))
        conditions[metric] = ConditionCount(before.met + one.met, before.known + one.known)
    return PhaseCount(
        accounts=sum(one.accounts for one in all_of),
        goal_met=sum(one.goal_met for one in all_of),
        conditions=conditions,
        stalled=sum(one.stalled for one in all_of),
        barred=sum(one.barred for one in all_of),
        days=[pair for one in all_of for pair in one.days],
        passed=sum(one.passed for one in all_of),
        fell_back=sum(one.fell_back for one in all_of),
        passed_days=[pair for one in all_of for pair in one.passed_days],
    )


def median(values: Iterable[tuple[int, int]]) -> int | None:
    """The lower median of values with their weights; None of nothing."""
    ordered = sorted(values)
    left = sum(weight for _, weight in ordered)
    reached = 0
    for value, weight in ordered:
        reached += weight
        if 2 * reached >= left > 0:
            return value
    return None


def _with(standers: Sequence[Standers], bits: int) -> int:
    return sum(one.accounts for one in standers if one.goal_code & bits == bits)
