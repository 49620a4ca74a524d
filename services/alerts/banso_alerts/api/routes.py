"""The routes of alerts' API. Any member answers for every account: the store is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.digests import add_digests
from banso_alerts.api.door import OutreachId, Writer, described, problems, reader
from banso_alerts.api.parts import add_parts
from banso_alerts.api.query import ListQuery, Snooze, instant
from banso_alerts.api.shapes import (
    OutreachDetail,
    OutreachList,
    detail_of,
    summary_of,
)
from banso_alerts.api.silences import add_silences, ahead
from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.store import inbox
from banso_common.clock import Clock
from banso_common.contracts.spelling import spellings
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Refused
from banso_common.http.paging import cursor_of, keys_of
from banso_common.http.parameters import KNOWN_ONLY
from banso_common.http.problem import not_found


def make_router(engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> APIRouter:
    """The API over the store; `changed` is called after each act, so that delivery and relay look at once."""
    router = APIRouter(tags=["outreach"], dependencies=[described, KNOWN_ONLY], responses=problems(401, 403, 422, 503))
    _inbox(router, engine, clock, changed)
    add_silences(router, engine, clock, changed)
    add_digests(router, engine)
    add_parts(router, engine, clock, changed)
    return router


def _inbox(router: APIRouter, engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> None:
    @router.get(
        "/v1/outreach", summary="List outreach, sent or held back", dependencies=[reader], responses=problems(400)
    )
    async def list_outreach(query: Annotated[ListQuery, Query()]) -> OutreachList:
        """Every outreach that was decided, the newest first: sent, waiting, or held back and why."""
        async with reading(engine) as tx:
            rows = await inbox.listed(tx, filter_of(query, clock.now()), place_of(query), query.limit + 1)
        shown = rows[: query.limit]
        more = cursor_of(query.binding(), [shown[-1].created_at, shown[-1].id]) if len(rows) > query.limit else None
        return OutreachList([summary_of(row) for row in shown], more)

    @router.get(
        "/v1/outreach/{outreach_id}", summary="Show one outreach", dependencies=[reader], responses=problems(404)
    )
    async def show_outreach(outreach_id: OutreachId) -> OutreachDetail:
        """One outreach with its message and what became of it."""
        async with reading(engine) as tx:
            return _found(await inbox.one(tx, outreach_id))

    @router.post("/v1/outreach/{outreach_id}/acknowledge", summary="Acknowledge", responses=problems(404))
    async def acknowledge(outreach_id: OutreachId, who: Writer) -> OutreachDetail:
        """Somebody has it in hand. What is not sent yet of the same signal is not sent. Twice is once."""
        async with transaction(engine) as tx:
            row = await inbox.acknowledge(tx, Act(outreach_id, Deed.ACKNOWLEDGED, who.name, clock.now(), Source.API))
        changed()
        return _found(row)

    @router.post("/v1/outreach/{outreach_id}/snooze", summary="Snooze", responses=problems(400, 404))
    async def snooze(outreach_id: OutreachId, asked: Snooze, who: Writer) -> OutreachDetail:
        """Leave this account's signals of this kind until then."""
        now = clock.now()
        until = ahead(instant(asked.until), now)
        async with transaction(engine) as tx:
            row = await inbox.snooze(tx, Act(outreach_id, Deed.SNOOZED, who.name, now, Source.API, until))
        changed()
        return _found(row)


def filter_of(query: ListQuery, now: int) -> inbox.Filter:
    """Which outreaches a query asks for."""
    values: dict[str, list[str]] = {
        "account": [way for account in query.account for way in spellings(account)],
        "owner": query.owner,
        "state": [state.value for state in query.state],
        "reason": [reason.value for reason in query.reason],
        "kind": [kind.value for kind in query.kind],
        "channel": [channel.value for channel in query.channel],
        "play": query.play,
    }
    return inbox.Filter(values, now if query.open is True else None, now if query.open is False else None)


def place_of(query: ListQuery) -> inbox.Place | None:
    """Where the page begins. Raises Refused for a cursor that this query did not make."""
    if query.cursor is None:
        return None
    created_at, outreach_id = keys_of(query.binding(), query.cursor, 2)
    if not isinstance(created_at, int) or not isinstance(outreach_id, str):
        raise Refused("foreign-cursor", "this cursor is not one that this query gave; start again without it")
    return created_at, outreach_id


def _found(row: Row[Any] | None) -> OutreachDetail:
    if row is None:
        raise not_found("outreach")
    return detail_of(row)
