"""A receipt for a change of score: what moved it, by how much, in whole millionths of a point that add up exactly.

    score(to) - score(from) = time + Σ Shapley(facts by event name, cohort, attributes, objectives, place, trouble)
                              + model

Replaced in this order: first only time passes (what was known then, seen on the new day, by the old model);
then, on the new day and by the old model, all that became known; at last the model. What became known
together is shared out by Shapley's rule over all orders, so that none of it gains by being replaced first.
At most `NAMED_MAX` event names stand by themselves, those of the largest effect; the rest is "other facts".
Within a part, a metric's line is its share of the score times its distance from the mean of the two scores.
Source: Shapley (1953), A value for n-person games; Lundberg & Lee (2017) for scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from banso_scoring.domain.evaluation import Evaluation
from banso_scoring.domain.receipt import ledger as ledgers
from banso_scoring.domain.receipt.apportion import TROUBLE, UNNAMED, Lines, itself, micro_of, moved, rows_of, shapley
from banso_scoring.domain.receipt.ledger import Ledger, News
from banso_scoring.domain.receipt.what_if import Cube, Kind, Moment, causes_between, evaluated, scores, scores_of_one
from banso_scoring.domain.success_model import SuccessModel

NAMED_MAX = 5
RANKED_MAX = 64
"""Event names whose effect is tried; with more, those of the fewest events are "other facts" at once."""


class Status(StrEnum):
    """What there is to explain."""

    CHANGE = "change"
    NEW_SCORE = "new-score"
    NO_SCORE_NOW = "no-score-now"
    NO_SCORE = "no-score"


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


def with_shown(receipt: Receipt, then: int | None, now: int | None, why: Kind = Kind.NOT_KEPT) -> Receipt:
    """The receipt between the scores that were shown, where they are given: what cannot be worked out again of
    them is a part too."""
    if receipt.status is not Status.CHANGE or receipt.before is None or receipt.after is None:
        return receipt
    before = receipt.before if then is None else then
    after = receipt.after if now is None else now
    gap = (receipt.before - before) + (after - receipt.after)
    parts = (*receipt.parts, Part(why, gap)) if gap else receipt.parts
    return replace(receipt, before=before, after=after, parts=parts)


def _parts(ledger: Ledger, before: Moment, after: Moment, start: int) -> tuple[Part, ...]:
    """All parts, in the order of replacement; those that changed nothing are left out."""
    same_model = before.model.version == after.model.version
    reached = after
    if not same_model:  # the new cohort and place are of the new model: they change together with it
        reached = replace(after, model=before.model, cohort=before.cohort, previous=before.previous)
    groups, group_of = _groups(ledger, before, reached, start)
    causes = causes_between(before, reached)
    taken = ledgers.subsets(len(groups) + len(causes))
    cube = scores(ledger, (before, reached), Cube(group_of, len(groups), causes, taken), start)
    old = scores_of_one(ledger, before, start)
    found = [Part(Kind.TIME, int(cube.micro[0] - old.micro[0]), moved(old, cube.take([0])))]
    for index, (micro, lines) in enumerate(shapley(cube, taken.shape[1])):
        if index < len(groups):
            news = groups[index]
            found.append(Part(Kind.FACTS if news.name else Kind.OTHER_FACTS, micro, lines, news, news.name))
        else:
            found.append(Part(causes[index - len(groups)], micro, lines))
    if not same_model:
        new = scores_of_one(ledger, after, start)
        top = cube.take([len(taken) - 1])
        found.append(Part(Kind.MODEL, int(new.micro[0] - top.micro[0]), moved(top, new)))
    return tuple(part for part in found if part.micro or part.lines)


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
    cube = Cube({name: index for index, name in enumerate(tried)}, len(tried), (), taken)
    micro = scores(ledger, (before, reached), cube, start).micro
    count = len(tried)
    effect = np.abs(micro[:count] - micro[-2]) + np.abs(micro[-1] - micro[count:-2])
    order = np.argsort(-effect, kind="stable")[:NAMED_MAX]
    return ledgers.grouped(news, sorted(tried[index] for index in order))


def _itself(model: SuccessModel, found: Evaluation) -> tuple[Part, ...]:
    """A score that there was none before: what each dimension gives, and what holds it down."""
    lines = itself(rows_of(model, found, 0))
    parts = []
    for dimension in model.dimensions:
        mine = tuple(line for line in lines if line.dimension == dimension.name)
        if mine:
            parts.append(Part(Kind.DIMENSION, sum(line.micro for line in mine), mine, name=dimension.name))
    for name, kind in ((TROUBLE, Kind.TROUBLE), (UNNAMED, Kind.CEILING)):
        mine = tuple(line for line in lines if (line.dimension, line.metric) == name)
        if mine:
            parts.append(Part(kind, sum(line.micro for line in mine), mine))
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
