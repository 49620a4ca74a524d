"""How far a score may have moved since its account was last heard of.

v        variance of a score a day: (4·14 + Σ (change)²) / (14 + Σ days between the changes), of the account's own
         history; four points² a day count as two weeks of it
between  score ± 1.96·√(v·days), within 0 and 100
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

PRIOR_VARIANCE, PRIOR_DAYS = 4.0, 14.0
NORMAL_95 = 1.96


def between(score: float, kept: Sequence[tuple[int, float]], days: float) -> tuple[float, float]:
    """The score's interval after so many days without news; `kept` are days with the scores at their close."""
    pairs = list(pairwise(kept))
    squares = sum((b - a) ** 2 for (_, a), (_, b) in pairs)
    spans = sum(later - earlier for (earlier, _), (later, _) in pairs)
    variance = (PRIOR_VARIANCE * PRIOR_DAYS + squares) / (PRIOR_DAYS + spans)
    reach = NORMAL_95 * sqrt(variance * max(days, 0.0))
    return max(score - reach, 0.0), min(score + reach, 100.0)
