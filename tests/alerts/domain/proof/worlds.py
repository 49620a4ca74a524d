"""Invented worlds for the measure: accounts that come one by one, by the product's own lot, with a known effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_alerts.domain.proof.arms import Arm, arm_of
from banso_alerts.domain.proof.sequences import Floats
from banso_alerts.domain.proof.uplift import Sample

STRATA = 8


@dataclass(frozen=True)
class World:
    """`left` is how often an account that is left alone recovers, on average over the strata, `effect` what telling
    adds; `spread` is how unequal contract values are (the standard deviation of their logarithm)."""

    accounts: int
    share: float
    left: float
    effect: float
    spread: float = 0.0


def run(world: World, seed: int) -> tuple[Sample, Floats]:
    """One history, and the true mean effect of the accounts up to each of them."""
    dice = np.random.default_rng(seed)
    stratum = dice.integers(0, STRATA, world.accounts)
    weight = 0.5 + stratum / (STRATA - 1)  # strata differ in what happens in them
    value = np.exp(dice.normal(0, world.spread / 2, world.accounts) + (stratum - 3.5) * world.spread / 3)
    told = drawn(stratum, world.share, seed)
    chance = np.where(told, world.left + world.effect, world.left) * weight
    outcome = np.where(dice.random(world.accounts) < chance, value, 0.0)
    truth: Floats = np.cumsum(world.effect * weight * value) / np.arange(1, world.accounts + 1)
    return Sample(outcome, told, np.full(world.accounts, world.share), stratum, value), truth


def drawn(stratum: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Who is told, by the lot that the product draws; it is remembered for each block of places."""
    places = np.zeros(STRATA, dtype=int)
    told = np.empty(len(stratum), dtype=bool)
    for account, name in enumerate(stratum):
        told[account] = arm_of(str(seed), str(name), int(places[name]), share) is Arm.TOLD
        places[name] += 1
    return told
