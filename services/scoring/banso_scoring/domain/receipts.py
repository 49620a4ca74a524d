"""A receipt for a change of score: what moved it, by how much, in whole millionths of a point that add up exactly.

    score(to) - score(from) = time + Σ Shapley(cohort, attributes, place, facts by event name) + model

Replaced in this order: first only time passes (what was known then, seen on the new day, by the old model);
then, on the new day and by the old model, all that became known; at last the model. What became known
together is shared out by Shapley's rule over all orders, so that none of it gains by being replaced first.
At most `NAMED_MAX` event names stand by themselves, those of the largest effect; the rest is "other facts".
Within a part, a metric's line is its share of the score times its distance from the mean of the two scores.
Source: Shapley (1953), A value for n-person games; Lundberg & Lee (2017) for scores.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from banso_scoring.domain import ledger as ledgers
from banso_scoring.domain.apportion import UNNAMED, Lines, Rows, itself, micro_of, moved, rows_of, shapley
from banso_scoring.domain.evaluation import Evaluation, evaluate
from banso_scoring.domain.ledger import Choice, Ledger, News
from banso_scoring.domain.panel import Bools, Panel
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.domain.usual import Cohort

NAMED_MAX = 5
RANKED_MAX = 64
"""Event names whose effect is tried; with more, those of the fewest events are "other facts" at once."""
NO_PLACE = frozenset({"band", "entered_day", "goal_since", "lapse_since", "open", "episode", "opened_day"})
"""Columns of a standing that no score reads."""


class Kind(StrEnum):
    """What moved a score."""

    TIME = "time"
    FACTS = "facts"
    OTHER_FACTS = "other-facts"
    COHORT = "cohort"
    ATTRIBUTES = "attributes"
    PLACE = "place"
    MODEL = "model"
    NOT_KEPT = "not-kept"
    DIMENSION = "dimension"
    CEILING = "ceiling"


class Status(StrEnum):
    """What there is to explain."""

    CHANGE = "change"
    NEW_SCORE = "new-score"
    NO_SCORE_NOW = "no-score-now"
    NO_SCORE = "no-score"


@dataclass(frozen=True, slots=True)
class Moment:
    """One account as it was known at a moment: on its own `day`, by facts known until the end of `known_day`."""

    model: SuccessModel
    cohort: Cohort
    day: int
    known_day: int
    seats: float = math.nan
    renewal_day: float = math.nan
    previous: Standing = field(default_factory=lambda: Standing.new(1))


@dataclass(frozen=True, slots=True)
class Part:
    """One cause. `micro` is in millionths of a point; `lines` add up to it exactly."""

    kind: Kind
    micro: int
    lines: Lines = ()
    news: News | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Of a change the parts add up to `after - before`; of a new score to `after`; else there are none."""

    status: Status
    before: int | None
    after: int | None
    coverage: tuple[float, float]
    """Then and now."""
    parts: tuple[Part, ...]
    lost: tuple[str, ...] = ()
    """Metrics that had evidence then and have none now."""


def explain(ledger: Ledger, before: Moment, after: Moment) -> Receipt:
    """Why the score of an account went from that of `before` to that of `after`."""
    found = evaluated(ledger, before), evaluated(ledger, after)
    coverage = (float(found[0].health.coverage[0]), float(found[1].health.coverage[0]))
    then, now = _micro_or_none(found[0]), _micro_or_none(found[1])
    if not ledger.began(before.known_day) and ledger.began(after.known_day):
        then = None
    lost = _lost(before, after, found)
    if now is None:
        status = Status.NO_SCORE if then is None else Status.NO_SCORE_NOW
        return Receipt(status, then, now, coverage, (), lost)
    if then is None:
        return Receipt(Status.NEW_SCORE, then, now, coverage, _itself(after.model, found[1]), lost)
    return Receipt(Status.CHANGE, then, now, coverage, _parts(ledger, before, after, then), lost)


