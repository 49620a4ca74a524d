"""The door for Slack's buttons: verified by signature, stored, answered; the message is rewritten afterwards.

Slack waits three seconds. What it sends again is the same act, by the moment of the click, and changes nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from urllib.parse import parse_qs

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.door import OUTREACH_ID, problems
from banso_alerts.channels.slack_signature import is_from_slack
from banso_alerts.domain.acts import SLACK_PREFIX, Act, Deed, Source
from banso_alerts.domain.recipients import SLACK_MEMBER
from banso_alerts.render.blocks import ACTION_PREFIX, SNOOZE_DAYS
from banso_alerts.store import inbox
from banso_common.clock import DAY_MS, SECOND_MS, Clock
from banso_common.contracts.codec import decode
from banso_common.db.transaction import transaction
from banso_common.errors import Refused, TooLarge
from banso_common.http.problem import Problem
from banso_common.telemetry.logs import logger

BODY_BYTES_MAX = 1_000_000  # Slack sends the whole message along
ANSWER_S_MAX = 2.5
ACTIONS_MAX = 10


class Member(msgspec.Struct, frozen=True):
    """Who clicked."""

    id: str


class Option(msgspec.Struct, frozen=True):
    """What was chosen from a menu."""

    value: str


class Action(msgspec.Struct, frozen=True):
    """One click: which element, its value, and when, in seconds with six decimals."""

    action_id: str
    action_ts: str
    value: str = ""
    selected_option: Option | None = None


class Interaction(msgspec.Struct, frozen=True):
    """As much of an interaction payload as we need."""

    type: str
    user: Member | None = None
    actions: list[Action] = []


_payload_decoder = msgspec.json.Decoder(Interaction)


def make_slack_router(
    engine: AsyncEngine, clock: Clock, changed: Callable[[], None], secret: SecretStr | None
) -> APIRouter:
    """The endpoint of an app's interactivity; `secret` is the app's signing secret."""
    router = APIRouter(tags=["slack"], responses=problems(401, 404, 413, 503))

    @router.post("/v1/slack/interactions", summary="Take a click in Slack")
    async def interact(request: Request) -> Response:
        """For Slack only: the signature is the key."""
        if secret is None:
            raise Problem(404, "not-set-up", "set BANSO_SLACK_SIGNING_SECRET to take clicks from Slack")
        body = await _body(request)
        headers = request.headers
        stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
        if not is_from_slack(secret, stamp, signature, body, clock.now()):
            raise Problem(401, "not-from-slack", "the signature is not Slack's, or it is older than five minutes")
        done = acts_of(body)
        try:
            async with asyncio.timeout(ANSWER_S_MAX), transaction(engine) as tx:
                for act in done:
                    if await inbox.do(tx, act) is None:
                        logger("alerts.slack").warning("click on nothing that is there", outreach=act.outreach_id)
        except TimeoutError:
            raise Problem(503, "unavailable", "the store did not answer in time; click again") from None
        if done:
            changed()
        return Response(status_code=200)

    return router


def acts_of(body: bytes) -> list[Act]:
    """The acts that a payload tells of; none when it tells of something else. Raises Refused when it is no payload."""
    try:
        (text,) = parse_qs(body.decode(), strict_parsing=True, max_num_fields=ACTIONS_MAX)["payload"]
    except (ValueError, KeyError):
        raise Refused("not-an-interaction", "send a form with one field `payload`") from None
    said = decode(_payload_decoder, text.encode())
    if said.type != "block_actions" or said.user is None:
        return []
    found = (_act(action, said.user) for action in said.actions[:ACTIONS_MAX])
    return [act for act in found if act is not None]


def _act(action: Action, member: Member) -> Act | None:
    """A click as an act; None for an element that is not one of ours."""
    name = action.action_id.removeprefix(ACTION_PREFIX)
    if name == action.action_id or name not in set(Deed):
        return None
    deed, at, who = Deed(name), _instant(action.action_ts), SLACK_PREFIX + member.id
    chosen = action.selected_option.value if action.selected_option is not None else action.value
    outreach_id, _, days = chosen.partition("/")
    if not re.fullmatch(OUTREACH_ID, outreach_id) or not SLACK_MEMBER.fullmatch(member.id):
        return None
    if deed is not Deed.SNOOZED:
        return Act(outreach_id, deed, who, at, Source.BUTTON)
    if days not in map(str, SNOOZE_DAYS):
        return None
    return Act(outreach_id, deed, who, at, Source.BUTTON, at + int(days) * DAY_MS)


def _instant(seconds: str) -> int:
    """Slack's moment of a click as we keep instants. Raises Refused."""
    whole, _, parts = seconds.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 12):
        raise Refused("not-an-interaction", "`action_ts` has to be a number of seconds")
    millis = parts[:3].ljust(3, "0")
    return int(whole) * SECOND_MS + (int(millis) if millis.isascii() and millis.isdigit() else 0)


async def _body(request: Request) -> bytes:
    """The raw body, as it was signed. Raises TooLarge."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise TooLarge("too-large", f"at most {BODY_BYTES_MAX} bytes")
    return body
