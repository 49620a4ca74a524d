"""Many plays at once, of which none or a few do anything: how often a play without an effect is named on any day.

Counted by each interval alone and among all plays and outcomes (e-BH), of plays with accounts of their own, looked at
every day:

    false win    worlds in which a play without an effect was named on any day
    false share  of the plays named on the last day, the share that has no effect; 0 where none was named
    found        of the plays with an effect, the share that was named on the last day
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from banso_alerts.domain.proof.many import named
from banso_alerts.domain.proof.outcomes import Outcome
from banso_alerts.domain.proof.sequences import Floats, Level, log_evidence
from banso_alerts.domain.proof.uplift import Looks, Sample, looks

ACCOUNTS = 1_000
A_DAY = 8
SHARE, LEFT, EFFECT = 0.2, 0.4, 0.2

Bools = npt.NDArray[np.bool_]
History = Callable[[int, float, float, float, int], Sample]
"""Accounts, the share left alone, how often they recover, what telling adds, a seed."""


@dataclass(frozen=True, slots=True)
class Plays:
    """So many plays, of which so many have an effect."""

    plays: int
    real: int


KINDS = (Plays(20, 0), Plays(20, 2))


class Verdicts(msgspec.Struct, frozen=True):
    """Rates over the worlds, for each play alone and among all."""

    false_win: float
    false_share: float
    found: float


class Many(msgspec.Struct, frozen=True):
    """What came of worlds with many plays."""

    plays: int
    real: int
    accounts: int
    alone: Verdicts
    among_all: Verdicts


def many_plays(kind: Plays, worlds: int, history: History) -> Many:
    """That many worlds of one kind."""
    rows = np.array([_world(kind, seed, history) for seed in range(worlds)]).mean(axis=0)
    alone, among = (Verdicts(*row.tolist()) for row in rows)
    return Many(kind.plays, kind.real, ACCOUNTS, alone, among)


def _world(kind: Plays, seed: int, history: History) -> list[tuple[float, float, float]]:
    ends = np.arange(A_DAY, ACCOUNTS + 1, A_DAY) - 1
    log_es, outside = np.empty((kind.plays, len(ends))), np.empty((kind.plays, len(ends)), dtype=np.bool_)
    for play in range(kind.plays):
        effect = EFFECT if play < kind.real else 0.0
        seen = looks(history(ACCOUNTS, SHARE, LEFT, effect, seed * kind.plays + play), Level())
        log_es[play], outside[play] = _evidence(seen, ends), np.abs(seen.effect[ends]) > seen.half[ends]
    family = kind.plays * len(Outcome)
    chosen = np.array([named(day.tolist(), family) for day in log_es.T]).T
    return [_rates(each, kind.real) for each in (outside, chosen)]


def _evidence(seen: Looks, ends: npt.NDArray[np.int64]) -> Floats:
    """Nothing while an arm is too small."""
    found = log_evidence(seen.effect[ends], seen.error[ends], ends + 1, Level())
    return np.where(np.isfinite(seen.half[ends]), found, -np.inf)


def _rates(chosen: Bools, real: int) -> tuple[float, float, float]:
    """Of plays × days, the first `real` of them with an effect."""
    last = chosen[:, -1]
    found = float(last[:real].mean()) if real else 0.0
    return float(chosen[real:].any()), float(last[real:].sum() / max(last.sum(), 1)), found
