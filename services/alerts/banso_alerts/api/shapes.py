"""The answers of the API. Instants are RFC 3339 in UTC; `null` is what has not happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict
from pydantic.config import JsonDict
from sqlalchemy import Row

from banso_alerts.domain.outreach import ChannelName, OutreachState, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.render.message import message_decoder
from banso_common.clock import iso
from banso_common.contracts.account_signal import Severity, SignalKind
from banso_common.contracts.codec import decode

_EXAMPLE: JsonDict = {
    "id": "9b0c8e1f2a3d4c5b6a79888796a5b4c3",
    "account": "acme",
    "account_name": "Acme 株式会社",
    "owner": "sato@vendor.example",
    "kind": "silent-struggling",
    "severity": "warning",
    "play": "call-the-silent",
    "audience": "owner",
    "recipient": "佐藤",
    "channel": "slack",
    "title": "Acme 株式会社：困っているのに声が上がっていません",
    "state": "waiting",
    "reason": "quiet-hours",
    "stage": "quiet-hours",
    "created_at": "2026-11-21T12:00:00.000Z",
    "changed_at": "2026-11-21T12:00:00.000Z",
    "next_at": "2026-11-24T00:00:00.000Z",
    "expires_at": "2026-11-28T12:00:00.000Z",
    "sent_at": None,
    "acknowledged_at": None,
    "acknowledged_by": None,
    "snoozed_until": None,
    "snoozed_by": None,
    "turn": 0,
    "told_in": None,
}


def _described(example: JsonDict) -> ConfigDict:
    return ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": example})


@dataclass(frozen=True, slots=True)
class OutreachSummary:
    """An outreach as the list shows it."""

    __pydantic_config__ = _described(_EXAMPLE)

    id: str
    account: str
    account_name: str
    owner: str | None
    """Mail address of the account's customer-success manager."""
    kind: SignalKind
    severity: Severity
    play: str
    audience: Audience
    recipient: str | None
    channel: ChannelName
    title: str
    state: OutreachState
    reason: Reason | None
    """Why it was held back, not sent, or not yet."""
    stage: str | None
    """The stage that held it back."""
    created_at: str
    changed_at: str
    next_at: str | None
    """When it is decided or tried again."""
    expires_at: str
    sent_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str | None
    snoozed_until: str | None
    snoozed_by: str | None
    turn: int
    """0 for the first telling; reminders of what nobody took count from 1."""
    told_in: str | None
    """The outreach of the group or of the digest that tells of it."""


@dataclass(frozen=True, slots=True)
class OutreachList:
    """A page of outreaches, the newest first."""

    __pydantic_config__ = _described({"outreach": [_EXAMPLE], "next": "WyI1ZjE0…"})

    outreach: list[OutreachSummary]
    next: str | None
    """The cursor of the next page, to be sent with the same filters; null on the last page."""


@dataclass(frozen=True, slots=True)
class MessageSection:
    """A heading and its lines, as plain text."""

    heading: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class OutreachDetail:
    """One outreach with its message and its delivery."""

    __pydantic_config__ = _described(
        {
            "outreach": _EXAMPLE,
            "signal": "acme/silent-struggling/1/opened",
            "locale": "ja",
            "message": [{"heading": "次の一手", "lines": ["先方の窓口に、問い合わせを待たずこちらから連絡する"]}],
            "link": "https://banso.example/accounts/acme",
            "attempts": 0,
            "detail": None,
            "provider_ref": None,
            "plays_version": "3f9c07a55d21",
        }
    )

    outreach: OutreachSummary
    signal: str
    """The key of the signal that it tells of."""
    locale: str
    message: list[MessageSection]
    link: str | None
    attempts: int
    detail: str | None
    """What the channel said of the last attempt."""
    provider_ref: str | None
    """The channel's own name for the message: `channel/ts` of Slack, the Message-ID of a mail."""
    plays_version: str | None
    """The version of the plays that it was last decided under."""


def summary_of(row: Row[Any]) -> OutreachSummary:
    """A row as the list shows it."""
    return OutreachSummary(
        id=row.id,
        account=row.account,
        account_name=row.account_name,
        owner=row.owner,
        kind=SignalKind(row.kind),
        severity=Severity(row.severity),
        play=row.play,
        audience=Audience(row.audience),
        recipient=row.recipient_name,
        channel=ChannelName(row.channel),
        title=decode(message_decoder, bytes(row.message)).title,
        state=OutreachState(row.state),
        reason=Reason(row.reason) if row.reason else None,
        stage=row.stage,
        created_at=iso(row.created_at),
        changed_at=iso(row.changed_at),
        next_at=_instant(row.next_at),
        expires_at=iso(row.expires_at),
        sent_at=_instant(row.sent_at),
        acknowledged_at=_instant(row.acknowledged_at),
        acknowledged_by=row.acknowledged_by,
        snoozed_until=_instant(row.snoozed_until),
        snoozed_by=row.snoozed_by,
        turn=row.turn or 0,
        told_in=row.told_in,
    )


def detail_of(row: Row[Any]) -> OutreachDetail:
    """A row with everything."""
    message = decode(message_decoder, bytes(row.message))
    return OutreachDetail(
        outreach=summary_of(row),
        signal=row.signal_key,
        locale=row.locale,
        message=[MessageSection(section.heading, section.lines) for section in message.sections],
        link=message.link,
        attempts=row.attempts,
        detail=row.detail,
        provider_ref=row.provider_ref,
        plays_version=row.plays_version,
    )


def _instant(at: int | None) -> str | None:
    return None if at is None else iso(at)