def with_stored(receipt: Receipt, stored: int | None, why: Kind = Kind.NOT_KEPT) -> Receipt:
    """The receipt from the score that was shown then, `stored`: what cannot be worked out again is a part too."""
    if stored is None or receipt.status is not Status.CHANGE or receipt.before is None or stored == receipt.before:
        return receipt
    gap = Part(why, receipt.before - stored)
    return replace(receipt, before=stored, parts=(*receipt.parts, gap))


def _parts(ledger: Ledger, before: Moment, after: Moment, start: int) -> tuple[Part, ...]:
    """All parts, in the order of replacement; those that changed nothing are left out."""
    same_model = before.model.version == after.model.version
    reached = after
    if not same_model:  # the new cohort and place are of the new model: they change together with it
        reached = replace(after, model=before.model, cohort=before.cohort, previous=before.previous)
    groups, group_of = _groups(ledger, before, reached, start)
    causes = _causes(before, reached)
    taken = ledgers.subsets(len(groups) + len(causes))
    cube = _rows(ledger, (before, reached), _Cube(group_of, len(groups), causes, taken), start)
    old = _rows_of_one(ledger, before, start)
    found = [Part(Kind.TIME, int(cube.micro[0] - old.micro[0]), moved(old, cube.take([0])))]
    for index, (micro, lines) in enumerate(shapley(cube, taken.shape[1])):
        if index < len(groups):
            news = groups[index]
            found.append(Part(Kind.FACTS if news.name else Kind.OTHER_FACTS, micro, lines, news, news.name))
        else:
            found.append(Part(causes[index - len(groups)], micro, lines))
    if not same_model:
        new = _rows_of_one(ledger, after, start)
        top = cube.take([len(taken) - 1])
        found.append(Part(Kind.MODEL, int(new.micro[0] - top.micro[0]), moved(top, new)))
    return tuple(part for part in found if part.micro or part.lines)


@dataclass(frozen=True, slots=True)
class _Cube:
    """Which of what became known each column takes: first the groups of facts, then the causes."""

    group_of: Mapping[str, int]
    groups: int
    causes: Sequence[Kind]
    taken: Bools

    def takes(self, cause: Kind) -> Bools:
        """(columns,): whether a column takes this cause; those that are no cause here are taken by none."""
        if cause not in self.causes:
            return np.zeros(len(self.taken), np.bool_)
        return np.asarray(self.taken[:, self.groups + self.causes.index(cause)])


def _rows(ledger: Ledger, moments: tuple[Moment, Moment], cube: _Cube, start: int) -> Rows:
    """The scores of all choices on the new day, by the old model."""
    before, reached = moments
    choice = Choice(reached.day, before.known_day, reached.known_day, cube.group_of, cube.taken[:, : cube.groups])
    said = cube.takes(Kind.ATTRIBUTES)
    panel = replace(
        ledgers.panel(before.model, ledger, choice),
        seats=np.where(said, reached.seats, before.seats),
        renewal_in_days=np.where(said, reached.renewal_day, before.renewal_day) - reached.day,
    )
    both = Standing.new(2)
    both.put(np.array([0]), before.previous)
    both.put(np.array([1]), reached.previous)
    previous = both.take(cube.takes(Kind.PLACE).astype(np.int64))
    renewed = cube.takes(Kind.COHORT)
    micro = np.zeros(panel.n, np.int64)
    share, points = np.zeros((2, sum(len(one.metrics) for one in before.model.dimensions), panel.n))
    names: tuple[tuple[str, str], ...] = ()
    for cohort, mine in ((before.cohort, ~renewed), (reached.cohort, renewed)):
        some = np.flatnonzero(mine)
        if len(some):
            made = _evaluate(replace(before, cohort=cohort), panel.take(some), previous.take(some), reached.day)
            rows = rows_of(before.model, made, start)
            names, share[:, some], points[:, some], micro[some] = rows.names, rows.share, rows.points, rows.micro
    return Rows(names, share, points, micro)


def _rows_of_one(ledger: Ledger, moment: Moment, start: int) -> Rows:
    panel = _panel(ledger, moment)
    return rows_of(moment.model, _evaluate(moment, panel, moment.previous, moment.day), start)


