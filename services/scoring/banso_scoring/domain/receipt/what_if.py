"""What the score of one account would have been, had only some of what became known between two moments.

Each column of a cube takes some groups of new facts and some other causes (cohort, attributes, objectives, place,
trouble) and leaves the rest as it was known before; all columns are on the new day, and by one model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

from banso_scoring.domain.evaluation import Evaluation, evaluate
from banso_scoring.domain.facts.panel import Bools, Panel
from banso_scoring.domain.receipt import ledger as ledgers
from banso_scoring.domain.receipt.apportion import Rows, rows_of
from banso_scoring.domain.receipt.ledger import Choice, Ledger
from banso_scoring.domain.standing import OF_TROUBLE, Standing
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SuccessModel

NO_PLACE = frozenset({"band", "entered_day", "open", "episode", "opened_day", "cell_day"})
"""Columns of a standing that no score reads."""
OF_FACTS = ("daily", "users", "users_total", "age_days", "today", "ended")
NOT_SAID = frozenset({*OF_FACTS, "plans"})


class Kind(StrEnum):
    """What moved a score."""

    TIME = "time"
    FACTS = "facts"
    OTHER_FACTS = "other-facts"
    COHORT = "cohort"
    ATTRIBUTES = "attributes"
    OBJECTIVES = "objectives"
    PLACE = "place"
    TROUBLE = "trouble"
    MODEL = "model"
    NOT_KEPT = "not-kept"
    DIMENSION = "dimension"
    CEILING = "ceiling"


BLOCKED = (Kind.COHORT, Kind.ATTRIBUTES, Kind.OBJECTIVES)
"""Causes of which an evaluation sees one side."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One account as it was known at a moment: on its own `day`, by facts known until the end of `known_day`."""

    model: SuccessModel
    cohort: Cohort
    day: int
    known_day: int
    stated: Panel
    """What was said of this one account, on `day`; its facts are not read, those of the ledger are."""
    previous: Standing = field(default_factory=lambda: Standing.new(1))

    def on(self, day: int) -> Moment:
        """The same statements seen on another day."""
        renewal = self.stated.renewal_in_days
        left = None if renewal is None else renewal + (self.day - day)
        return replace(self, day=day, stated=replace(self.stated, renewal_in_days=left))


@dataclass(frozen=True, slots=True)
class Cube:
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


def scores(ledger: Ledger, moments: tuple[Moment, Moment], cube: Cube, start: int) -> Rows:
    """The scores of all choices on the new day, by the old model."""
    before, reached = moments
    choice = Choice(reached.day, before.known_day, reached.known_day, cube.group_of, cube.taken[:, : cube.groups])
    facts = ledgers.panel(before.model, ledger, choice)
    both = _both(before.previous, reached.previous)
    trouble = both.take(cube.takes(Kind.TROUBLE).astype(np.int64))
    previous = both.take(cube.takes(Kind.PLACE).astype(np.int64)).with_trouble(trouble)
    micro, factor = np.zeros(facts.n, np.int64), np.ones(facts.n)
    share, points = np.zeros((2, sum(len(one.metrics) for one in before.model.dimensions), facts.n))
    names: tuple[tuple[str, str], ...] = ()
    blocks = np.stack([cube.takes(cause) for cause in BLOCKED])
    for block in np.unique(blocks, axis=1).T:
        some = np.flatnonzero((blocks == block[:, None]).all(axis=0))
        cohort, said, plans = (reached if flag else before.on(reached.day) for flag in block)
        stated = replace(said.stated, plans=plans.stated.plans)
        made = _evaluate(replace(before, cohort=cohort.cohort), _said(facts.take(some), stated), previous.take(some))
        rows = rows_of(before.model, made, start)
        names, share[:, some], points[:, some] = rows.names, rows.share, rows.points
        micro[some], factor[some] = rows.micro, rows.factor
    return Rows(names, share, points, micro, factor)


def scores_of_one(ledger: Ledger, moment: Moment, start: int) -> Rows:
    return rows_of(moment.model, _evaluate(moment, _panel(ledger, moment), moment.previous), start)


def _evaluate(moment: Moment, panel: Panel, previous: Standing) -> Evaluation:
    """What the moment's model says, however little is known: only of nothing at all it says nothing."""
    assert panel.today is not None
    model = replace(moment.model, bands=replace(moment.model.bands, coverage_min=0.0))
    return evaluate(model, moment.cohort, panel, previous, panel.today)[1]


def _panel(ledger: Ledger, moment: Moment) -> Panel:
    choice = Choice(moment.day, moment.known_day, moment.known_day)
    return _said(ledgers.panel(moment.model, ledger, choice), moment.stated)


def _said(facts: Panel, stated: Panel) -> Panel:
    """The facts, and beside each column what `stated` says of the one account."""
    held = {name: getattr(facts, name) for name in OF_FACTS}
    return replace(stated.take(np.zeros(facts.n, np.int64)), **held)


def _both(one: Standing, other: Standing) -> Standing:
    both = Standing.new(2)
    both.put(np.array([0]), one)
    both.put(np.array([1]), other)
    return both


def evaluated(ledger: Ledger, moment: Moment) -> Evaluation:
    """The evaluation of one moment, as it was shown."""
    today = np.full(1, moment.day)
    return evaluate(moment.model, moment.cohort, _panel(ledger, moment), moment.previous, today)[1]


def causes_between(before: Moment, reached: Moment) -> list[Kind]:
    """What else is not the same."""
    found = []
    if before.cohort is not reached.cohort:
        found.append(Kind.COHORT)
    old, new = before.on(reached.day).stated, reached.stated
    if any(not _same(getattr(old, name), getattr(new, name)) for name in Panel.__slots__ if name not in NOT_SAID):
        found.append(Kind.ATTRIBUTES)
    if not _same(old.plans, new.plans):
        found.append(Kind.OBJECTIVES)
    places = [name for name in Standing.__slots__ if name not in (*NO_PLACE, *OF_TROUBLE)]
    for kind, columns in ((Kind.PLACE, places), (Kind.TROUBLE, OF_TROUBLE)):
        if any(not _same(getattr(before.previous, name), getattr(reached.previous, name)) for name in columns):
            found.append(kind)
    return found


def _same(one: Any, other: Any) -> bool:
    """Whether two columns, or two sets of columns, hold the same."""
    if one is None or other is None:
        return one is other
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return all(_same(getattr(one, name), getattr(other, name)) for name in one.__slots__)
