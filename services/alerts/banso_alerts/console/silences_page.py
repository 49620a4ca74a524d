"""The page of silences: what is not told now, who asked for it and until when; making one and ending one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from banso_alerts.api.proof.routes import ProofRoom
from banso_alerts.api.silences import NewSilence, made_of
from banso_alerts.console.shown import shower
from banso_alerts.console.words_silences import SILENCE_WORDS
from banso_alerts.domain.silences import Matcher
from banso_alerts.store import silences
from banso_common.clock import DAY_MS, SECOND_MS
from banso_common.contracts.account_signal import TouchModel
from banso_common.db.transaction import reading, transaction
from banso_common.http.keys import Scope
from banso_common.http.problem import Problem, not_found
from banso_common.web.forms import Form, form_of
from banso_common.web.language import language_of

Answer = Annotated[Form, Depends(form_of(Scope.OUTREACH_WRITE))]
DAYS = (1, 3, 7, 14, 30, 90)
SILENCE_ID = "[0-9a-f]{16}"


def add_silences_page(router: APIRouter, room: ProofRoom) -> None:
    """Serve it from the store."""
    show = shower(room)

    @router.get("/outreach/silences", response_class=HTMLResponse)
    async def in_force(request: Request) -> Response:
        """Those in force, the next to end first, and the form that makes one."""
        async with reading(room.engine) as tx:
            found = await silences.in_force(tx, room.clock.now())
            plays = (await room.desk.in_force(tx)).plays
        shown = {
            "silences": sorted(found, key=lambda each: each.expires_at),
            "words": SILENCE_WORDS[language_of(request)],
            "plays": sorted(play.name for play in plays),
            "touches": TouchModel,
            "days_ahead": DAYS,
            "said": request.query_params,
        }
        return show(request, "silences.html", shown)


def add_silencing(router: APIRouter, room: ProofRoom) -> None:
    """Take the forms that make and end a silence: the same as over the API."""

    @router.post("/outreach/silences")
    async def make(form: Answer) -> Response:
        """Silence what the fields name."""
        made = made_of(_asked(form, room.clock.now()), form.sender.name, room.clock.now())
        async with transaction(room.engine) as tx:
            await silences.add(tx, made)
        room.changed()
        return RedirectResponse(f"/outreach/silences#{made.id}", 303)

    @router.post("/outreach/silences/{silence_id}/end")
    async def end(silence_id: str, form: Answer) -> Response:
        """End it now."""
        del form
        async with transaction(room.engine) as tx:
            known = re.fullmatch(SILENCE_ID, silence_id) and await silences.end(tx, silence_id, room.clock.now())
        if not known:
            raise not_found("silence")
        room.changed()
        return RedirectResponse("/outreach/silences", 303)


def _asked(form: Form, now: int) -> NewSilence:
    """What a form asks for, as the API would be asked. Raises Problem 400."""
    days = form.one("days")
    if days not in map(str, DAYS):
        raise Problem(400, "invalid", f"`days` is one of {', '.join(map(str, DAYS))}")
    until = datetime.fromtimestamp((now + int(days) * DAY_MS) / SECOND_MS, UTC)
    named = {
        name: [value for said in form.values.get(name, []) for each in said.split(",") if (value := each.strip())]
        for name in Matcher.__struct_fields__
    }
    try:
        return NewSilence.model_validate({**named, "until": until, "comment": form.one("comment")})
    except ValidationError as fault:
        first = fault.errors()[0]
        raise Problem(400, "invalid", f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
