"""Shows that outreach is measured honestly: `python -m prove.outreach [--worlds N] [--json]`.

Worlds are invented whose truth is known: accounts in trouble come day by day, the product's own lot leaves a share of
them alone, and telling changes nothing, or something, or something that fades. Each is looked at every day. Counted:

    false wins   worlds without an effect in which zero was outside the interval on any day
    coverage     worlds with an effect in which the truth was inside the interval on every day
    half-life    worlds in which a planted half-life of 60 days is found to within a quarter, by size
    many plays   false winners among twenty plays, each by itself and among all of them (`outreach_many`)
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import monotonic

import msgspec
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track
from rich.table import Table

from banso_alerts.domain.proof.arms import Arm, arm_of
from banso_alerts.domain.proof.sequences import Floats, Level
from banso_alerts.domain.proof.uplift import ARM_MIN, Ints, Sample, looks
from banso_alerts.domain.proof.wear_out import Shown, wear_out
from prove.outreach_many import KINDS, Many, many_plays

WORLDS = 400
STRATA = 8
A_DAY = 8
Z_95 = 1.96
HALF_LIFE, DAYS = 60.0, 240


@dataclass(frozen=True, slots=True)
class World:
    """`left` is how often an account that is left alone recovers, on average over the strata, `effect` what telling
    adds; `spread` is how unequal contract values are (the standard deviation of their logarithm, about)."""

    accounts: int
    share: float
    left: float
    effect: float
    spread: float = 0.0


NOTHING = [
    World(2_000, share, left, 0.0, spread)
    for share in (0.1, 0.2, 0.5)
    for left, spread in ((0.03, 0.0), (0.1, 0.0), (0.4, 0.0), (0.1, 1.2), (0.4, 1.2))
]
SOMETHING = [
    World(2_000, share, left, effect, spread)
    for share in (0.1, 0.2, 0.5)
    for left, effect, spread in ((0.3, 0.2, 0.0), (0.1, -0.08, 0.0), (0.02, 0.08, 0.0), (0.3, 0.2, 1.2))
]
SIZES = (1_000, 2_000, 4_000, 8_000, 16_000, 32_000)


class Watched(msgspec.Struct, frozen=True):
    """What came of many worlds of one kind. `peeked` is the same for an interval made for one look."""

    share: float
    left: float
    effect: float
    by_amount: bool
    named: float
    covered: float
    peeked: float
    half_width: float


class Faded(msgspec.Struct, frozen=True):
    """How well a half-life was found in worlds of one size."""

    exposures: int
    share: float
    near: float
    covered: float


class Proof(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    worlds: int
    nothing: list[Watched]
    something: list[Watched]
    fading: list[Faded]
    many: list[Many]
    seconds: float


def history(accounts: int, share: float, left: float, effect: float, seed: int) -> Sample:
    """One play's accounts."""
    return run(World(accounts, share, left, effect), seed)[0]


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


