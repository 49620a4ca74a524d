"""The route of segments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.query import Text
from banso_scoring.api.segments.segment_shapes import SegmentList
from banso_scoring.api.segments.segments import segments
from banso_scoring.member import Member


def add_segments(router: APIRouter, member: Member) -> None:
    """Serve it over the store of `member`."""

    @router.get(
        "/v1/segments",
        summary="Read the portfolio by segments",
        response_model=SegmentList,
        responses={**NOT_MODIFIED, **problems(400, 401, 403, 422, 503)},
        dependencies=[Depends(require(Scope.ACCOUNTS_READ))],
        tags=["accounts"],
    )
    async def read_segments(
        request: Request,
        by: Annotated[Text, Query(description="pattern, cell, phase, touch, or an attribute of accounts")] = "phase",
    ) -> Response:
        """Of each segment: accounts, bands, health with how many scores it is of, churn, and who was newly flagged."""
        async with member.view() as (tx, seen):
            return answer(request, await segments(tx, seen.model, by, seen.today()))
