"""What was found of the plays, as it is stored and shown: by account and by amount together, whole and by segment.

Amounts are taken apart by currency and said in its units an account; `per_value` is the effect as a share of the
average contract value. A play is said to help by its first outcome that has an answer, by account; the intervals of a
segment's values share one level among them (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from banso_alerts.domain.proof.belief import believed
from banso_alerts.domain.proof.outcomes import HORIZON_DAYS, MORE_IS_BETTER, Outcome
from banso_alerts.domain.proof.sequences import Floats, Level
from banso_alerts.domain.proof.uplift import Bools, Estimate, Sample, State, estimate
from banso_common.contracts.account_activity import MICRO

MARGIN = 0.05
"""No difference larger than this share of accounts."""
DIMENSIONS = ("touch", "phase", "cell")
VALUES_MAX = 20
"""Values of a dimension that are shown, the largest first."""


class AmountFound(msgspec.Struct, frozen=True):
    """An effect in units of a currency an account, and as a share of the average contract value."""

    currency: str
    average_value: float
    estimate: Estimate
    per_value: float | None
    state: State
    verdict: State = State.CANNOT_SAY


class OutcomeFound(msgspec.Struct, frozen=True):
    """One outcome of one play."""

    outcome: Outcome
    horizon_days: int
    by_account: Estimate
    by_amount: list[AmountFound]
    verdict: State = State.CANNOT_SAY


class SegmentFound(msgspec.Struct, frozen=True):
    """The first outcome of one play where a dimension has one value."""

    dimension: str
    value: str
    found: OutcomeFound


class PlayFound(msgspec.Struct, frozen=True):
    """All that was found of one play. `believed` is for choosing among plays; a `verdict` is what may be said among all
    plays and outcomes (`many`), a `state` by one interval alone."""

    play: str
    told: int
    left_alone: int
    state: State
    measured_by: Outcome | None
    believed: float
    outcomes: list[OutcomeFound]
    segments: list[SegmentFound]
    verdict: State = State.CANNOT_SAY


@dataclass(frozen=True, slots=True)
class Exposures:
    """The first exposures of one play, one an account, in the order of time, as columns of one length.

    `values` holds each outcome, NaN where it has no answer or none yet; `acv` is in units, NaN when unknown;
    `strata` and the dimensions are names.
    """

    told: Bools
    share: Floats
    acv: Floats
    currency: Sequence[str]
    strata: Sequence[str]
    dimensions: Mapping[str, Sequence[str]]
    values: Mapping[Outcome, Floats]


def find(play: str, author: float, seen: Exposures, level: Level) -> PlayFound:
    """What these exposures say of a play whose author believes that it helps by `author`."""
    every = np.ones(len(seen.told), dtype=np.bool_)
    outcomes = [_outcome(seen, outcome, every, level) for outcome in Outcome]
    answered = [each for each in outcomes if each.by_account.told + each.by_account.left_alone]
    first = next((each for each in answered if each.outcome is not Outcome.CONTACTED), None)
    measured_by = None if first is None else first.outcome
    return PlayFound(
        play=play,
        told=int(seen.told.sum()),
        left_alone=int((~seen.told).sum()),
        state=State.CANNOT_SAY if first is None else first.by_account.state,
        measured_by=measured_by,
        believed=_believed(author, first),
        outcomes=outcomes,
        segments=[] if measured_by is None else list(_segments(seen, measured_by, level)),
    )


def _believed(author: float, first: OutcomeFound | None) -> float:
    if first is None:
        return believed(author, None, None)
    effect = first.by_account.effect
    better = effect if effect is None or MORE_IS_BETTER[first.outcome] else -effect
    return believed(author, better, first.by_account.error)


def _segments(seen: Exposures, outcome: Outcome, level: Level) -> Iterator[SegmentFound]:
    for dimension in DIMENSIONS:
        names = np.array(seen.dimensions[dimension], dtype=np.str_)
        values, counts = np.unique(names, return_counts=True)
        shown = sorted(zip(-counts, values, strict=True))[:VALUES_MAX]
        for _, value in shown:
            found = _outcome(seen, outcome, names == value, level.shared(len(shown)))
            yield SegmentFound(dimension, str(value), found)


def _outcome(seen: Exposures, outcome: Outcome, chosen: Bools, level: Level) -> OutcomeFound:
    values, better = seen.values[outcome], MORE_IS_BETTER[outcome]
    known = chosen & ~np.isnan(values)
    strata = np.unique(np.array(seen.strata, dtype=np.str_), return_inverse=True)[1].astype(np.int64)
    ones = np.maximum(np.ones(len(values)), np.nan_to_num(values))
    sample = Sample(values, seen.told, seen.share, strata, ones)
    amounts = []
    currencies = np.array(seen.currency, dtype=np.str_)
    for currency in np.unique(currencies[known & ~np.isnan(seen.acv)]):
        paid = known & ~np.isnan(seen.acv) & (currencies == currency)
        money = Sample(values * seen.acv, seen.told, seen.share, strata, ones * seen.acv).where(paid)
        average = float(seen.acv[paid].mean())
        found = estimate(money, level, MARGIN * average, more_is_better=better)
        share = None if found.effect is None or average <= 0 else found.effect / average
        amounts.append(AmountFound(str(currency), average, found, share, found.state))
    by_account = estimate(sample.where(known), level, MARGIN, more_is_better=better)
    return OutcomeFound(outcome, HORIZON_DAYS[outcome], by_account, amounts)


def units(acv: int | None) -> float:
    """Micro-units as units of the currency; NaN when unknown."""
    return float("nan") if acv is None else acv / MICRO
