"""The routes of scoring's API. Each answer comes out of the database, so any member serves every account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from banso_common.db.transaction import reading
from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_common.http.parameters import KNOWN_ONLY
from banso_common.http.problem import not_found
from banso_scoring.api.answers import BY_KEY, NOT_MODIFIED, answer, problems
from banso_scoring.api.conservation import conservation
from banso_scoring.api.detail import HISTORY_DAYS_DEFAULT, HISTORY_DAYS_MAX, account_detail
from banso_scoring.api.detail_shapes import AccountDetail
from banso_scoring.api.explain.as_of_route import add_as_of
from banso_scoring.api.explain.explain_route import add_explain
from banso_scoring.api.feeds.feed_routes import add_feeds
from banso_scoring.api.journey.goal_routes import add_goals
from banso_scoring.api.journey.journey_routes import add_journey
from banso_scoring.api.listing import page, summary
from banso_scoring.api.matrix.matrix_routes import add_matrix
from banso_scoring.api.model.model_view import ModelView, view_of
from banso_scoring.api.model.switch_routes import add_switch
from banso_scoring.api.query import ListQuery
from banso_scoring.api.segments.segments_route import add_segments
from banso_scoring.api.shapes import AccountList, Conservation
from banso_scoring.api.spelt import stored_as
from banso_scoring.api.trouble.trouble_routes import add_trouble
from banso_scoring.member import Member


def make_router(member: Member) -> APIRouter:
    """The API over the store of `member`."""
    router = APIRouter(dependencies=[BY_KEY, KNOWN_ONLY])
    add_explain(router, member)
    add_as_of(router, member)
    _add_accounts(router, member)
    _add_workings(router, member)
    add_journey(router, member)
    add_goals(router, member)
    add_segments(router, member)
    add_matrix(router, member)
    add_switch(router, member)
    add_trouble(router, member)
    add_feeds(router, member)
    return router


_reader = [Depends(require(Scope.ACCOUNTS_READ))]


def _add_accounts(router: APIRouter, member: Member) -> None:
    """What CSM tools poll."""

    @router.get(
        "/v1/accounts",
        summary="List accounts",
        response_model=AccountList,
        responses={**NOT_MODIFIED, **problems(400, 401, 403, 422, 503)},
        dependencies=_reader,
        tags=["accounts"],
    )
    async def list_accounts(request: Request, query: Annotated[ListQuery, Query()]) -> Response:
        """Accounts with their health, worst first unless `sort` says otherwise. To keep a copy, walk
        `sort=changed_at` and go on from the largest `changed_at` that you saw, a minute earlier."""
        async with member.view() as (tx, seen):
            rows, following = await page(tx, seen.model, query)
        return answer(request, AccountList([summary(row) for row in rows], following))

    @router.get(
        "/v1/accounts/{account:path}",
        summary="Show one account",
        response_model=AccountDetail,
        responses={**NOT_MODIFIED, **problems(401, 403, 404, 422, 503)},
        dependencies=_reader,
        tags=["accounts"],
    )
    async def show_account(
        request: Request,
        account: Annotated[str, Path(description="Its id; a slash in it is `%2F`.", examples=["acme"])],
        history_days: Annotated[int, Query(ge=0, le=HISTORY_DAYS_MAX)] = HISTORY_DAYS_DEFAULT,
    ) -> Response:
        """The account's score and phase, worked out on this request from its facts, with everything that went in."""
        async with member.view() as (tx, seen):
            detail = await account_detail(tx, seen, await stored_as(tx, account), history_days)
        if detail is None:
            raise not_found("account")
        return answer(request, detail)


def _add_workings(router: APIRouter, member: Member) -> None:
    """What scores are made from, and whether anything was lost."""

    @router.get(
        "/v1/model",
        summary="Show the success model",
        response_model=ModelView,
        responses={**NOT_MODIFIED, **problems(401, 403, 503)},
        dependencies=_reader,
        tags=["model"],
    )
    async def show_model(request: Request) -> Response:
        """The running success model: what every score, phase and signal is made from."""
        async with member.view() as (_, seen):
            return answer(request, view_of(seen.model))

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
