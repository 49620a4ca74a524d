"""Whether two incidents are one: the same accounts met both, on the same days.

    both     accounts that met both, their days of the one and of the other no more than a day apart
    alike    |both| >= 1/2 · |either|,  and  P · Q <= LEVEL
    P        the chance that two draws of as many accounts of all that are active share so many    (hypergeometric tail)
    Q        the chance that the other began within as many days of the first: (2d + 1) / 28, at most 1

P·Q is the chance that two incidents that have nothing to do with each other look as alike in whom they hit and when.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from banso_scoring.domain.incident.signature_days import PAST_DAYS

JACCARD_MIN = 0.5
LEVEL = 0.05
APART_DAYS_MAX = 1

Days = Mapping[str, tuple[int, int]]
"""Account -> the first and the last day on which it met the trouble."""


def alike(one: Days, other: Days, apart_days: int, active: int) -> bool:
    """Whether incidents that hit these accounts, and began so many days apart, have one cause; `active` accounts are
    there at all. It does not matter which is named first."""
    both = sum(1 for account in one.keys() & other.keys() if _together(one[account], other[account]))
    either = len(one.keys() | other.keys())
    if not both or both < JACCARD_MIN * either:
        return False
    within = min(1.0, (2 * apart_days + 1) / PAST_DAYS)
    return within * tail(both, len(one), len(other), max(active, either)) <= LEVEL


def tail(both: int, one: int, other: int, everybody: int) -> float:
    """P(two draws of `one` and of `other` out of `everybody` share at least `both`)."""
    whole = math.comb(everybody, other)
    ways = sum(math.comb(one, k) * math.comb(everybody - one, other - k) for k in range(both, min(one, other) + 1))
    return ways / whole


def _together(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] + APART_DAYS_MAX and other[0] <= one[1] + APART_DAYS_MAX