def _evaluate(moment: Moment, panel: Panel, previous: Standing, day: int) -> Evaluation:
    """What the moment's model says, however little is known: only of nothing at all it says nothing."""
    model = replace(moment.model, bands=replace(moment.model.bands, coverage_min=0.0))
    return evaluate(model, moment.cohort, panel, previous, np.full(panel.n, day))[1]


def _panel(ledger: Ledger, moment: Moment) -> Panel:
    panel = ledgers.panel(moment.model, ledger, Choice(moment.day, moment.known_day, moment.known_day))
    return replace(
        panel, seats=np.array([moment.seats]), renewal_in_days=np.array([moment.renewal_day - float(moment.day)])
    )


def evaluated(ledger: Ledger, moment: Moment) -> Evaluation:
    """The evaluation of one moment, as it was shown."""
    today = np.full(1, moment.day)
    return evaluate(moment.model, moment.cohort, _panel(ledger, moment), moment.previous, today)[1]


def _groups(ledger: Ledger, before: Moment, reached: Moment, start: int) -> tuple[list[News], dict[str, int]]:
    """The new facts by event name, the `NAMED_MAX` of the largest effect by themselves.

    The effect of a name is what it does alone, and what it does as the last to come.
    """
    news = ledger.news(before.known_day, reached.known_day, reached.day)
    tried = sorted(news, key=lambda name: (-news[name].events, name))[:RANKED_MAX]
    if len(news) <= NAMED_MAX:
        return ledgers.grouped(news, sorted(news))
    alone = np.eye(len(tried), dtype=np.bool_)
    taken = np.concatenate([alone, ~alone, np.zeros_like(alone[:1]), np.ones_like(alone[:1])])
    cube = _Cube({name: index for index, name in enumerate(tried)}, len(tried), (), taken)
    micro = _rows(ledger, (before, reached), cube, start).micro
    count = len(tried)
    effect = np.abs(micro[:count] - micro[-2]) + np.abs(micro[-1] - micro[count:-2])
    order = np.argsort(-effect, kind="stable")[:NAMED_MAX]
    return ledgers.grouped(news, sorted(tried[index] for index in order))


def _causes(before: Moment, reached: Moment) -> list[Kind]:
    """What else is not the same."""
    found = []
    if before.cohort is not reached.cohort:
        found.append(Kind.COHORT)
    said = ((before.seats, reached.seats), (before.renewal_day, reached.renewal_day))
    if any(old != new and not (math.isnan(old) and math.isnan(new)) for old, new in said):
        found.append(Kind.ATTRIBUTES)
    if any(
        not np.array_equal(getattr(before.previous, name), getattr(reached.previous, name))
        for name in Standing.__slots__
        if name not in NO_PLACE
    ):
        found.append(Kind.PLACE)
    return found


def _itself(model: SuccessModel, found: Evaluation) -> tuple[Part, ...]:
    """A score that there was none before: what each dimension gives, and what holds it down."""
    lines = itself(rows_of(model, found, 0))
    parts = []
    for name in (*(dimension.name for dimension in model.dimensions), UNNAMED[0]):
        mine = tuple(line for line in lines if line.dimension == name)
        if mine:
            kind = Kind.DIMENSION if name else Kind.CEILING
            parts.append(Part(kind, sum(line.micro for line in mine), mine, name=name))
    return tuple(parts)


def _micro_or_none(found: Evaluation) -> int | None:
    score = float(found.health.score[0])
    return None if math.isnan(score) else int(micro_of(np.array([score]))[0])


def _lost(before: Moment, after: Moment, found: tuple[Evaluation, Evaluation]) -> tuple[str, ...]:
    """Metrics that were scored and had evidence, and have none now."""
    then, now = (
        {metric.name: not math.isnan(value) for metric, value in zip(moment.model.metrics, values, strict=True)}
        for moment, values in zip((before, after), (one.metrics[:, 0].tolist() for one in found), strict=True)
    )
    scored = [metric.name for metric in before.model.metrics if metric.ramp_x]
    return tuple(name for name in scored if then[name] and not now.get(name, False))
