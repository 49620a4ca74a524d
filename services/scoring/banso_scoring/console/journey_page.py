"""The journey's pages: the table that a team pins on the wall, and each phase's goal held against the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from banso_scoring.api.journey.goal_answer import calibration_shown
from banso_scoring.api.journey.goal_routes import Walks
from banso_scoring.api.journey.goal_shapes import GoalCalibration
from banso_scoring.api.journey.journey_table import journey_table
from banso_scoring.api.journey.journey_table_shapes import JourneyTable, LiveNumbers, PhaseRow
from banso_scoring.console.goal_chart import GoalChart, goal_chart
from banso_scoring.console.pages_shown import show
from banso_scoring.goal_calibration import Candidate
from banso_scoring.member import Member

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A phase with the live numbers of the cell that is looked at."""

    phase: PhaseRow
    live: LiveNumbers
    expected_days: int | None
    accounts_address: str
    goal_address: str


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """Everything on the wall."""

    table: JourneyTable
    rows: list[Row]
    cells: Sequence[tuple[str, Texts]]
    cell: str
    accounts: int


@dataclass(frozen=True, slots=True)
class GoalPage:
    """One phase's goal held against the past."""

    phase: PhaseRow
    found: GoalCalibration
    chart: GoalChart
    metrics: list[tuple[str, Texts, str]]
    """The conditions that may be varied: metric, label, address."""


def add_journey_pages(router: APIRouter, member: Member) -> None:
    """Put the pages into `router`."""
    walks = Walks(member)

    @router.get("/journey", response_class=HTMLResponse)
    async def journey(request: Request) -> Response:
        """The journey with live numbers."""
        async with member.view() as (tx, seen):
            table = await journey_table(tx, seen.model, seen.today())
        view = page_of(table, request.query_params.get("cell", ""))
        return show(request, "journey.html", {"view": view})

    @router.get("/journey/{phase}", response_class=HTMLResponse)
    async def goal(request: Request, phase: str) -> Response:
        """A goal held against the past."""
        asked = Candidate(phase, request.query_params.get("metric") or None)
        model, found = await walks.ask(asked)
        async with member.view() as (tx, seen):
            table = await journey_table(tx, model, seen.today())
        row = next(one for one in table.phases if one.key == phase)
        shown = calibration_shown(model, found)
        view = GoalPage(
            row,
            shown,
            goal_chart(shown.curve),
            [(one.metric, one.label, f"{_goal(phase)}?{urlencode({'metric': one.metric})}") for one in row.live.goal],
        )
        return show(request, "goal.html", {"view": view})


def page_of(table: JourneyTable, cell: str) -> JourneyPage:
    """The table for one cell of the matrix; of all of them for a cell that there is not."""
    cells = [(one.cell, one.label) for one in table.phases[0].cells]
    cell = cell if any(cell == key for key, _ in cells) else ""
    rows = []
    for phase in table.phases:
        one = next((one for one in phase.cells if one.cell == cell), None)
        live, expected = (phase.live, phase.expected_days) if one is None else (one.live, one.expected_days)
        pairs = [("phase", phase.key), *([("cell", cell)] if cell else [])]
        rows.append(Row(phase, live, expected, f"/?{urlencode(pairs)}", _goal(phase.key)))
    return JourneyPage(table, rows, cells, cell, sum(row.live.accounts for row in rows))


def _goal(phase: str) -> str:
    return f"/journey/{quote(phase, safe='')}"