def drawn(stratum: Ints, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Who is told, by the product's lot."""
    places = [0] * STRATA
    told = np.empty(len(stratum), dtype=np.bool_)
    for account, name in enumerate(stratum.tolist()):
        told[account] = arm_of(str(seed), str(name), places[name], share) is Arm.TOLD
        places[name] += 1
    return told


def watched(world: World, seed: int) -> tuple[bool, bool, bool, float]:
    """Whether a winner was named on any day, the truth was inside on all, and one look's interval named one."""
    sample, truth = run(world, seed)
    dice = np.random.default_rng(seed + 1_000_000)
    days = np.cumsum(dice.poisson(A_DAY, world.accounts))
    ends = np.minimum(days[days > 0], world.accounts) - 1
    seen = looks(sample, Level())
    effect, half, error = seen.effect[ends], seen.half[ends], seen.error[ends]
    looked = np.isfinite(half)
    named = bool((np.abs(effect) > half).any())
    covered = bool((np.abs(effect - truth[ends]) <= half).all())
    peeked = bool((np.abs(effect[looked]) > Z_95 * error[looked]).any())
    return named, covered, peeked, float(seen.half[-1] / sample.reach.mean())


def fading(exposures: int, share: float, seed: int) -> tuple[bool, bool]:
    """Whether a half-life of 60 days was found to within a quarter, and was inside its interval: exposures over 240
    days, 30 % of those left alone recover, telling adds 30 points at first."""
    dice = np.random.default_rng(seed)
    x = np.sort(dice.uniform(0, DAYS, exposures))
    told = dice.random(exposures) >= share
    chance = 0.3 + np.where(told, 0.3 * np.exp2(-x / HALF_LIFE), 0.0)
    found = wear_out(Shown(x, told, np.where(dice.random(exposures) < chance, 1.0, 0.0)))
    near = found.half_life is not None and abs(found.half_life / HALF_LIFE - 1) <= 0.25
    lower, upper = found.half_life_lower or 0.0, found.half_life_upper or np.inf
    return near, lower <= HALF_LIFE <= upper


def many(world: World, worlds: int) -> Watched:
    """That many worlds of one kind."""
    named, covered, peeked, half = np.mean([watched(world, seed) for seed in range(worlds)], axis=0).tolist()
    return Watched(world.share, world.left, world.effect, world.spread > 0, named, covered, peeked, half)


def many_fading(given: tuple[int, float], worlds: int) -> Faded:
    """That many worlds of one size that fade."""
    near, covered = np.mean([fading(*given, seed) for seed in range(worlds)], axis=0).tolist()
    return Faded(*given, near, covered)


def prove(worlds: int, quiet: bool) -> Proof:
    """All of it, over the processors there are."""
    began = monotonic()
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        kinds = [*NOTHING, *SOMETHING]
        found = pool.map(partial(many, worlds=worlds), kinds)
        shown = list(track(found, "worlds", total=len(kinds), disable=quiet))
        sizes = [(size, share) for share in (0.5, 0.2) for size in SIZES]
        faded = pool.map(partial(many_fading, worlds=max(worlds // 5, 20)), sizes)
        fades = list(track(faded, "fading", total=len(sizes), disable=quiet))
        many_found = pool.map(partial(many_plays, worlds=worlds, history=history), KINDS)
        plays = list(track(many_found, "many plays", total=len(KINDS), disable=quiet))
    return Proof(worlds, shown[: len(NOTHING)], shown[len(NOTHING) :], fades, plays, round(monotonic() - began, 1))


def show(console: Console, proof: Proof) -> None:
    """The tables, for people."""
    for title, rows in (("without an effect", proof.nothing), ("with an effect", proof.something)):
        table = Table(title=f"{proof.worlds} worlds each, {title}, looked at every day from {ARM_MIN} in each arm")
        heads = (
            "left alone",
            "base",
            "effect",
            "by",
            "winner named",
            "truth inside",
            "one-look winner",
            "± at the end",
        )
        for head in heads:
            table.add_column(head, justify="right")
        for row in rows:
            by = "amount" if row.by_amount else "account"
            rates = (f"{100 * each:.1f} %" for each in (row.named, row.covered, row.peeked))
            table.add_row(f"{row.share:.0%}", f"{row.left:g}", f"{row.effect:+g}", by, *rates, f"{row.half_width:.3f}")
        console.print(table)
    table = Table(title="A planted half-life of 60 days")
    for head in ("exposures", "left alone", "found within 25 %", "inside its interval"):
        table.add_column(head, justify="right")
    for each in proof.fading:
        table.add_row(f"{each.exposures:,}", f"{each.share:.0%}", f"{each.near:.0%}", f"{each.covered:.0%}")
    console.print(table)
    table = Table(title=f"Many plays, {proof.worlds} worlds each, looked at every day")
    for head in ("plays", "with an effect", "judged", "a false winner on any day", "false of those named", "found"):
        table.add_column(head, justify="right")
    for kind in proof.many:
        for judged, said in (("each alone", kind.alone), ("among all", kind.among_all)):
            found = (f"{said.false_win:.1%}", f"{said.false_share:.1%}", f"{said.found:.0%}" if kind.real else "-")
            table.add_row(str(kind.plays), str(kind.real), judged, *found)
    console.print(table)
    console.print(f"{proof.seconds:.0f} s")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m prove.outreach", description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=WORLDS, help="worlds of each kind")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(arguments)
    proof = prove(given.worlds, given.json)
    if given.json:
        print(msgspec.json.encode(proof).decode())
    else:
        show(Console(highlight=False, width=None if sys.stdout.isatty() else 130), proof)
    return 0


if __name__ == "__main__":
    sys.exit(main())
