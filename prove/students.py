"""The same on real students: who withdraws within 60 days, 2013 to learn from and 2014 to be judged on.

The backtest is that of `banso model backtest --example oulad`; beside it stand the naive rules and boosting on the
same rows. Nobody writes to a tutor in this data, so that the silence term has nothing to say.

The bars were set on all who are enrolled, and on those of them who handed in, late or not, what came due last: only
there does the recency rule have the AUC that was told with the bars (.607/.589/.642 and .533/.498/.520).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import numpy as np

from banso_scoring.domain.past.backtest import Floats
from banso_scoring.domain.past.backtest_alerts import fared, give
from banso_scoring.domain.past.backtest_figures import auc
from banso_scoring.domain.past.backtest_report import KEPT, OPEN, POPULATIONS, Part, Report, members, report
from banso_standalone.asked import Asked
from banso_standalone.cli_backtest import bars as progress_bars
from banso_standalone.cli_backtest import parts_of, spans_of
from banso_standalone.examples import oulad_model_file
from banso_standalone.models import model_of
from banso_standalone.settings import Example
from banso_standalone.spans import Span
from prove import boosting
from prove.report import Bar
from prove.rules import NAIVE, Rule, naive

BARS = {
    OPEN: {"day 60": 0.652, "day 90": 0.685, "day 120": 0.706},
    KEPT: {"day 60": 0.634, "day 90": 0.664, "day 120": 0.642},
}
WHO = {OPEN: "students", KEPT: "students whose latest deadline was kept"}
PRECISION_MIN, RECALL_MIN, LEAD_MIN = 0.132, 0.32, 24.0


class StudentRow(msgspec.Struct, frozen=True):
    """A rule's figures: AUC by population and cutoff, and weekly alerts at the budget."""

    rule: Rule
    auc: dict[str, dict[str, float]]
    alerts: int
    precision: float
    recall: float
    lead_days: float


class Students(msgspec.Struct, frozen=True):
    """What was found of the students."""

    rows: list[StudentRow]
    backtest: Report
    bars: list[Bar]


def students(modules: Sequence[str], *, quiet: bool) -> Students:
    """The figures on some modules, or all."""
    model, wanted = model_of(oulad_model_file()), Asked(modules=list(modules), calm_of=["missed"])
    with progress_bars(quiet=quiet) as told:
        spans = asyncio.run(spans_of(model, Example.OULAD, wanted, told))
        parts = parts_of(model, spans, wanted, told)
    risks = {Rule.BANSO: [part.rows.risk for part in parts]}
    ruled = [_naive(span) for span in spans]
    risks |= {rule: [one[rule] for one in ruled] for rule in NAIVE}
    if boosting.missing() is None:
        risks[Rule.BOOSTING] = _boosted(parts, wanted.horizon)
    rows = [_row(rule, parts, some, wanted) for rule, some in risks.items()]
    return Students(rows, report(model, parts, wanted.horizon, wanted.budget), _bars(rows[0]))


def _naive(span: Span) -> dict[Rule, Floats]:
    """The naive rules for each row of the span's part, in the same order."""
    found: dict[Rule, list[Floats]] = {rule: [np.empty(0)] for rule in NAIVE}
    for known in span.past.visit(span.days):
        for _, panel in known.blocks():
            for rule, score in naive(span.past.model, panel).items():
                found[rule].append(score)
    return {rule: np.concatenate(scores) for rule, scores in found.items()}


def _boosted(parts: Sequence[Part], horizon: int) -> list[Floats]:
    learnt = boosting.learnt(
        [(part.rows.metrics, part.rows.left(horizon)) for part in parts if not part.judged and len(part.rows)]
    )
    return [boosting.said(learnt, part.rows.metrics) for part in parts]


def _row(rule: Rule, parts: Sequence[Part], risks: Sequence[Floats], wanted: Asked) -> StudentRow:
    judged = [(part, risk) for part, risk in zip(parts, risks, strict=True) if part.judged]
    given = []
    for part, risk in judged:
        weekly = np.isin(part.rows.day, list(part.weeks))
        given.append(give(part.rows.where(weekly), risk[weekly], wanted.horizon, wanted.budget))
    alerts = fared(given)
    return StudentRow(
        rule=rule,
        auc={population: _aucs(judged, population, wanted.horizon) for population in POPULATIONS},
        alerts=alerts.alerts,
        precision=alerts.precision,
        recall=alerts.recall,
        lead_days=alerts.lead_days,
    )


def _aucs(judged: Sequence[tuple[Part, Floats]], population: str, horizon: int) -> dict[str, float]:
    """By cutoff, all presentations together."""
    found = {}
    for name in dict.fromkeys(name for part, _ in judged for name in part.cutoffs.values()):
        left, risk = [], []
        for part, risks in judged:
            days = [day for day, cutoff in part.cutoffs.items() if cutoff == name]
            some = np.isin(part.rows.day, days) & members(part.rows, population)
            left.append(part.rows.left(horizon)[some])
            risk.append(risks[some])
        found[name] = auc(np.concatenate(left), np.concatenate(risk))
    return found


def _bars(row: StudentRow) -> list[Bar]:
    asked = [
        (f"{WHO[population]}, AUC at {name}", row.auc[population].get(name), least)
        for population, bars in BARS.items()
        for name, least in bars.items()
    ]
    asked += [
        ("students, precision of weekly alerts", row.precision, PRECISION_MIN),
        ("students, recall of weekly alerts", row.recall, RECALL_MIN),
        ("students, median lead in days", row.lead_days, LEAD_MIN),
    ]
    return [_bar(what, float("nan") if value is None else value, least) for what, value, least in asked]


def _bar(what: str, value: float, least: float) -> Bar:
    return Bar(what, f">= {least:g}", value, None if np.isnan(value) else bool(value >= least))
