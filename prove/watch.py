"""Walks a past day by day as it was known then, and keeps what banso and the naive rules said of each account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import SignalKind
from banso_common.errors import SettingsError
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.standing import KIND_ROWS, Standing
from banso_scoring.domain.struggle import silence
from prove.rules import NAIVE, THRESHOLDS, Rule, features, naive

WARM_UP_DAYS = 70
"""Before it there is no past to compare an account with: it is walked, not judged."""
WEEK_DAYS = 7

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Watched:
    """What was said on each of `days`; (days, n), NaN and False of accounts that were not there."""

    days: Sequence[int]
    scores: dict[Rule, Floats] = field(repr=False)
    alarms: dict[Rule, Bools] = field(repr=False)
    features: NDArray[np.float32] | None = field(repr=False)
    """(days, n, features) for those who learn; None when nobody does."""
    enough: float
    """The share of account-days with enough data for banso to say anything."""

    def with_rule(self, rule: Rule, score: Floats) -> Watched:
        """The same with another rule's score, and its alarms."""
        on = np.nan_to_num(score, nan=-np.inf) >= THRESHOLDS[rule]
        return replace(self, scores={**self.scores, rule: score}, alarms={**self.alarms, rule: on})

    def weeks(self) -> list[int]:
        """Places in `days`, a week apart."""
        return list(range(0, len(self.days), WEEK_DAYS))


def watch(past: Past, *, learns: bool = False, warm_up: int = WARM_UP_DAYS) -> Watched:
    """All days of `past` after the first `warm_up`, signals stepped on every day of it.

    Raises SettingsError when it is too short.
    """
    model, (first, last) = past.model, past.days
    n, judged = len(past), range(first + warm_up, last + 1)
    if len(judged) < WEEK_DAYS:
        raise SettingsError(f"{last + 1 - first} days of events; the first {warm_up} are not judged: too few are left")
    standing, silent = Standing.new(n), KIND_ROWS[SignalKind.SILENT_STRUGGLING]
    scores = {rule: np.full((len(judged), n), np.nan) for rule in (Rule.BANSO, Rule.TROUBLE, *NAIVE)}
    on = np.zeros((len(judged), n), np.bool_)
    kept: list[NDArray[np.float32]] = []
    enough = [0, 0]
    for known in past.visit(range(first, last + 1)):
        cohort, row = known.cohort(), known.day - first - warm_up
        learnt: NDArray[np.float32] | None = None
        for positions, panel in known.blocks():
            today = np.full(len(positions), known.day)
            after, seen = evaluate(model, cohort, panel, standing.take(positions), today)
            standing.put(positions, after)
            if row < 0:
                continue
            on[row, positions] = after.open[silent]
            struggle = seen.struggle
            scores[Rule.BANSO][row, positions] = struggle.log_odds
            scores[Rule.TROUBLE][row, positions] = silence.evaluate(model, panel, cohort, False).trouble
            for rule, score in naive(model, panel).items():
                scores[rule][row, positions] = score
            enough[0] += int(struggle.enough_data.sum())
            enough[1] += len(positions)
            if learns:
                some = features(model, panel, cohort)
                learnt = np.full((n, some.shape[1]), np.nan, np.float32) if learnt is None else learnt
                learnt[positions] = some
        if learnt is not None:
            kept.append(learnt)
    alarms = {rule: np.nan_to_num(scores[rule], nan=-np.inf) >= THRESHOLDS[rule] for rule in NAIVE}
    whole = np.stack(kept) if kept else None
    return Watched(judged, scores, {Rule.BANSO: on, **alarms}, whole, enough[0] / max(1, enough[1]))
