"""Intervals of shares and of their differences, that hold also for few accounts and for shares near 0 and 1.

    share        Wilson (1927)
    difference   Newcombe (1998), method 10: from the two Wilson intervals
    ratio        Katz et al. (1978), on the logarithm; half an account is added everywhere when a count is 0
    means        Welch (1947), normal
All at 95 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.facts.panel import Floats

Z = 1.959964


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its interval; NaN where there is nothing to tell from."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`, with its interval."""

    count: int
    of: int
    interval: Interval


UNKNOWN = Interval(math.nan, math.nan, math.nan)


def share(count: int, of: int) -> Share:
    """Wilson's interval."""
    if of == 0:
        return Share(count, of, UNKNOWN)
    p, z2 = count / of, Z * Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Share(count, of, Interval(p, max(0.0, middle - half), min(1.0, middle + half)))


def difference(one: Share, other: Share) -> Interval:
    """Of the shares `one` - `other`, independent of each other: Newcombe's interval."""
    if one.of == 0 or other.of == 0:
        return UNKNOWN
    a, b = one.interval, other.interval
    apart = a.value - b.value
    return Interval(
        apart,
        apart - math.hypot(a.value - a.low, b.high - b.value),
        apart + math.hypot(a.high - a.value, b.value - b.low),
    )


def ratio(one: Share, other: Share) -> Interval:
    """Of the shares `one` / `other`: Katz's interval."""
    if one.of == 0 or other.of == 0:
        return UNKNOWN
    add = 0.5 if 0 in (one.count, other.count) else 0.0
    a, m, b, n = one.count + add, one.of + add, other.count + add, other.of + add
    middle = math.log(a / m) - math.log(b / n)
    half = Z * math.sqrt(max(0.0, 1 / a - 1 / m + 1 / b - 1 / n))
    return Interval(math.exp(middle), math.exp(middle - half), math.exp(middle + half))


def difference_of_means(one: Floats, other: Floats) -> Interval:
    """Of the means of what is known of `one` - `other`: Welch's interval; unknown below two values on a side."""
    a, b = one[~np.isnan(one)], other[~np.isnan(other)]
    if len(a) < 2 or len(b) < 2:
        return UNKNOWN
    apart = float(a.mean() - b.mean())
    half = Z * math.sqrt(float(a.var(ddof=1)) / len(a) + float(b.var(ddof=1)) / len(b))
    return Interval(apart, apart - half, apart + half)
