"""Whole millionths of a point, shared out so that parts add up to their whole exactly.

A score is Σ s_m·r_m over its metrics: s_m the share of the weight with evidence, r_m the metric's points. From one
evaluation to another with scores v and v', c = (v + v')/2, a metric's line is

    s'_m·(r'_m - c) - s_m·(r_m - c)        which add up to v' - v

so that evidence that comes in above the score lifts it and below it sinks it, whatever it does to other shares.
Where the course of trouble multiplies u = Σ s_m·r_m by f, c is that of the scores without it, each line is times
(f + f')/2, and (f' - f)·(u + u')/2 is the line of trouble. What all these do not explain (a ceiling) is a line without
a name. Rounding is by largest remainder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.evaluation import Evaluation
from banso_scoring.domain.facts.panel import Floats
from banso_scoring.domain.health.metrics import ramp
from banso_scoring.domain.success_model import SuccessModel

MICRO = 1_000_000
TROUBLE = ("", "trouble")
"""The line of what the course of an account's trouble does."""
UNNAMED = ("", "")
"""The line of what no metric explains."""
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """What one metric of one dimension adds to a part, millionths of a point; both empty for what none explains."""

    dimension: str
    metric: str
    micro: int


Lines = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """n scores with what they are made of. `names` are (dimension, metric)."""

    names: tuple[Name, ...]
    share: Floats
    """(rows, n): each metric's share of the weight with evidence; 0 without evidence."""
    points: Floats
    """(rows, n): 0..100 by its ramp; 0 without evidence."""
    micro: NDArray[np.int64]
    """(n,): the scores, millionths of a point."""
    factor: Floats
    """(n,): what trouble multiplies them by."""

    def take(self, columns: NDArray[np.intp] | Sequence[int]) -> Rows:
        """The rows of some columns."""
        share, points = self.share[:, columns], self.points[:, columns]
        return Rows(self.names, share, points, self.micro[columns], self.factor[columns])

    def named(self, names: Sequence[Name]) -> Rows:
        """The same under other names: those that are not here have no share."""
        place = {name: index for index, name in enumerate(self.names)}
        share, points = np.zeros((2, len(names), len(self.micro)))
        for index, name in enumerate(names):
            if name in place:
                share[index], points[index] = self.share[place[name]], self.points[place[name]]
        return Rows(tuple(names), share, points, self.micro, self.factor)

    @property
    def whole(self) -> Floats:
        """(n,): what the metrics come to, 0..100."""
        return np.asarray((self.share * self.points).sum(axis=0))

    @property
    def before_trouble(self) -> Floats:
        """(n,): the scores without the factor of trouble; what the metrics come to where that is 0."""
        factor = np.where(self.factor > 0, self.factor, 1.0)
        return np.where(self.factor > 0, self.micro / (MICRO * factor), self.whole)


def micro_of(score: Floats) -> NDArray[np.int64]:
    """Scores in millionths of a point; none may be NaN."""
    return np.asarray(np.rint(score * MICRO), np.int64)


def rows_of(model: SuccessModel, found: Evaluation, unknown: int) -> Rows:
    """What the scores of `found` are made of; a score that is not known counts as `unknown` millionths."""
    ramps, weight = ramp(model, found.metrics), found.following.weights
    names: list[Name] = []
    weights, points = [], []
    for row, dimension in enumerate(model.dimensions):
        for metric, part in zip(dimension.metrics, dimension.weights, strict=True):
            present = ~np.isnan(ramps[metric])
            names.append((dimension.name, model.metrics[metric].name))
            weights.append(np.where(present, weight[row] * part / sum(dimension.weights), 0.0))
            points.append(np.where(present, 100.0 * ramps[metric], 0.0))
    weighed = np.stack(weights)
    covered = weighed.sum(axis=0)
    score = np.where(np.isnan(found.health.score), unknown / MICRO, found.health.score)
    shares = weighed / np.where(covered > 0, covered, 1.0)
    return Rows(tuple(names), shares, np.stack(points), micro_of(score), found.course.factor)


def moved(old: Rows, new: Rows) -> Lines:
    """The lines of the change from the one score of `old` to the one of `new`, whichever models they are of."""
    names = tuple(dict.fromkeys((*old.names, *new.names)))
    change = _changes(old.named(names), new.named(names))
    return _lines((*names, TROUBLE), int(new.micro[0] - old.micro[0]), change[:, 0])


def itself(rows: Rows) -> Lines:
    """What each metric gives to the one score of `rows`; they add up to it."""
    exact = np.vstack([rows.share * rows.points, (rows.factor - 1.0) * rows.whole])
    return _lines((*rows.names, TROUBLE), int(rows.micro[0]), MICRO * exact[:, 0])


def shapley(cube: Rows, players: int) -> list[tuple[int, Lines]]:
    """For each player its part and lines; column b of `cube` is the score of the players whose bits b has.

    The parts add up to the last score less the first.
    """
    numbers = np.arange(1 << players)
    size = ((numbers[:, None] >> np.arange(players)) & 1).sum(axis=1)
    weight = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])
    parts, lines = np.zeros(players), np.zeros((players, len(cube.names) + 1))
    for player in range(players):
        without = numbers[(numbers >> player) & 1 == 0]
        joined = without | (1 << player)
        each = weight[size[without]]
        parts[player] = ((cube.micro[joined] - cube.micro[without]) * each).sum()
        lines[player] = (_changes(cube.take(without), cube.take(joined)) * each).sum(axis=1)
    whole = apportion(int(cube.micro[-1] - cube.micro[0]), parts)
    names = (*cube.names, TROUBLE)
    return [(micro, _lines(names, micro, line)) for micro, line in zip(whole, lines, strict=True)]


def apportion(total: int, parts: Floats) -> list[int]:
    """`parts` in whole numbers that add up to `total`, which they nearly do already; each is off by less than 1
    as long as that holds."""
    if not len(parts):
        return []
    floors = np.floor(parts)
    whole = [int(part) for part in floors]
    short = total - sum(whole)
    order = np.argsort(floors - parts, kind="stable").tolist()
    if short < 0:
        order.reverse()
    for place in range(abs(short)):
        whole[order[place % len(whole)]] += 1 if short > 0 else -1
    return whole


def _changes(old: Rows, new: Rows) -> Floats:
    """(rows + 1, n): each metric's line of the changes old -> new, then that of trouble, in millionths, not rounded."""
    middle = (old.before_trouble + new.before_trouble) / 2
    lines = new.share * (new.points - middle) - old.share * (old.points - middle)
    trouble = (new.factor - old.factor) * (old.whole + new.whole) / 2
    return np.asarray(MICRO * np.vstack([lines * (old.factor + new.factor) / 2, trouble]))


def _lines(names: Sequence[Name], total: int, exact: Floats) -> Lines:
    rest = total - float(exact.sum())
    if abs(rest) >= len(names) + 1.0:
        names, exact = (*names, UNNAMED), np.append(exact, rest)
    whole = apportion(total, exact)
    return tuple(Line(*name, micro) for name, micro in zip(names, whole, strict=True) if micro)
