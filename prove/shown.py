"""The document of a proof as one table for people, the bars last."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from prove.figures import Figures
from prove.report import Bar, Worlds
from prove.rules import Rule
from prove.students import Students

HEADS = ("precision", "recall", "delay", "lead", "false/yr", "chronic", "n")


def show_worlds(console: Console, found: Worlds) -> None:
    """The rules on worlds; of banso each world, of the others all together."""
    table = _table("worlds with known truth: silent but struggling", ("how", "rule"), HEADS)
    for how, rows in (
        ("2 %, kept daily", found.daily),
        ("2 %, weekly, half news", found.news),
        ("2 %, weekly, whoever", found.budget),
        ("own threshold", found.alarms),
        ("2 %, placebo", found.placebo),
        ("2 %, thin data", found.thin),
    ):
        for row in rows:
            _add(table, how, row.rule, row.pooled)
            if row.rule is Rule.BANSO and len(row.by_case) > 1:
                for name, one in row.by_case.items():
                    _add(table, "", f"  {name}", one)
        table.add_section()
    console.print(table)
    console.print(f"in silent trouble on a judged day: {found.prevalence:.1%} of the accounts.")
    console.print(
        "delay and lead in days (medians); false/yr: alarms of accounts not in silent trouble, per account and year;"
        " n: account-weeks listed, or account-days alarmed."
    )
    if found.weeks:
        weeks = _table("alerts in a bad week and the one after it", ("week", "rule"), ("alerts", "usual", "rise"))
        for week in found.weeks:
            weeks.add_row(week.week, week.rule, str(week.alarms), str(week.usual), _number(week.rise, "+.0%"))
        console.print(weeks)
    said = ", ".join(f"{kind} {share:.1%}" for kind, share in found.enough_data.items())
    console.print(f"account-days with enough data to say anything: {said}")
    for note in found.notes:
        console.print(f"Note: {note}")


def show_students(console: Console, found: Students) -> None:
    """The rules on students."""
    days = [*next(iter(found.rows[0].auc.values()))]
    table = _table("students (OULAD 2014): AUC, who leaves within 60 days", ("students", "rule"), days)
    for population in found.rows[0].auc:
        for row in found.rows:
            table.add_row(population, row.rule, *(_number(row.auc[population][day], ".3f") for day in days))
        table.add_section()
    console.print(table)
    alerts = _table("students: weekly alerts", ("rule",), ("precision", "recall", "lead"))
    for row in found.rows:
        shares = (_number(row.precision, ".3f"), _number(row.recall, ".3f"), _number(row.lead_days, ".0f"))
        alerts.add_row(row.rule, *shares)
    console.print(alerts)


def show_bars(console: Console, bars: Sequence[Bar]) -> None:
    """Which bars are met and which are missed."""
    table = _table("bars", ("bar",), ("asked", "found", "oracle", ""))
    for bar in bars:
        verdict = "not measured" if bar.met is None else "met" if bar.met else "MISSED"
        best = "" if bar.best is None else _number(bar.best, ".3f")
        table.add_row(bar.what, bar.asked, _number(bar.value, ".3f"), best, verdict)
    console.print(table)
    missed = sum(bar.met is False for bar in bars)
    console.print(f"{sum(bar.met is True for bar in bars)} of {len(bars)} bars met, {missed} missed.")


def _add(table: Table, how: str, who: str, one: Figures) -> None:
    table.add_row(
        how,
        who,
        _number(one.precision, ".3f"),
        f"{_number(one.recall, '.3f')} of {one.episodes}",
        _number(one.delay_days, ".0f"),
        _number(one.lead_days, ".0f"),
        _number(one.false_alarms, ".2f"),
        _number(one.chronic, ".3f"),
        f"{one.picks:,}",
    )


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), min_width=len(title))
    for name in words:
        table.add_column(name)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _number(value: float, form: str) -> str:
    return "–" if math.isnan(value) else f"{value:{form}}"
