"""The routes of the matrix: its cells with live numbers, and what another model would change."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from banso_common.document import SIZE_BYTES_MAX
from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_common.http.problem import Problem
from banso_scoring import diffing
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.matrix.matrix_shapes import MatrixShown
from banso_scoring.api.matrix.matrix_table import matrix_shown
from banso_scoring.diffing import Question
from banso_scoring.domain.matrix.model_diff import ModelDiff
from banso_scoring.member import Member
from banso_scoring.model.load import load_model

ACCOUNTS_MAX = 10_000
_YAML = {"type": "string", "description": "A success model file."}


def add_matrix(router: APIRouter, member: Member) -> None:
    """Put the routes into `router`."""

    @router.get(
        "/v1/matrix",
        summary="Show the matrix with live numbers",
        response_model=MatrixShown,
        responses={**NOT_MODIFIED, **problems(401, 403, 503)},
        dependencies=[Depends(require(Scope.ACCOUNTS_READ))],
        tags=["matrix"],
    )
    async def show_matrix(request: Request) -> Response:
        """Each cell with its accounts, their amounts, health, touch models and the hours that their care takes; and
        these hours against those that your customer-success managers have."""
        async with member.view() as (tx, seen):
            return answer(request, await matrix_shown(tx, seen.model))

    @router.post(
        "/v1/model/diff",
        summary="What another success model would change",
        response_model=ModelDiff,
        responses=problems(400, 401, 403, 413, 422, 503),
        dependencies=[Depends(require(Scope.ACCOUNTS_WRITE))],
        openapi_extra={"requestBody": {"required": True, "content": {"application/yaml": {"schema": _YAML}}}},
        tags=["model"],
    )
    async def diff_model(request: Request) -> Response:
        """Send a model file as the body. Both models are walked over the last days of the stored facts, and you get
        which accounts would be in another cell, band or phase or get another touch model, and the hours that this
        frees or needs, by customer-success manager and in all. Nothing is applied."""
        other = load_model(await text_of(request), "your file")
        async with member.view() as (tx, seen):
            accounts = await diffing.count(tx)
            if accounts > ACCOUNTS_MAX:
                reason = f"{accounts} accounts take too long to answer; `banso model diff` does it with a bar"
                raise Problem(422, "too-many-accounts", reason)
            question = Question((seen.model, other), seen.today(), seen.settings.time_zone)
            return answer(request, await diffing.diff(tx, question))


async def text_of(request: Request) -> str:
    """The body as text. Raises Problem for one that is too long or no UTF-8."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > SIZE_BYTES_MAX:
            raise Problem(413, "too-large", f"a model file has at most {SIZE_BYTES_MAX} bytes")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Problem(400, "model-wrong", "the file is not UTF-8") from None
