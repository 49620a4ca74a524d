"""The page behind the link that ends mails: looking at it changes nothing, a POST does (RFC 8058), without a login.

Mail programs and scanners follow links by themselves, hence the question before the act.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from pydantic import SecretStr
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_alerts.api.door import problems
from banso_alerts.channels.unsubscribe import outreach_of
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.suppression import Suppression, SuppressionReason
from banso_alerts.render.leave_page import leave_page
from banso_alerts.store import inbox, suppressions
from banso_common.clock import Clock
from banso_common.db.transaction import reading, transaction
from banso_common.http.problem import Problem, not_found

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "X-Robots-Tag": "noindex",
}
Token = Annotated[str, Path(min_length=1, max_length=100, description="What the link of a mail carries.")]


def make_unsubscribe_router(
    engine: AsyncEngine, clock: Clock, changed: Callable[[], None], secret: SecretStr | None
) -> APIRouter:
    """The way out; `secret` is the one that signs the links."""
    router = APIRouter(tags=["suppression"], responses=problems(404, 422, 503))

    @router.get("/v1/unsubscribe/{token}", summary="Ask before unsubscribing", response_class=HTMLResponse)
    async def ask(token: Token) -> HTMLResponse:
        """A page with one button."""
        outreach_id = _known(secret, token)
        async with reading(engine) as tx:
            row = await _mail(tx, outreach_id)
            gone = bool(await suppressions.among(tx, [row.address]))
        return HTMLResponse(leave_page(row.locale, row.address, done=gone), headers=HEADERS)

    @router.post("/v1/unsubscribe/{token}", summary="Unsubscribe", response_class=HTMLResponse)
    async def leave(token: Token) -> HTMLResponse:
        """End the mails to the address that the link was sent to; by the page's button or by a mail program's."""
        outreach_id = _known(secret, token)
        async with transaction(engine) as tx:
            row = await _mail(tx, outreach_id)
            asked = Suppression(row.address, SuppressionReason.UNSUBSCRIBED, clock.now(), f"outreach {outreach_id}")
            await suppressions.add(tx, asked)
        changed()
        return HTMLResponse(leave_page(row.locale, row.address, done=True), headers=HEADERS)

    return router


def _known(secret: SecretStr | None, token: str) -> str:
    """The outreach of a token. Raises Problem."""
    if secret is None:
        raise Problem(404, "not-set-up", "set BANSO_LINK_SECRET to let readers unsubscribe")
    outreach_id = outreach_of(secret, token)
    if outreach_id is None:
        raise not_found("link")
    return outreach_id


async def _mail(tx: AsyncConnection, outreach_id: str) -> Row[Any]:
    """The outreach that was mailed. Raises Problem."""
    row = await inbox.one(tx, outreach_id)
    if row is None or row.channel != ChannelName.EMAIL.value or not row.address:
        raise not_found("link")
    return row
