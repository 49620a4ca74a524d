"""Intervals that may be looked at whenever one likes: a confidence sequence for the mean of scores, one by one.

With mean m, variance s² of the first t scores and a size n* at which it is to be narrow, the interval at every t is

    m ± s · sqrt( 2(tρ² + 1) / (t²ρ²) · ln( sqrt(tρ² + 1) / α ) ),   ρ² = (−2 ln α + ln(1 − 2 ln α)) / n*

It holds the running mean at *all* t at once with probability 1 − α, as the first t looked at grows: looking daily, or
after every account, costs nothing. I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, Time-uniform central
limit theory and asymptotic confidence sequences, Annals of Statistics 52 (2024), theorem 2.2 and equation (21).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ALPHA = 0.05
SIZE_AIMED = 500


@dataclass(frozen=True, slots=True)
class Level:
    """How often the interval may miss, over all looks together, and at what number of accounts it is narrowest."""

    alpha: float = ALPHA
    size_aimed: int = SIZE_AIMED

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1 or self.size_aimed < 1:
            raise ValueError("alpha is in (0, 1), size_aimed at least 1")

    def shared(self, among: int) -> Level:
        """The level of each of `among` intervals that hold together at this one (Bonferroni)."""
        return Level(self.alpha / max(among, 1), self.size_aimed)

    @property
    def rho_squared(self) -> float:
        """ρ², the tuning by the aimed size."""
        odds = -2 * log(self.alpha)
        return (odds + log(1 + odds)) / self.size_aimed


def log_evidence(effect: Floats, error: Floats, count: npt.NDArray[np.integer[Any]], level: Level) -> Floats:
    """The logarithm of the e-value against a mean of zero after `count` scores, with their mean and its standard error:

        ln E = t ρ² (m / se)² / (2 (tρ² + 1)) − ½ ln(tρ² + 1)

    This is the mixture that the interval is made of: zero is outside of it exactly when E > 1/α. ρ is `level`'s.
    """
    grown = count * level.rho_squared + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        square = np.where(error > 0, (effect / error) ** 2, 0.0)
    found: Floats = count * level.rho_squared * square / (2 * grown) - np.log(grown) / 2
    return found


def half_width(count: Floats, variance: Floats, level: Level) -> Floats:
    """Half the interval's width after `count` (≥ 1) scores of that variance; arrays of one shape."""
    grown = count * level.rho_squared + 1
    factor = 2 * grown / (count**2 * level.rho_squared) * np.log(np.sqrt(grown) / level.alpha)
    widths: Floats = np.sqrt(variance * factor)
    return widths
