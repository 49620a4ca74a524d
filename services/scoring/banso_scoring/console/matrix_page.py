"""The page of the matrix: each cell with who is in it, how they fare, and what their care takes."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from banso_scoring.api.matrix.matrix_table import matrix_shown
from banso_scoring.console.pages_shown import show
from banso_scoring.member import Member


def add_matrix_page(router: APIRouter, member: Member) -> None:
    """Serve it from the store of `member`."""

    @router.get("/matrix", response_class=HTMLResponse)
    async def whole_matrix(request: Request) -> Response:
        """Kinds of customer success, side by side."""
        async with member.view() as (tx, seen):
            view = await matrix_shown(tx, seen.model)
        dimensions = {dimension.name: dimension.labels for dimension in seen.model.dimensions}
        return show(request, "matrix.html", {"view": view, "dimensions": dimensions})
