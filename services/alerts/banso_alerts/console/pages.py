"""The console's routes for outreach: the day and the list, one outreach, and the forms by which people answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from banso_alerts.api.door import OUTREACH_ID
from banso_alerts.api.proof.routes import ProofRoom
from banso_alerts.console.one import VERDICTS, one_page
from banso_alerts.console.place import Place
from banso_alerts.console.proof_pages import add_proof_pages, add_restoring
from banso_alerts.console.shown import FRAME, Page, reader, shower
from banso_alerts.console.silences_page import add_silences_page, add_silencing
from banso_alerts.console.today import today_page
from banso_alerts.console.words_one import ONE_WORDS
from banso_alerts.domain.acts import Act, Deed, Source
from banso_alerts.domain.hours import instant_of, local_time, zone_of
from banso_alerts.domain.outreach import ChannelName, Reason
from banso_alerts.domain.planning import UTC_ZONE
from banso_alerts.render.blocks import SNOOZE_DAYS
from banso_alerts.store import inbox
from banso_common.clock import DAY_MS
from banso_common.db.transaction import reading, transaction
from banso_common.http.keys import Scope
from banso_common.http.problem import Problem, not_found
from banso_common.web.door import sign_in_router
from banso_common.web.forms import Form, form_of
from banso_common.web.language import language_of

Answer = Annotated[Form, Depends(form_of(Scope.OUTREACH_WRITE))]


def make_console(room: ProofRoom) -> Sequence[APIRouter]:
    """The pages over the store."""
    router = APIRouter(route_class=Page, include_in_schema=False, dependencies=[Depends(reader)])
    forms = APIRouter(route_class=Page, include_in_schema=False)
    _today(router, room)
    add_proof_pages(router, room)
    add_silences_page(router, room)
    _one(router, room)
    _answers(forms, room)
    add_restoring(forms, room)
    add_silencing(forms, room)
    return [FRAME.style_router(), router, forms, sign_in_router(FRAME)]


def _today(router: APIRouter, room: ProofRoom) -> None:
    show, zone = shower(room), zone_of(room.desk.policy.directory.time_zone, UTC_ZONE)

    @router.get("/outreach", response_class=HTMLResponse)
    async def today(request: Request) -> Response:
        """What waits, what wants an answer, what was sent and what was held back."""
        now = room.clock.now()
        place, midnight = Place.of(request.query_params), instant_of(local_time(now, zone).date(), time(0), zone)
        async with reading(room.engine) as tx:
            view = await today_page(tx, await room.desk.in_force(tx), place, midnight, now)
        shown = {"view": view, "place": place, "channels": ChannelName, "reason_names": Reason}
        date = datetime.fromtimestamp(now / 1_000, zone).date().isoformat()
        return show(request, "today.html", {**shown, "date": date})


def _one(router: APIRouter, room: ProofRoom) -> None:
    show = shower(room)

    @router.get("/outreach/{outreach_id}", response_class=HTMLResponse)
    async def one(request: Request, outreach_id: str) -> Response:
        """One outreach with its message, its course, and what can be done about it."""
        async with reading(room.engine) as tx:
            view = await one_page(tx, outreach_id) if re.fullmatch(OUTREACH_ID, outreach_id) else None
        if view is None:
            raise not_found("outreach")
        shown = {"view": view, "words": ONE_WORDS[language_of(request)], "verdicts": VERDICTS, "deeds": Deed}
        return show(request, "one.html", {**shown, "snooze_days": SNOOZE_DAYS})


def _answers(router: APIRouter, room: ProofRoom) -> None:
    @router.post("/outreach/{outreach_id}/acts")
    async def act(outreach_id: str, form: Answer) -> Response:
        """Take it, judge it or put it off: the same deed as a click in Slack."""
        if not re.fullmatch(OUTREACH_ID, outreach_id):
            raise not_found("outreach")
        done = _act_of(form, outreach_id, room.clock.now())
        async with transaction(room.engine) as tx:
            if await inbox.do(tx, done) is None:
                raise not_found("outreach")
        room.changed()
        carrier = form.one("carrier")
        back = f"{carrier}#{outreach_id}" if re.fullmatch(OUTREACH_ID, carrier) else f"{outreach_id}#answer"
        return RedirectResponse(f"/outreach/{back}", 303)

    @router.post("/outreach/{outreach_id}/accounts")
    async def act_on_one(outreach_id: str, form: Answer) -> Response:
        """Judge one account of those that a message tells of."""
        account, said = form.one("account"), form.one("what")
        if said not in {deed.value for deed in VERDICTS}:
            raise Problem(400, "invalid", "say whether it was real")
        done = Act(outreach_id, Deed(said), form.sender.name, room.clock.now(), Source.PAGE, account=account)
        async with transaction(room.engine) as tx:
            if not re.fullmatch(OUTREACH_ID, outreach_id) or await inbox.do(tx, done) is None:
                raise not_found("outreach or account")
        room.changed()
        return RedirectResponse(f"/outreach/{outreach_id}", 303)


def _act_of(form: Form, outreach_id: str, now: int) -> Act:
    """What a form says was done. Raises Problem 400."""
    said, days = form.one("what"), form.one("days")
    if said not in set(Deed) or (said == Deed.SNOOZED and days not in map(str, SNOOZE_DAYS)):
        raise Problem(400, "invalid", "take it, judge it, or put it off for some days")
    until = now + int(days) * DAY_MS if said == Deed.SNOOZED else None
    return Act(outreach_id, Deed(said), form.sender.name, now, Source.PAGE, until)
