"""All figures of a proof and the bars they are held against, as one document that people and programs read.

Nothing is tuned per seed: all worlds are judged by one model, and the bars hold for all of them pooled. Alerts in a
bad week are those opened in it or in the week after, beside the same world without that week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
import numpy as np

from banso_standalone.world.spec import GOLDEN_WEEK, WorldSpec
from prove.cases import Case
from prove.figures import NEWS, Figures, Found, entries, figures
from prove.rules import NAIVE, Rule
from prove.truth import EPOCH

PRECISION_MIN, RECALL_MIN, DELAY_MAX, CHRONIC_MAX = 0.68, 0.70, 14.0, 0.10
RISE_MAX = 0.5
PLACEBO_SHARE_MAX = 0.25
"""What the silence term gains with contacts that say nothing, of what it gains with real ones."""
WEEK_DAYS = 7


class Bar(msgspec.Struct, frozen=True):
    """A figure to reach."""

    what: str
    asked: str
    value: float
    met: bool | None
    """None when it could not be measured."""
    best: float | None = None
    """What the oracle reaches: no statistic does better."""


class Row(msgspec.Struct, frozen=True):
    """A rule's figures."""

    rule: Rule
    pooled: Figures
    by_case: dict[str, Figures]


class Week(msgspec.Struct, frozen=True):
    """Alarms of a rule in a bad week and the one after it, and in the same days of the world without it."""

    week: str
    rule: Rule
    alarms: int
    usual: int
    rise: float


class Worlds(msgspec.Struct, frozen=True):
    """What was found where the truth is known."""

    cases: list[str]
    prevalence: float
    """The share of accounts that are silent and struggling, mean over the judged days."""
    daily: list[Row]
    """The list of 2 % of the accounts kept day by day, of which at least half is news."""
    news: list[Row]
    """The list of which at least half is news, drawn once a week."""
    budget: list[Row]
    """The list drawn once a week, whoever was on the last ones."""
    alarms: list[Row]
    """At the rules' own thresholds."""
    placebo: list[Row]
    thin: list[Row]
    weeks: list[Week]
    enough_data: dict[str, float]
    """Share of account-days with enough data to say anything, by kind of case."""
    notes: list[str]


def worlds(cases: Sequence[Case], spec: WorldSpec | None, notes: list[str]) -> Worlds:
    """The figures of all cases; `spec` is the world they are variants of, None for files."""
    kinds = {kind: [case for case in cases if case.kind == kind] for kind in ("base", "even", "placebo", "thin")}
    base = kinds["base"]
    rules = list(base[0].watched.scores)
    apart = [Rule.BANSO, Rule.TROUBLE]
    return Worlds(
        cases=[case.name for case in base],
        prevalence=float(np.mean([case.prevalence for case in base])),
        daily=[_row(rule, {case.name: case.daily(rule) for case in base}) for rule in rules],
        news=[_row(rule, {case.name: case.weekly(rule, NEWS) for case in base}) for rule in rules],
        budget=[_row(rule, {case.name: case.weekly(rule) for case in base}) for rule in rules],
        alarms=[_row(r, {case.name: case.by_alarms(r) for case in base}) for r in rules if r in base[0].watched.alarms],
        placebo=[_row(rule, {case.name: case.weekly(rule) for case in kinds["placebo"]}) for rule in apart],
        thin=[_row(rule, {c.name: c.weekly(rule) for c in kinds["thin"]}) for rule in apart if kinds["thin"]],
        weeks=_weeks(base, kinds["even"], spec) if spec is not None and kinds["even"] else [],
        enough_data={
            kind: float(np.mean([case.watched.enough for case in some])) for kind, some in kinds.items() if some
        },
        notes=notes,
    )


def bars(found: Worlds) -> list[Bar]:
    """The bars of the worlds."""
    banso, bare = _of(found.budget, Rule.BANSO), _of(found.budget, Rule.TROUBLE)
    shuffled, shuffled_bare = _of(found.placebo, Rule.BANSO), _of(found.placebo, Rule.TROUBLE)
    gain, left = banso.precision - bare.precision, shuffled.precision - shuffled_bare.precision
    share = left / gain if gain > 0 else float("nan")
    rows = []
    for how, lists in (
        (", kept daily", found.daily),
        (", drawn weekly, half news", found.news),
        (", drawn weekly, whoever was told before", found.budget),
    ):
        one = _of(lists, Rule.BANSO)
        best = next((row.pooled for row in lists if row.rule is Rule.ORACLE), None)
        rows += [
            _least(f"precision at 2 % a week{how}", one.precision, PRECISION_MIN, best.precision if best else None),
            _least(f"recall at 2 % a week{how}", one.recall, RECALL_MIN, best.recall if best else None),
            _most(f"median delay in days{how}", one.delay_days, DELAY_MAX, best=best.delay_days if best else None),
        ]
    rows += [
        _most("share of chronic harmless accounts", banso.chronic, CHRONIC_MAX),
        _most("placebo: share of the silence term's gain that is left", share, PLACEBO_SHARE_MAX),
    ]
    for week in found.weeks:
        if week.rule is Rule.BANSO:
            rows.append(_most(f"{week.week}: rise of alerts", week.rise, RISE_MAX, below=True))
    return rows


def _row(rule: Rule, parts: Mapping[str, Found]) -> Row:
    return Row(rule, figures(list(parts.values())), {name: figures([part]) for name, part in parts.items()})


def _of(rows: Sequence[Row], rule: Rule) -> Figures:
    return next(row.pooled for row in rows if row.rule is rule)


def _weeks(base: Sequence[Case], even: Sequence[Case], spec: WorldSpec) -> list[Week]:
    first = date(*spec.first_monday)
    begins = {}
    if spec.incident_week is not None:
        begins["incident week"] = (first - EPOCH).days + spec.incident_week * WEEK_DAYS
    begins["holiday week"] = (date(first.year, *GOLDEN_WEEK[0]) - EPOCH).days
    found = []
    for name, begin in begins.items():
        days = range(begin, begin + 2 * WEEK_DAYS)
        if not all(case.watched.days[0] <= days[0] and days[-1] <= case.watched.days[-1] for case in base):
            continue
        for rule in (Rule.BANSO, *NAIVE):
            alarms, usual = (sum(_alarms(case, rule, days) for case in some) for some in (base, even))
            found.append(Week(name, rule, alarms, usual, (alarms - usual) / usual if usual else float("nan")))
    return found


def _alarms(case: Case, rule: Rule, days: range) -> int:
    began = entries(case.watched.alarms[rule] & case.alive)
    return int(began[days[0] - case.watched.days[0] :][: len(days)].sum())


def _least(what: str, value: float, least: float, best: float | None = None) -> Bar:
    return Bar(what, f">= {least:g}", value, None if np.isnan(value) else bool(value >= least), best)


def _most(what: str, value: float, most: float, *, below: bool = False, best: float | None = None) -> Bar:
    met = value < most if below else value <= most
    return Bar(what, f"{'<' if below else '<='} {most:g}", value, None if np.isnan(value) else bool(met), best)
