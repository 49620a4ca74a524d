"""`banso goals`: what past accounts say of a phase's goal, of a candidate, and of every threshold between."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from banso_common.db.engine import connect
from banso_common.db.transaction import reading
from banso_common.settings import load
from banso_scoring import goal_calibration
from banso_scoring.api.journey.goal_answer import calibration_shown
from banso_scoring.api.journey.goal_shapes import Fate, GoalCalibration, GoalPoint, OtherCondition, Ranged, ShareOf
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.goal_calibration import ACCOUNTS_MAX, CONDITION, Candidate
from banso_scoring.models import Models
from banso_scoring.settings import ScoringSettings
from banso_standalone.beginning import JOURNAL, Begun
from banso_standalone.journal import JournalFile
from banso_standalone.models import model_of
from banso_standalone.settings import StandaloneSettings

BAR_CHARS = 16
TRIED = re.compile(r"([a-z][a-z0-9_-]*)(?:\s*(>=|<=)\s*(-?\d+(?:\.\d+)?))?|")


def add(app: typer.Typer) -> None:
    """Put the command into `app`."""
    app.command("goals")(goals)


def goals(
    phase: Annotated[str, typer.Argument(help="The phase, by its key.")],
    tried: Annotated[
        list[str] | None,
        typer.Option(
            "--try", help='A metric to vary, or a candidate: "active_days >= 10". Said again: what else holds.'
        ),
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Leave out the goal's other conditions.")] = False,
    days: Annotated[
        str, typer.Option(help="Days that the goal has to hold, until the landmark, and of comparison: 7,45,90.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Hold a goal against the past: who would have passed it, when, and how those fared that did."""
    first, *also = tried or [""]
    if not all(CONDITION.fullmatch(one.strip()) for one in also):
        raise typer.BadParameter("after the first write METRIC >= NUMBER or METRIC <= NUMBER", param_hint="--try")
    candidate = replace(_candidate(phase, first, alone, days), also=tuple(also))
    found = asyncio.run(_calibrated(running_model(), candidate))
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        show(found, Console(highlight=False))


def _candidate(phase: str, tried: str, alone: bool, days: str) -> Candidate:
    said = TRIED.fullmatch(tried.strip())
    if tried and said is None:
        raise typer.BadParameter("write METRIC, METRIC >= NUMBER or METRIC <= NUMBER", param_hint="--try")
    metric, sign, number = said.groups() if said is not None else (None, None, None)
    threshold = None if number is None else float(number)
    counted = [int(part) if part.strip().isdigit() and int(part) else 0 for part in days.split(",")] if days else []
    if counted and (len(counted) != 3 or not all(counted)):
        raise typer.BadParameter("write three numbers from 1 on, as 7,45,90", param_hint="--days")
    return Candidate(
        phase,
        metric,
        threshold if sign == ">=" else None,
        threshold if sign == "<=" else None,
        alone,
        (),
        *counted,
    )


def running_model() -> SuccessModel:
    """The model that this installation runs with: the file that was named, else that of the data folder's example."""
    settings, scoring = load(StandaloneSettings), load(ScoringSettings)
    file = JournalFile(settings.data_dir / JOURNAL)
    journal = None if scoring.model_file is not None else file.read()
    if journal is None:
        return model_of(scoring.model_file)
    return model_of(Begun(file, journal, ZoneInfo(scoring.time_zone), goes_on=False).model_file)


async def _calibrated(given: SuccessModel, candidate: Candidate) -> GoalCalibration:
    """Under the model that counts in the store; `given` is that of a store that was never started."""
    scoring = load(ScoringSettings)
    engine = connect(scoring.database)
    try:
        async with reading(engine) as tx:
            model = await Models(given).current(tx)
            past = await goal_calibration.read(tx, model, candidate, scoring.time_zone, ACCOUNTS_MAX)
    finally:
        await engine.dispose()
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(f"{past.accounts:,} accounts, day by day", total=past.days)
        rehearsed = goal_calibration.rehearse(
            model, past, candidate.phase, lambda done, _: progress.update(task, completed=done)
        )
    return calibration_shown(model, rehearsed.ask(candidate))


def show(found: GoalCalibration, console: Console) -> None:
    """Print the curve as a table, with the phase's own goal and the candidate above it."""
    sign = "≥" if found.at_least else "≤"
    console.print(
        f"[bold]{found.phase}[/]: {found.entered:,} of {found.accounts:,} accounts entered it from {found.from_day} "
        f"to {found.to_day}.\nTold apart {found.landmark_days} days after entering, among those still there; what "
        f"happened in the {found.follow_days} days after that. Intervals at 95 %. No proof of cause."
    )
    if not found.knows_ends:
        console.print("[yellow]The model names no event that ends a contract (roles.ended): nobody leaves here.[/]")
    for said, point in (("the goal as it is", found.own), ("the candidate", found.candidate)):
        if point is not None:
            console.print(f"{said}: {_sentence(point)}")
    others = " and ".join(_condition(one) for one in found.others)
    table = Table(title=f"{found.metric} {sign} … for {found.dwell_days} days" + (f", {others}" if others else ""))
    for name in ("threshold", "pass", "", "days (quartiles)", "left, passed", "left, kept", "difference", "health", ""):
        table.add_column(name, justify="right" if name in ("threshold", "pass", "health") else "left", no_wrap=True)
    for place, point in enumerate(found.curve):
        table.add_row(*_row(point), style="bold" if place == found.best else None)
    console.print(table)
    if found.best is not None:
        console.print("Bold: the difference that is surest. It was chosen among many, and will be smaller next time.")


def _row(point: GoalPoint) -> list[str]:
    part = point.passing.share or 0.0
    return [
        f"{point.threshold:g}" if point.threshold is not None else "",
        f"{part:.0%}",
        "█" * round(BAR_CHARS * part),
        _days(point),
        _left(point.passed),
        _left(point.kept),
        _range(point.less_churn, 100, " pt"),
        "" if point.more_health.value is None else f"{point.more_health.value:+.0f}",
        point.reading,
    ]


def _sentence(point: GoalPoint) -> str:
    return (
        f"{_share(point.passing)} pass, in {_days(point)} days; left: {_left(point.passed)} of those, "
        f"{_left(point.kept)} of the kept; difference {_range(point.less_churn, 100, ' pt')}: {point.reading}"
    )


def _condition(one: OtherCondition) -> str:
    return f"{one.metric} ≥ {one.at_least:g}" if one.at_least is not None else f"{one.metric} ≤ {one.at_most:g}"


def _days(point: GoalPoint) -> str:
    return "–" if point.days.median is None else f"{point.days.median} ({point.days.q25}–{point.days.q75})"


def _left(fate: Fate) -> str:
    return _share(fate.churned)


def _share(one: ShareOf) -> str:
    if one.share is None or one.low is None or one.high is None:
        return "nobody"
    return f"{one.share:.1%} of {one.of:,} ({100 * one.low:.0f}–{100 * one.high:.0f})"


def _range(one: Ranged, times: float, unit: str) -> str:
    if one.value is None or one.low is None or one.high is None:
        return "–"
    return f"{times * one.value:+.1f} ({times * one.low:+.1f} to {times * one.high:+.1f}){unit}"
