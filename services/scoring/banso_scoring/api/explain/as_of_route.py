"""The route that shows a day by both clocks. It comes before the account's own, whose path would take it in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_common.http.problem import not_found
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.explain.as_of import as_of
from banso_scoring.api.explain.as_of_shapes import AsOf
from banso_scoring.api.spelt import stored_as
from banso_scoring.member import Member

DAY_CHARS_MAX = 10


def add_as_of(router: APIRouter, member: Member) -> None:
    """Let `router` show what was known."""

    @router.get(
        "/v1/accounts/{account:path}/as-of",
        summary="Show a day as it was known, and as it is true now",
        response_model=AsOf,
        responses={**NOT_MODIFIED, **problems(401, 403, 404, 422, 503)},
        dependencies=[Depends(require(Scope.ACCOUNTS_READ))],
        tags=["accounts"],
    )
    async def show_account_as_of(
        request: Request,
        account: Annotated[str, Path(description="Its id; a slash in it is `%2F`.", examples=["acme"])],
        day: Annotated[str, Query(max_length=DAY_CHARS_MAX, examples=["2026-11-20"])],
    ) -> Response:
        """The account at the close of `day`: what was known of it then, what is true of that day now that late facts
        have come, and which facts those are. The history that was shown is not rewritten by them."""
        async with member.view() as (tx, seen):
            found = await as_of(tx, seen, await stored_as(tx, account), day)
        if found is None:
            raise not_found("account")
        return answer(request, found)
