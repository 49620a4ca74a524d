"""The routes of alerts' API. Any member answers for every account: the store is the same."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.door import OutreachId, Writer, described, problems, reader
from banso_alerts.api.query import ListQuery, NewSilence, Snooze, instant
from banso_alerts.api.shapes import (
    OutreachDetail,
    OutreachList,
    SilenceList,
    SilenceView,
    detail_of,
    silence_view,
    summary_of,
)
from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.domain.silences import Matcher, Silence
from banso_alerts.store import inbox, plans
from banso_common.clock import DAY_MS, Clock
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Refused
from banso_common.http.paging import cursor_of, keys_of
from banso_common.http.problem import not_found

AHEAD_MS_MAX = 366 * DAY_MS
SILENCE_ID_BYTES = 8

SilenceId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Its id.", examples=["0192f0c1d2e3f405"])]


def make_router(engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> APIRouter:
    """The API over the store; `changed` is called after each act, so that delivery and relay look at once."""
    router = APIRouter(tags=["outreach"], dependencies=[described], responses=problems(401, 403, 422, 503))
    _inbox(router, engine, clock, changed)
    _silences(router, engine, clock, changed)
    return router


def _inbox(router: APIRouter, engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> None:
    @router.get(
        "/v1/outreach", summary="List outreach, sent or held back", dependencies=[reader], responses=problems(400)
    )
    async def list_outreach(query: Annotated[ListQuery, Query()]) -> OutreachList:
        """Every outreach that was decided, the newest first: sent, waiting, or held back and why."""
        async with reading(engine) as tx:
            rows = await inbox.listed(tx, _filter(query, clock.now()), _place(query), query.limit + 1)
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
        until = _ahead(instant(asked.until), now)
        async with transaction(engine) as tx:
            row = await inbox.snooze(tx, Act(outreach_id, Deed.SNOOZED, who.name, now, Source.API, until))
        changed()
        return _found(row)


def _silences(router: APIRouter, engine: AsyncEngine, clock: Clock, changed: Callable[[], None]) -> None:
    @router.get("/v1/silences", summary="List silences", dependencies=[reader])
    async def list_silences() -> SilenceList:
        """The silences in force."""
        async with reading(engine) as tx:
            found = await plans.silences(tx, clock.now())
        return SilenceList([silence_view(each) for each in sorted(found, key=lambda each: each.expires_at)])

    @router.post("/v1/silences", summary="Silence", status_code=201, responses=problems(400))
    async def create_silence(asked: NewSilence, who: Writer) -> SilenceView:
        """Tell nobody of what the fields name, until then. It is decided again when the silence ends."""
        now = clock.now()
        matcher = Matcher(asked.account, asked.owner, asked.kind, asked.play, asked.touch)
        if not matcher.names_something():
            raise Refused("silence-names-nothing", "name at least one of account, owner, kind, play, touch")
        until = _ahead(instant(asked.until), now)
        made = Silence(secrets.token_hex(SILENCE_ID_BYTES), matcher, who.name, asked.comment, now, until)
        async with transaction(engine) as tx:
            await inbox.add_silence(tx, made)
        changed()
        return silence_view(made)

    @router.delete("/v1/silences/{silence_id}", summary="End a silence", status_code=204, responses=problems(404))
    async def end_silence(silence_id: SilenceId, who: Writer) -> Response:
        """What it held back is decided again now."""
        del who
        async with transaction(engine) as tx:
            ended = await inbox.end_silence(tx, silence_id, clock.now())
        if not ended:
            raise not_found("silence")
        changed()
        return Response(status_code=204)


def _filter(query: ListQuery, now: int) -> inbox.Filter:
    values: dict[str, list[str]] = {
        "account": query.account,
        "owner": query.owner,
        "state": [state.value for state in query.state],
        "reason": [reason.value for reason in query.reason],
        "kind": [kind.value for kind in query.kind],
        "channel": [channel.value for channel in query.channel],
        "play": query.play,
    }
    return inbox.Filter(values, now if query.open is True else None, now if query.open is False else None)


def _place(query: ListQuery) -> inbox.Place | None:
    """Where the page begins. Raises Refused for a cursor that this query did not make."""
    if query.cursor is None:
        return None
    created_at, outreach_id = keys_of(query.binding(), query.cursor, 2)
    if not isinstance(created_at, int) or not isinstance(outreach_id, str):
        raise Refused("foreign-cursor", "this cursor is not one that this query gave; start again without it")
    return created_at, outreach_id


def _ahead(until: int, now: int) -> int:
    if not now < until <= now + AHEAD_MS_MAX:
        raise Refused("not-ahead", "`until` has to be in the future, at most a year ahead")
    return until


def _found(row: Row[Any] | None) -> OutreachDetail:
    if row is None:
        raise not_found("outreach")
    return detail_of(row)
