"""Success patterns: several ways to succeed stand side by side, and an account is healthy if it follows any of them.

An account follows a pattern when all of the pattern's conditions hold; what is not known does not hold. Each pattern
puts weights of its own in place of those of some dimensions (cell and phase emphasise them as they do the others).
The nearest pattern is the one, among those followed, with the greatest score; of equals the first in the file.

An account that has no pattern takes the nearest one at once. One that has keeps it until another (or none) was the
nearest on `hold_days` days in a row; days are counted, not calls. Until then its health comes from the pattern it
has, and with none from the plain weights. A day on which nothing at all is known changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import Bools, Floats
from banso_scoring.domain.health import health
from banso_scoring.domain.health.health import Health
from banso_scoring.domain.journey.journey import holds
from banso_scoring.domain.model_parts import Condition
from banso_scoring.domain.standing import NO_DAY, NO_VALUE, Standing
from banso_scoring.domain.success_model import SuccessModel

Days = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Following:
    """Which pattern n accounts follow; the first three are the new columns of the standing."""

    pattern: NDArray[np.int16]
    """(n,): index into `model.patterns.any_of`; NO_VALUE for none."""
    pattern_day: Days
    """(n,): the day on which the account took its pattern."""
    pattern_until: Days
    """(n,): the day since which another has been the nearest without a break; NO_DAY while it is its own."""
    follows: Bools
    """(patterns, n): whose conditions hold today."""
    scores: Floats
    """(patterns, n): the score by each pattern, followed or not."""
    weights: Floats
    """(dimensions, n): what each dimension counts, with the pattern that the account has."""
    health: Health


def step(model: SuccessModel, previous: Standing, metrics: Floats, weights: Floats, day: Days) -> Following:
    """The patterns after `day`, from the standing at the close of an earlier day.

    `metrics` are (metrics, n) raw values, `weights` (dimensions, n) what dimensions count without patterns.
    """
    some, n = model.patterns.any_of, metrics.shape[1]
    dimensions = health.dimensions_of(model, metrics)
    plain = health.weighed(model, dimensions, weights)
    if not some:
        none, never = np.full(n, NO_VALUE, np.int16), np.full(n, NO_DAY, np.int32)
        nothing = np.zeros((0, n))
        return Following(none, never, never, nothing.astype(np.bool_), nothing, weights, plain)
    follows = np.stack([_all_hold(pattern.when, metrics) for pattern in some])
    weighed = [weights, *(weights * np.array(pattern.times)[:, None] for pattern in some)]
    fares = [plain, *(health.weighed(model, dimensions, own) for own in weighed[1:])]
    scores = np.stack([one.score for one in fares[1:]])
    nearest = _nearest(follows, scores)
    has, known = previous.pattern.astype(np.int64), ~np.isnan(metrics).all(axis=0)
    has = np.where(has < len(some), has, NO_VALUE)
    differs = known & (nearest != has) & (has != NO_VALUE)
    until = np.where(differs, np.where(previous.pattern_until == NO_DAY, day, previous.pattern_until), NO_DAY)
    until = np.where(known, until, previous.pattern_until)
    moves = np.where(has == NO_VALUE, nearest != NO_VALUE, differs & (day - until + 1 >= model.patterns.hold_days))
    pattern = np.where(moves, nearest, has)
    took = np.where(moves, np.where(pattern == NO_VALUE, NO_DAY, day), previous.pattern_day)
    place, column = pattern + 1, np.arange(n)
    return Following(
        pattern=pattern.astype(np.int16),
        pattern_day=np.where(pattern == NO_VALUE, NO_DAY, took).astype(np.int32),
        pattern_until=np.where(moves, NO_DAY, until).astype(np.int32),
        follows=follows,
        scores=scores,
        weights=np.stack(weighed)[place, :, column].T,
        health=Health(
            score=np.stack([one.score for one in fares])[place, column],
            coverage=np.stack([one.coverage for one in fares])[place, column],
            dimensions=plain.dimensions,
        ),
    )


def _all_hold(conditions: tuple[Condition, ...], metrics: Floats) -> Bools:
    return np.asarray(np.stack([holds(condition, metrics) for condition in conditions]).all(axis=0))


def _nearest(follows: Bools, scores: Floats) -> NDArray[np.int64]:
    """(n,): the pattern with the greatest score among those followed; NO_VALUE where none is."""
    reach = np.where(follows, np.where(np.isnan(scores), -1.0, scores), -np.inf)
    return np.where(follows.any(axis=0), reach.argmax(axis=0), NO_VALUE)
