"""The route that says why a score changed. It comes before the account's own, whose path would take it in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_common.http.problem import not_found
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.explain.explain import explanation
from banso_scoring.api.explain.explain_shapes import Explanation
from banso_scoring.api.spelt import stored_as
from banso_scoring.member import Member

MOMENT_CHARS_MAX = 40
EXAMPLES = ["2026-11-20", "2026-11-21T09:00:00Z"]
_From = Query(alias="from", max_length=MOMENT_CHARS_MAX, examples=EXAMPLES, description="Default: the day before `to`.")
_To = Query(alias="to", max_length=MOMENT_CHARS_MAX, examples=EXAMPLES, description="Default: now.")


def add_explain(router: APIRouter, member: Member) -> None:
    """Let `router` say why scores changed."""

    @router.get(
        "/v1/accounts/{account:path}/explain",
        summary="Explain a change of score",
        response_model=Explanation,
        responses={**NOT_MODIFIED, **problems(401, 403, 404, 422, 503)},
        dependencies=[Depends(require(Scope.ACCOUNTS_READ))],
        tags=["accounts"],
    )
    async def explain_account(
        request: Request,
        account: Annotated[str, Path(description="Its id; a slash in it is `%2F`.", examples=["acme"])],
        since: Annotated[str | None, _From] = None,
        until: Annotated[str | None, _To] = None,
    ) -> Response:
        """What moved the score between two days: facts by event name, the passing of time, what other accounts did,
        attributes, objectives, phase or cell, model; each by metric. The parts add up to the change exactly. A day
        means its close in the account's time zone, as was known then; an instant means its day."""
        async with member.view() as (tx, seen):
            found = await explanation(tx, seen, await stored_as(tx, account), (since, until))
        if found is None:
            raise not_found("account")
        return answer(request, found)
