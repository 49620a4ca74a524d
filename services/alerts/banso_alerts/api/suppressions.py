"""The suppression list over HTTP, and the door for bounces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.door import Writer, described, problems, reader
from banso_alerts.api.query import LIMIT_DEFAULT, LIMIT_MAX, STRICT, Comment, Text
from banso_alerts.bounced import take_back
from banso_alerts.channels.bounces import REPORT_BYTES_MAX
from banso_alerts.domain.suppression import Suppression, SuppressionReason
from banso_alerts.store import suppressions
from banso_common.clock import Clock, iso
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Refused, TooLarge
from banso_common.http.paging import cursor_of, keys_of
from banso_common.http.parameters import KNOWN_ONLY
from banso_common.http.problem import not_found

_EXAMPLE: JsonDict = {
    "address": "tanaka@acme.example",
    "reason": "bounced",
    "at": "2026-11-21T12:00:00.000Z",
    "detail": "5.1.1 smtp; 550 5.1.1 no such user",
}
_BINDING = {"list": "suppressions"}
Address = Annotated[Text, Path(description="A mail address, or a webhook's `webhook:…`.", examples=["a@acme.example"])]


def _described(example: JsonDict) -> ConfigDict:
    return ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": example})


@dataclass(frozen=True, slots=True)
class SuppressionView:
    """An address that gets nothing any more."""

    __pydantic_config__ = _described(_EXAMPLE)

    address: str
    reason: SuppressionReason
    at: str
    detail: str | None
    """What the mail system or the person said."""


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """A page of the list, in the order of the addresses."""

    __pydantic_config__ = _described({"suppressions": [_EXAMPLE], "next": None})

    suppressions: list[SuppressionView]
    next: str | None
    """The cursor of the next page; null on the last."""


class NewSuppression(BaseModel):
    """An address that is not to be written to."""

    model_config = ConfigDict(
        **STRICT, json_schema_extra={"example": {"address": "tanaka@acme.example", "comment": "asked by phone"}}
    )

    address: Text
    reason: Literal[
        SuppressionReason.BY_HAND,
        SuppressionReason.UNSUBSCRIBED,
        SuppressionReason.BOUNCED,
        SuppressionReason.COMPLAINED,
    ] = SuppressionReason.BY_HAND
    comment: Comment = ""


@dataclass(frozen=True, slots=True)
class LeftRecipient:
    """A recipient of whom a report says nothing that ends their address."""

    __pydantic_config__ = _described({"address": "sato@vendor.example", "status": "4.2.2", "detail": "4.2.2 full"})

    address: str
    status: str
    detail: str


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a report led to."""

    __pydantic_config__ = _described({"suppressed": [_EXAMPLE], "left": []})

    suppressed: list[SuppressionView]
    left: list[LeftRecipient]


class ListQuery(BaseModel):
    """The query of `GET /v1/suppressions`."""

    model_config = STRICT

    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT
    cursor: str | None = None
    """`next` of the page before."""


def make_suppression_router(engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> APIRouter:
    """The list and the bounces over the store; `changed` is called after each act."""
    router = APIRouter(
        tags=["suppression"], dependencies=[described, KNOWN_ONLY], responses=problems(401, 403, 422, 503)
    )
    _list(router, engine, clock, changed)
    _bounces(router, engine, clock, changed)
    return router


def _list(router: APIRouter, engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> None:
    @router.get("/v1/suppressions", summary="List suppressed addresses", dependencies=[reader], responses=problems(400))
    async def list_suppressions(query: Annotated[ListQuery, Query()]) -> SuppressionList:
        """Who gets nothing any more, and why."""
        async with reading(engine) as tx:
            found = await suppressions.listed(tx, _place(query), query.limit + 1)
        shown = found[: query.limit]
        more = cursor_of(_BINDING, [shown[-1].address]) if len(found) > query.limit else None
        return SuppressionList([_view(each) for each in shown], more)

    @router.post("/v1/suppressions", summary="Suppress an address", status_code=201)
    async def suppress(asked: NewSuppression, who: Writer) -> SuppressionView:
        """Write to it no more: what is not sent yet is held. An address that is listed keeps its first reason."""
        said = ": ".join(part for part in (who.name, asked.comment) if part)
        async with transaction(engine) as tx:
            kept = await suppressions.add(tx, Suppression(asked.address, asked.reason, clock.now(), said))
        changed()
        return _view(kept)

    @router.delete(
        "/v1/suppressions/{address}", summary="Take an address off", status_code=204, responses=problems(404)
    )
    async def take_off(address: Address, who: Writer) -> Response:
        """It may be written to again. What was held meanwhile is not sent."""
        del who
        async with transaction(engine) as tx:
            if not await suppressions.remove(tx, address):
                raise not_found("suppression")
        return Response(status_code=204)


def _bounces(router: APIRouter, engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> None:
    body = {"content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}, "required": True}

    @router.post(
        "/v1/bounces",
        summary="Take a bounce",
        responses=problems(400, 413),
        openapi_extra={"requestBody": body},
    )
    async def take_bounce(request: Request, who: Writer) -> BounceReport:
        """A delivery status notification (RFC 3464) or a complaint (RFC 5965), as the raw message that came."""
        del who
        raw = b""
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > REPORT_BYTES_MAX:
                raise TooLarge("too-large", f"at most {REPORT_BYTES_MAX} bytes")
        async with transaction(engine) as tx:
            returned = await take_back(tx, raw, clock.now(), ours_only=False)
        if returned.listed:
            changed()
        left = [LeftRecipient(each.address, each.status, each.detail) for each in returned.left]
        return BounceReport([_view(each) for each in returned.listed], left)


def _place(query: ListQuery) -> str | None:
    """The address after which the page begins. Raises Refused for a cursor that this list did not make."""
    if query.cursor is None:
        return None
    (address,) = keys_of(_BINDING, query.cursor, 1)
    if not isinstance(address, str):
        raise Refused("foreign-cursor", "this cursor is not one that this list gave; start again without it")
    return address


def _view(suppression: Suppression) -> SuppressionView:
    return SuppressionView(suppression.address, suppression.reason, iso(suppression.at), suppression.detail)
