"""Calls of the Segment specification as drafts: track, page, screen, identify, group.

The account is `context.groupId` (for `group`, `groupId` first), the id `messageId`. The event's name is
`event` for a track, and `page` or `screen` for those, whose own `name` and `category` become properties.
The traits of `group` become the account's attributes, those of `identify` the user's properties.
The sender's clock is corrected by `sentAt`, unless `receivedAt` says that somebody has done so before.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from banso_common.contracts.account_activity import ActivityKind
from banso_ingest.domain.draft import Draft, Name
from banso_ingest.domain.refusal import RefusalCode, refusal
from banso_ingest.formats.incoming import Context, Incoming

SOURCE = "segment"


class Call(StrEnum):
    """The calls that are read; `alias` is not one of them."""

    TRACK = "track"
    IDENTIFY = "identify"
    GROUP = "group"
    PAGE = "page"
    SCREEN = "screen"


_USAGE, _TRACK, _GROUP = ActivityKind.USAGE, Call.TRACK, Call.GROUP
_KINDS = {Call.GROUP: ActivityKind.ACCOUNT, Call.IDENTIFY: ActivityKind.USER}
_NUMBER = (int, float)
_CALLS = {call.value: call for call in Call}


@dataclass(frozen=True, slots=True)
class Inherited:
    """What the request says for all of its calls: the path's call, the batch's `context` and `sentAt`."""

    call: str | None = None
    context: Context | None = None
    sent_at: str | int | None = None


NOTHING = Inherited()


def draft_of(event: Incoming, inherited: Inherited = NOTHING) -> Draft:
    """The draft of one call. Raises Refused."""
    call = _CALLS.get(event.type or inherited.call or "")
    if call is None:
        raise refusal(RefusalCode.UNSUPPORTED_CALL, f"`type` must be one of {', '.join(Call)}")
    corrected = event.receivedAt is not None
    sent_at = None if corrected else event.sentAt or inherited.sent_at
    account = _group(event.context) or _group(inherited.context)
    kind, name, value, properties = _KINDS.get(call, _USAGE), event.event, None, event.traits
    if call is _GROUP:
        account = event.groupId or account
    if kind is not _USAGE:
        name = kind.value
    else:
        properties = {} if event.properties is None else event.properties
        if call is not _TRACK:
            name = call.value
            _say_page(event, properties)
        value = _value(properties)
    return Draft(
        kind,
        event.messageId,
        SOURCE,
        account,
        event.userId,
        name,
        event.timestamp,
        value,
        properties,
        sent_at,
    )


def _group(context: Context | None) -> Name:
    return None if context is None else context.groupId


def _say_page(event: Incoming, properties: dict[str, Any]) -> None:
    if event.name is not None:
        properties.setdefault("name", event.name)
    if event.category is not None:
        properties.setdefault("category", event.category)


def _value(properties: dict[str, Any]) -> int | float | None:
    """`value`, else `revenue`, when it is a number; it leaves the properties. Other types stay properties."""
    for key in ("value", "revenue"):
        written = properties.get(key)
        if isinstance(written, _NUMBER) and not isinstance(written, bool):
            del properties[key]
            return written
    return None
