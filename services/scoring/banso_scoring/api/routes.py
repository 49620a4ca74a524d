"""The routes of scoring's API. Each answer comes out of the database, so any member serves every account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import HTTPBearer

from banso_common.db.transaction import reading
from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.conservation import conservation
from banso_scoring.api.listing import page, summary
from banso_scoring.api.query import ListQuery
from banso_scoring.api.shapes import AccountList, Conservation
from banso_scoring.member import Member

_described = Depends(HTTPBearer(auto_error=False, scheme_name="key", description="An API key of banso."))


def make_router(member: Member) -> APIRouter:
    """The API over the store of `member`."""
    router = APIRouter(tags=["accounts"], dependencies=[_described])
    reader = [Depends(require(Scope.ACCOUNTS_READ))]

    @router.get(
        "/v1/accounts",
        summary="List accounts",
        response_model=AccountList,
        responses={**NOT_MODIFIED, **problems(400, 401, 403, 422, 503)},
        dependencies=reader,
    )
    async def list_accounts(request: Request, query: Annotated[ListQuery, Query()]) -> Response:
        """Accounts with their health, worst first unless `sort` says otherwise. To keep a copy, walk
        `sort=changed_at` and go on from the largest `changed_at` that you saw, a minute earlier."""
        async with reading(member.engine) as tx:
            rows, following = await page(tx, member.model, query)
        return answer(request, AccountList([summary(row) for row in rows], following))

    @router.get(
        "/v1/conservation",
        summary="Whether every record is accounted for",
        response_model=Conservation,
        responses={**NOT_MODIFIED, **problems(401, 403, 503)},
        dependencies=[Depends(require(Scope.ADMIN))],
        tags=["operations"],
    )
    async def show_conservation(request: Request) -> Response:
        """Of each partition: received = applied + duplicate + dead-lettered."""
        async with reading(member.engine) as tx:
            return answer(request, await conservation(tx))

    return router
