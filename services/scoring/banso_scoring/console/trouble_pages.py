"""The pages of shared and of unheard trouble: incidents, one incident, the iceberg."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from banso_common.http.problem import Problem, not_found
from banso_scoring.api.trouble.iceberg_view import IcebergQuery, iceberg_shown
from banso_scoring.api.trouble.incident_view import incident_detail, incident_list
from banso_scoring.console.iceberg_chart import chart_of
from banso_scoring.console.pages_shown import show
from banso_scoring.member import Member

NUMBER = re.compile(r"[0-9a-f]{16}")


def add_trouble_pages(router: APIRouter, member: Member) -> None:
    """Serve them from the store of `member`."""

    @router.get("/incidents", response_class=HTMLResponse)
    async def all_incidents(request: Request) -> Response:
        """What several accounts meet."""
        async with member.view() as (tx, _):
            view = await incident_list(tx, None)
        return show(request, "incidents.html", {"view": view})

    @router.get("/incidents/{incident}", response_class=HTMLResponse)
    async def one_incident(request: Request, incident: str) -> Response:
        """Whom it hit, and who of them said nothing."""
        if not NUMBER.fullmatch(incident):
            raise not_found("incident")
        async with member.view() as (tx, seen):
            view = await incident_detail(tx, seen, incident)
        if view is None:
            raise not_found("incident")
        return show(request, "incident.html", {"view": view, "one": view.incident})

    @router.get("/iceberg", response_class=HTMLResponse)
    async def whole_iceberg(request: Request) -> Response:
        """Trouble above and below the waterline, of the accounts that the address names."""
        asked = request.query_params
        named = {name: asked.getlist(name) for name in IcebergQuery.model_fields if name in asked}
        try:
            query = IcebergQuery.model_validate(named)
        except ValidationError:
            raise Problem(422, "invalid", "these are no phases, touch models, cells or patterns") from None
        async with member.view() as (tx, seen):
            view = await iceberg_shown(tx, seen.model, query)
        return show(
            request, "iceberg.html", {"view": view, "chart": chart_of(view.kinds), "phases": seen.model.journey}
        )
