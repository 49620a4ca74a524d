"""Wear-out (枯れ): how a play's effect fades, with time or with how often an account had it.

The effect is taken to be e₀ · 2^(−x/h): x in days since the play began (or exposures that the account had before), h
the half-life. Exposures are laid in bins by x; each bin has an effect b (told minus left alone), its variance v, and
the mean g(h) of 2^(−x/h) over its own exposures. For each h of a grid, weighted least squares has a closed form:

    e₀(h) = Σ b g / v  ÷  Σ g² / v,      R(h) = Σ (b − e₀ g)² / v

The half-life is where R is least; its interval (95 %) is where R stays within 3.84 of that (the profile likelihood of
normal effects, χ² with one degree of freedom). h = ∞ is part of the grid: while it is within, no fading is shown. An
effect is there when R without any is 5.99 above the least (two degrees of freedom). Bins are taken as independent.

These intervals hold for one look. They propose another wording and name no winner.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from banso_alerts.domain.proof.sequences import Floats
from banso_alerts.domain.proof.uplift import PSEUDO, Bools

Places = npt.NDArray[np.intp]

BINS_MAX = 24
BINS_MIN = 4
BIN_EXPOSURES_MIN = 40
BIN_ARM_MIN = 5
GRID = np.append(np.geomspace(1.0, 4_000.0, 400), np.inf)
"""Half-lives that are tried, in days or exposures."""
ONE_DEGREE = 3.841459
TWO_DEGREES = 5.991465
SAME = 1e-9
WORN_SHARE = 0.25
"""A play is worn when no more than this is left of its effect."""


class Freshness(StrEnum):
    """How a play stands, a closed set; `fresh` means that no fading is shown."""

    CANNOT_SAY = "cannot-say"
    FRESH = "fresh"
    FADING = "fading"
    WORN = "worn"


@dataclass(frozen=True, slots=True)
class Shown:
    """Exposures: where each stands (`x` ≥ 0), whether it was told, and what came of it; arrays of one length."""

    x: Floats
    told: Bools
    outcome: Floats


@dataclass(frozen=True, slots=True)
class Bin:
    """Exposures that lie together, at `x` on average: the effect among them and its standard error."""

    x: float
    exposures: int
    effect: float
    error: float


@dataclass(frozen=True, slots=True)
class WearOut:
    """How the effect fades. `half_life_upper` None: for ever is not excluded; `left` is the share of the effect at the
    newest exposure. Where nothing can be said there is no half-life."""

    freshness: Freshness
    first_effect: float | None
    half_life: float | None
    half_life_lower: float | None
    half_life_upper: float | None
    left: float | None
    bins: list[Bin]


def wear_out(shown: Shown, *, by_value: bool = False) -> WearOut:
    """How the effect fades over `x`; `by_value` makes a bin of each whole number, for exposures."""
    laid = _laid(shown, by_value=by_value)
    bins = [_bin(shown, place) for place in laid]
    if len(bins) < (2 if by_value else BINS_MIN):
        return WearOut(Freshness.CANNOT_SAY, None, None, None, None, None, bins)
    weight = np.array([each.error**-2.0 for each in bins])
    effect = np.array([each.effect for each in bins])
    fade = np.array([np.exp2(-shown.x[place][:, None] / GRID).mean(axis=0) for place in laid])
    first = (weight * effect) @ fade / np.maximum(weight @ fade**2, 1e-300)
    loss = (weight[:, None] * (effect[:, None] - first * fade) ** 2).sum(axis=0)
    best = int(np.flatnonzero(loss <= loss.min() + SAME)[-1])  # of half-lives that fit alike the longest
    if float(weight @ effect**2) - loss[best] < TWO_DEGREES or first[best] <= 0:
        return WearOut(Freshness.CANNOT_SAY, float(first[best]), None, None, None, None, bins)
    within = np.flatnonzero(loss <= loss[best] + ONE_DEGREE)
    left = float(np.exp2(-shown.x.max() / GRID[best]))
    return WearOut(
        freshness=_freshness(left, fades=bool(np.isfinite(GRID[within[-1]]))),
        first_effect=float(first[best]),
        half_life=_finite(GRID[best]),
        half_life_lower=_finite(GRID[within[0]]),
        half_life_upper=_finite(GRID[within[-1]]),
        left=left,
        bins=bins,
    )


def _freshness(left: float, *, fades: bool) -> Freshness:
    if not fades:
        return Freshness.FRESH
    return Freshness.WORN if left <= WORN_SHARE else Freshness.FADING


def _laid(shown: Shown, *, by_value: bool) -> list[Places]:
    """The places of each bin's exposures: as many in each, in the order of x; bins too thin in an arm are left out."""
    if by_value:
        laid: list[Places] = [np.flatnonzero(shown.x == value) for value in np.unique(shown.x)[:BINS_MAX]]
    else:
        count = min(BINS_MAX, len(shown.x) // BIN_EXPOSURES_MIN)
        laid = np.array_split(np.argsort(shown.x, kind="stable"), count) if count else []
    return [place for place in laid if _arms_min(shown, place) >= BIN_ARM_MIN]


def _arms_min(shown: Shown, place: Places) -> int:
    told = int(shown.told[place].sum())
    return min(told, len(place) - told)


def _bin(shown: Shown, place: Places) -> Bin:
    told, left = (shown.outcome[place][shown.told[place] == arm] for arm in (True, False))
    far = float(np.abs(shown.outcome).max(initial=1.0)) ** 2
    pooled = np.concatenate([told - told.mean(), left - left.mean()])
    variance = (float((pooled**2).sum()) + PSEUDO * far / 4) / (len(pooled) + PSEUDO)
    error = (variance * (1 / len(told) + 1 / len(left))) ** 0.5
    return Bin(float(shown.x[place].mean()), len(place), float(told.mean() - left.mean()), float(error))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
