"""A backtest's figures as tables for people."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from banso_scoring.domain.past.backtest_alerts import Alerts
from banso_scoring.domain.past.backtest_figures import Estimate
from banso_scoring.domain.past.backtest_report import ENDED_MIN, Ranking, Report, Verdict

WIDTH = 110
VERDICTS = {
    Verdict.BEATS: "ranks better than days since last use",
    Verdict.LOSES: "REFUSED: ranks worse than days since last use",
    Verdict.CANNOT_SAY: f"cannot say: fewer than {ENDED_MIN} contracts of active accounts ended",
}


def show(reports: Sequence[Report], gain: Estimate | None) -> None:
    """Print all of it; where no terminal says how wide it is, as wide as the tables are."""
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=WIDTH)
    for one in reports:
        console.print(_rankings(f"{one.version}: who left within {one.horizon} days", one.rankings))
        if one.cells:
            console.print(_rankings("active accounts by cell", one.cells))
        console.print(_alerts(one))
        if one.probabilities is not None:
            console.print(_calibration(one))
        console.print(f"{one.version}: {VERDICTS[one.verdict]}", soft_wrap=True)
    if gain is not None:
        last, first = reports[-1].version, reports[0].version
        console.print(f"AUC of {last} less that of {first}: {estimate(gain, signed=True)}", soft_wrap=True)


def estimate(found: Estimate, *, signed: bool = False) -> str:
    """A figure with its interval."""
    if math.isnan(found.value):
        return "–"
    form = "+.3f" if signed else ".3f"
    low, high = (f"{end:{form[:-2]}2f}" for end in (found.low, found.high))
    return f"{found.value:{form}} {low}…{high}"


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in words:
        table.add_column(name, no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _number(value: float, form: str) -> str:
    return "–" if math.isnan(value) else f"{value:{form}}"


def _rankings(title: str, rows: Sequence[Ranking]) -> Table:
    table = _table(title, ("at", "accounts"), ("n", "left", "AUC", "recency", "gain", "lift", "recency"))
    for one in rows:
        table.add_row(
            one.cutoff,
            one.population,
            f"{one.accounts:,}",
            f"{one.ended:,}",
            estimate(one.model),
            _number(one.recency.value, ".3f"),
            estimate(one.gain, signed=True),
            _number(one.lift, ".2f"),
            _number(one.lift_recency, ".2f"),
        )
    return table


def _alerts(found: Report) -> Table:
    title = f"weekly alerts to {found.budget:.1%} of the accounts"
    table = _table(title, ("by",), ("alerts", "precision", "recall", "days of warning"))

    def row(name: str, one: Alerts) -> None:
        recall = f"{_number(one.recall, '.3f')} ({one.foreseen:,} of {one.ended:,})"
        table.add_row(name, f"{one.alerts:,}", _number(one.precision, ".3f"), recall, _number(one.lead_days, ".0f"))

    row("model", found.alerts)
    row("recency", found.alerts_recency)
    return table


def _calibration(found: Report) -> Table:
    assert found.probabilities is not None
    fit = found.probabilities
    title = f"as probabilities, on a rolling window: Brier {fit.brier:.4f}, of the mean {fit.brier_base:.4f}"
    table = _table(title, (), ("accounts", "said", "came"))
    for row in fit.table:
        table.add_row(f"{row.rows:,}", f"{row.said:.1%}", f"{row.came:.1%}")
    return table
