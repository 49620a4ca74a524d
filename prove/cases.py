"""One past with what was true in it and what was said of it: a case. Several together make a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.past.past import Past
from banso_scoring.domain.success_model import SuccessModel
from banso_standalone.models import model_of
from banso_standalone.world.days import World
from banso_standalone.world.records import account_name
from banso_standalone.world.spec import State, WorldSpec
from prove import boosting, oracle
from prove.figures import BUDGET, NEWS, Bools, Found, found, listed
from prove.rules import Rule
from prove.told import of_files, of_world, variant
from prove.truth import CODES, EPOCH, Episode, Truth
from prove.watch import WARM_UP_DAYS, WEEK_DAYS, Watched, watch

LIKE_SIZE = 20
"""Contacts of the placebo are handed round among so many accounts, next to each other in size."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case to be made, so that a process of its own can make it."""

    name: str
    kind: str = "base"
    world: WorldSpec | None = None
    files: tuple[Path, Path] | None = None
    """Events and truth, instead of a world."""
    model_file: Path | None = None
    warm_up: int = WARM_UP_DAYS


@dataclass(frozen=True, slots=True)
class Case:
    """A past that was watched."""

    name: str
    kind: str
    watched: Watched
    states: NDArray[np.int8]
    """(days, n): an index into STATES."""
    episodes: Sequence[Episode]
    notes: Sequence[str] = ()
    """What makes it less than it seems."""

    @property
    def alive(self) -> Bools:
        """(days, n): who was there and known."""
        return np.asarray(~np.isnan(self.watched.scores[Rule.RECENCY]) & (self.states != CODES[State.GONE]))

    @property
    def prevalence(self) -> float:
        """The share of those who were there that were silent and struggling, mean over the days."""
        return float((self.states == CODES[State.SILENT])[self.alive].mean())

    def weekly(self, rule: Rule, news: float = 0.0, budget: float = BUDGET) -> Found:
        """How the list of a rule fares that is drawn once a week, of which at least the share `news` is new."""
        weeks = self.watched.weeks()
        given = listed(self.watched.scores[rule][weeks], self.alive[weeks], news, budget)
        return found(given, self.states[weeks], [self.watched.days[w] for w in weeks], self.episodes)

    def daily(self, rule: Rule, news: float = NEWS, budget: float = BUDGET) -> Found:
        """How the list of a rule fares that is kept day by day, a place being given for a week."""
        given = listed(self.watched.scores[rule], self.alive, news, budget, WEEK_DAYS)
        return found(given, self.states, self.watched.days, self.episodes, WEEK_DAYS)

    def by_alarms(self, rule: Rule) -> Found:
        """How the alarms of a rule fare at its own threshold."""
        return found(self.watched.alarms[rule] & self.alive, self.states, self.watched.days, self.episodes)


def made(asked: Asked) -> list[Case]:
    """The case, and after a `base` its placebo."""
    model, notes = model_of(asked.model_file), list[str]()
    if asked.files is not None:
        past, truth, notes = of_files(*asked.files, model)
    else:
        assert asked.world is not None
        past, truth = of_world(variant(asked.world, asked.kind), model)
    cases = [_case(asked.name, asked.kind, watch(past, learns=asked.kind == "base", warm_up=asked.warm_up), truth)]
    cases[0] = replace(cases[0], notes=notes)
    if asked.kind == "base" and asked.world is not None:
        cases = [with_oracle(cases[0], asked.world, truth)]
    if asked.kind == "base":
        cases.append(_case(asked.name, "placebo", watch(placebo(past, model), warm_up=asked.warm_up), truth))
    return cases


def placebo(past: Past, model: SuccessModel) -> Past:
    """The same past, but each account has the contacts of another of like size, so that they say nothing of it."""
    facts = past.history.facts
    contacts = [place for place, name in enumerate(facts.event_names) if model.roles.contact in model.series_of[name]]
    mine = np.isin(facts.name, contacts)
    size = np.bincount(facts.account[~mine], weights=facts.count[~mine], minlength=len(past))
    order, other = np.argsort(size, kind="stable"), np.arange(len(past))
    draw = np.random.default_rng(0)
    for begin in range(0, len(order), LIKE_SIZE):
        some = order[begin : begin + LIKE_SIZE]
        other[some] = draw.permutation(some)
    shuffled = replace(facts, account=np.where(mine, other[facts.account], facts.account))
    return Past(model, replace(past.history, facts=shuffled))


def with_oracle(case: Case, spec: WorldSpec, truth: Truth) -> Case:
    """The case with the oracle's row."""
    world, watched = World(spec), case.watched
    first = (world.date_of(0) - EPOCH).days
    place = {account_name(number): number for number in range(world.accounts)}
    mine = [place[name] for name in truth.names]
    score = oracle.knows(world)[np.array(watched.days) - first][:, mine]
    return replace(case, watched=watched.with_rule(Rule.ORACLE, np.where(case.alive, score, np.nan)))


def boosted(cases: Sequence[Case]) -> list[Case]:
    """The cases with boosting's row, each learnt from the others' weeks. Raises ValueError for fewer than two."""
    if len(cases) < 2:
        raise ValueError("boosting learns from the truth of other worlds; there is one")
    rows = [_labelled(case) for case in cases]
    done = []
    for number, case in enumerate(cases):
        model = boosting.learnt([part for other, part in enumerate(rows) if other != number])
        given, alive = case.watched.features, case.alive
        assert given is not None
        score = np.full(alive.shape, np.nan)
        score[alive] = boosting.said(model, given[alive])
        done.append(replace(case, watched=case.watched.with_rule(Rule.BOOSTING, score)))
    return done


def _case(name: str, kind: str, watched: Watched, truth: Truth) -> Case:
    states = np.stack([truth.on(day) for day in watched.days])
    return Case(name, kind, watched, states, truth.episodes)


def _labelled(case: Case) -> boosting.Labelled:
    weeks = case.watched.weeks()
    assert case.watched.features is not None
    alive = case.alive[weeks]
    silent = case.states[weeks] == CODES[State.SILENT]
    return case.watched.features[weeks][alive], silent[alive]
