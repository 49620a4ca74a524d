"""The routes of a switch to another success model: say which one, see how far it is, give it up."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from banso_common.contracts.codec import encode
from banso_common.db.transaction import transaction
from banso_common.http.auth import require
from banso_common.http.keys import Scope
from banso_scoring import switch_store
from banso_scoring.api.answers import NOT_MODIFIED, answer, problems
from banso_scoring.api.matrix.matrix_routes import text_of
from banso_scoring.api.model.switch_shapes import SwitchShown, switch_shown
from banso_scoring.member import Member
from banso_scoring.model.findings import ModelError
from banso_scoring.model.load import load_model

_YAML = {"type": "string", "description": "A success model file."}
PROGRESS = "/v1/model/switch"
YOURS = "your file"


def add_switch(router: APIRouter, member: Member) -> None:
    """Put the routes into `router`."""
    admin = [Depends(require(Scope.ADMIN))]

    @router.put(
        "/v1/model",
        summary="Switch to another success model",
        status_code=202,
        response_model=SwitchShown,
        responses=problems(400, 401, 403, 413, 503),
        dependencies=admin,
        openapi_extra={"requestBody": {"required": True, "content": {"application/yaml": {"schema": _YAML}}}},
        tags=["model"],
    )
    async def switch_model(request: Request) -> Response:
        """Send a model file as the body; a wrong one is refused with every line and reason. All accounts are then
        judged by it in the background, from their first day on, while the model that counts goes on; once all are,
        readers see the new one. `Location` says where progress is shown. The model that counts ends a switch; when only
        its plays are others, they count at once."""
        model = load_model(await text_of(request), YOURS)
        wrong = member.check_plays(model.text, YOURS)
        if wrong:
            raise ModelError(YOURS, wrong)
        async with transaction(member.engine) as tx:
            await switch_store.want(tx, model, member.clock.now())
            body = encode(await switch_shown(tx))
        return Response(body, 202, {"Location": PROGRESS}, media_type="application/json")

    @router.get(
        PROGRESS,
        summary="How far a switch is",
        response_model=SwitchShown,
        responses={**NOT_MODIFIED, **problems(401, 403, 503)},
        dependencies=[Depends(require(Scope.ACCOUNTS_READ))],
        tags=["model"],
    )
    async def show_switch(request: Request) -> Response:
        """The model that counts, the one that is wanted, and how many accounts are judged by it, by partition."""
        async with member.view() as (tx, _):
            return answer(request, await switch_shown(tx))

    @router.delete(
        PROGRESS,
        summary="Give a switch up",
        response_model=SwitchShown,
        responses=problems(401, 403, 503),
        dependencies=admin,
        tags=["model"],
    )
    async def give_up_switch() -> Response:
        """Let the model that counts stay. What was made for the other one is removed."""
        async with transaction(member.engine) as tx:
            await switch_store.give_up(tx)
            body = encode(await switch_shown(tx))
        return Response(body, media_type="application/json")
