"""The page of segments: the portfolio read part by part."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from banso_common.http.problem import Problem
from banso_common.web.language import language_of
from banso_scoring.api.query import TEXT_CHARS_MAX, is_storable
from banso_scoring.api.segments.segments import segments, ways
from banso_scoring.console.pages_shown import show
from banso_scoring.console.words_plan import PLAN_WORDS
from banso_scoring.member import Member


def add_segments_page(router: APIRouter, member: Member) -> None:
    """Serve it from the store of `member`."""

    @router.get("/segments", response_class=HTMLResponse)
    async def all_segments(request: Request) -> Response:
        """How the parts of the portfolio fare; by success pattern where the model has some."""
        by = request.query_params.get("by") or ways(member.model)[0]
        if len(by) > TEXT_CHARS_MAX or not is_storable(by):
            raise Problem(400, "invalid", "this is no way to tell accounts apart")
        async with member.view() as (tx, seen):
            view = await segments(tx, seen.model, by, seen.today())
        return show(request, "segments.html", {"view": view, "words": PLAN_WORDS[language_of(request)]})
