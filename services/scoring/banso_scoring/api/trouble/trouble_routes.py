"""The routes of shared and of unheard trouble."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_common.http.problem import not_found
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.trouble.iceberg_shapes import IcebergShown
from banso_scoring.api.trouble.iceberg_view import IcebergQuery, iceberg_shown
from banso_scoring.api.trouble.incident_shapes import IncidentDetail, IncidentList
from banso_scoring.api.trouble.incident_view import incident_detail, incident_list
from banso_scoring.member import Member

State = Literal["open", "over"]


def add_trouble(router: APIRouter, member: Member) -> None:
    """Serve them over the store of `member`."""
    reader = [Depends(require(Scope.ACCOUNTS_READ))]

    @router.get(
        "/v1/incidents",
        summary="List incidents of the product",
        response_model=IncidentList,
        responses={**NOT_MODIFIED, **problems(401, 403, 422, 503)},
        dependencies=reader,
        tags=["trouble"],
    )
    async def list_incidents(request: Request, state: Annotated[State | None, Query()] = None) -> Response:
        """The same trouble in several accounts, told as one. The open ones first; at most 200."""
        async with member.view() as (tx, _):
            return answer(request, await incident_list(tx, state))

    @router.get(
        "/v1/incidents/{incident}",
        summary="Show one incident",
        response_model=IncidentDetail,
        responses={**NOT_MODIFIED, **problems(401, 403, 404, 422, 503)},
        dependencies=reader,
        tags=["trouble"],
    )
    async def show_incident(
        request: Request,
        incident: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", examples=["0b47709ac98d4c67"])],
    ) -> Response:
        """Its newest episode with the accounts that it hit: how often, and whether they wrote since."""
        async with member.view() as (tx, seen):
            found = await incident_detail(tx, seen, incident)
        if found is None:
            raise not_found("incident")
        return answer(request, found)

    @router.get(
        "/v1/iceberg",
        summary="How much trouble is not heard of",
        response_model=IcebergShown,
        responses={**NOT_MODIFIED, **problems(400, 401, 403, 422, 503)},
        dependencies=reader,
        tags=["trouble"],
    )
    async def show_iceberg(request: Request, query: Annotated[IcebergQuery, Query()]) -> Response:
        """By kind of trouble: accounts that wrote, accounts that say nothing with an interval, and their amounts."""
        async with member.view() as (tx, seen):
            return answer(request, await iceberg_shown(tx, seen.model, query))
