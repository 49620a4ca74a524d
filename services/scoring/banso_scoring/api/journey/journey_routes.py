"""The routes of the journey: the field's table, and its export."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.journey.journey_export import MEDIA_TYPES, ExportFormat, Language, export
from banso_scoring.api.journey.journey_table import journey_table
from banso_scoring.api.journey.journey_table_shapes import JourneyTable
from banso_scoring.member import Member

_reader = [Depends(require(Scope.ACCOUNTS_READ))]


def add_journey(router: APIRouter, member: Member) -> None:
    """Put the routes into `router`."""

    @router.get(
        "/v1/journey",
        summary="Show the journey with live numbers",
        response_model=JourneyTable,
        responses={**NOT_MODIFIED, **problems(401, 403, 503)},
        dependencies=_reader,
        tags=["journey"],
    )
    async def show_journey(request: Request) -> Response:
        """Phase x do / experience / services / goal, with how many accounts each holds, how many of them meet each
        condition of the goal, who is stalled, how long they stay, and who passed in the last 28 days."""
        async with member.view() as (tx, seen):
            table = await journey_table(tx, seen.model, seen.today())
        return answer(request, table)

    @router.get(
        "/v1/journey/export",
        summary="Export the journey as CSV or Markdown",
        response_class=Response,
        responses={
            200: {
                "description": "The table of `/v1/journey` as a file",
                "content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()},
            },
            **problems(401, 403, 422, 503),
        },
        dependencies=_reader,
        tags=["journey"],
    )
    async def export_journey(
        format: Annotated[ExportFormat, Query(description="`csv` or `md`.")] = ExportFormat.CSV,
        lang: Annotated[Language, Query(description="The language of headings and texts.")] = "en",
    ) -> Response:
        """One row per phase, and one per cell of the matrix below it. Texts are encoded for the format: nothing in
        them becomes a formula or markup."""
        async with member.view() as (tx, seen):
            table = await journey_table(tx, seen.model, seen.today())
        name = f"journey-{table.day}.{format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return Response(export(table, format, lang), headers=headers, media_type=MEDIA_TYPES[format])
