"""The route of digests: what was held back from whom, day by day, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.api.door import problems, reader
from banso_alerts.api.query import STRICT, VALUES_MAX, Text
from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.render.message import message_decoder
from banso_alerts.store import carriers
from banso_common.clock import iso
from banso_common.contracts.account_signal import Severity, SignalKind
from banso_common.contracts.codec import decode
from banso_common.db.transaction import reading
from banso_common.errors import Refused
from banso_common.http.paging import cursor_of, keys_of

LIMIT_DEFAULT, LIMIT_MAX = 20, 100
_ITEM: JsonDict = {
    "outreach": "9b0c8e1f2a3d4c5b6a79888796a5b4c3",
    "account": "acme",
    "account_name": "Acme 株式会社",
    "kind": "stalled",
    "severity": "warning",
    "play": "unblock",
    "title": "Acme 株式会社：運用フェーズで止まっています",
    "reason": "budget",
    "value": 60000.0,
}
_EXAMPLE: JsonDict = {
    "id": "0f0e0d0c0b0a09080706050403020100",
    "audience": "owner",
    "recipient": "佐藤",
    "channel": "slack",
    "state": "waiting",
    "due_at": "2026-11-24T07:00:00.000Z",
    "sent_at": None,
    "items": [_ITEM],
}


class DigestQuery(BaseModel):
    """The query of `GET /v1/digests`."""

    model_config = STRICT

    state: Annotated[list[OutreachState], Field(max_length=VALUES_MAX)] = []
    recipient: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    """Mail addresses of customer-success managers."""
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT
    cursor: str | None = None
    """`next` of the page before."""

    def binding(self) -> dict[str, object]:
        """What a cursor is bound to."""
        return {"state": sorted(self.state), "recipient": sorted(self.recipient)}


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One outreach that was held back."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _ITEM})

    outreach: str
    account: str
    account_name: str
    kind: SignalKind
    severity: Severity
    play: str
    title: str
    reason: Reason
    value: float | None
    """Amount at stake × uplift × surprise when it was held back; only to be compared with others of that moment."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What one recipient is told together on one day."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _EXAMPLE})

    id: str
    """The id of its outreach."""
    audience: Audience
    recipient: str | None
    channel: ChannelName
    state: OutreachState
    due_at: str | None
    """When it is told; null once it was written."""
    sent_at: str | None
    items: list[DigestItem]
    """The most severe first, then the most valuable."""


@dataclass(frozen=True, slots=True)
class DigestList:
    """A page of digests, the newest first."""

    __pydantic_config__ = ConfigDict(
        use_attribute_docstrings=True, json_schema_extra={"example": {"digests": [_EXAMPLE], "next": None}}
    )

    digests: list[Digest]
    next: str | None
    """The cursor of the next page; null on the last one."""


def add_digests(router: APIRouter, engine: AsyncEngine) -> None:
    """Put the route in."""

    @router.get("/v1/digests", summary="List digests", dependencies=[reader], responses=problems(400))
    async def list_digests(query: Annotated[DigestQuery, Query()]) -> DigestList:
        """What was held back, by recipient and day, with the reason for each; also what is not told yet."""
        wanted = carriers.Wanted([state.value for state in query.state], [f"owner:{one}" for one in query.recipient])
        async with reading(engine) as tx:
            rows = await carriers.digests(tx, wanted, _place(query), query.limit + 1)
            shown = rows[: query.limit]
            items: defaultdict[str, list[Row[Any]]] = defaultdict(list)
            for row in await carriers.told_in(tx, [each.id for each in shown]):
                items[row.told_in].append(row)
        more = cursor_of(query.binding(), [shown[-1].created_at, shown[-1].id]) if len(rows) > query.limit else None
        return DigestList([_digest(row, items[row.id]) for row in shown], more)


def _digest(row: Row[Any], items: list[Row[Any]]) -> Digest:
    waiting = row.state == OutreachState.WAITING
    ranks = list(reversed(Severity))
    ordered = sorted(items, key=lambda each: (ranks.index(Severity(each.severity)), -(each.value or 0.0), each.id))
    return Digest(
        id=row.id,
        audience=Audience(row.audience),
        recipient=row.recipient_name,
        channel=ChannelName(row.channel),
        state=OutreachState(row.state),
        due_at=iso(row.next_at) if waiting and row.next_at is not None else None,
        sent_at=None if row.sent_at is None else iso(row.sent_at),
        items=[
            DigestItem(
                outreach=each.id,
                account=each.account,
                account_name=each.account_name,
                kind=SignalKind(each.kind),
                severity=Severity(each.severity),
                play=each.play,
                title=decode(message_decoder, bytes(each.message)).title,
                reason=Reason(each.reason),
                value=each.value,
            )
            for each in ordered
        ],
    )


def _place(query: DigestQuery) -> carriers.Place | None:
    """Where the page begins. Raises Refused for a cursor that this query did not make."""
    if query.cursor is None:
        return None
    created_at, identity = keys_of(query.binding(), query.cursor, 2)
    if not isinstance(created_at, int) or not isinstance(identity, str):
        raise Refused("foreign-cursor", "this cursor is not one that this query gave; start again without it")
    return created_at, identity
