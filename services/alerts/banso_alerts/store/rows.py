"""Between rows and what the domain speaks of: candidates and decisions to rows, rows back to candidates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from banso_alerts.domain.delivery import kept_until
from banso_alerts.domain.hours import local_day
from banso_alerts.domain.outreach import Candidate, ChannelName, OutreachState, Recipient, outreach_id
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.plays import Audience
from banso_alerts.domain.stages import Decision
from banso_alerts.render.message import Message
from banso_common.contracts.account_signal import AccountSignal, signal_decoder
from banso_common.contracts.codec import decode, encode

Values = dict[str, Any]

NUL_SHOWN = "\ufffd"  # JSON may hold U+0000, PostgreSQL's text may not


def storable(text: str | None) -> str | None:
    """Text as both databases take it."""
    return text.replace("\x00", NUL_SHOWN) if text is not None else None


def signal_row(signal: AccountSignal, heard_at: int) -> Values:
    """A signal as its row."""
    return {
        "key": storable(signal.key),
        "account": storable(signal.account),
        "kind": signal.kind.value,
        "episode": signal.episode,
        "state": signal.state.value,
        "said_at": signal.said_at,
        "heard_at": heard_at,
        "value": encode(signal),
    }


def outreach_row(candidate: Candidate, message: Message, lane: int, now: int) -> Values:
    """A new outreach as its row, before its decision."""
    signal, recipient = candidate.signal, candidate.recipient
    texts = {
        "signal_key": signal.key,
        "account": signal.account,
        "account_name": signal.account_name,
        "owner": signal.owner_email,
        "recipient_key": recipient.key,
        "recipient_name": recipient.name,
        "address": recipient.address,
        "time_zone": recipient.time_zone,
    }
    return {
        **{name: storable(text) for name, text in texts.items()},
        "id": candidate.id,
        "lane": lane,
        "kind": signal.kind.value,
        "episode": signal.episode,
        "severity": signal.severity.value,
        "play": candidate.play.name,
        "audience": recipient.audience.value,
        "locale": recipient.locale,
        "variant": candidate.variant,
        "channel": candidate.channel.value,
        "message": encode(message),
        "created_at": now,
        "expires_at": candidate.expires_at,
        "attempts": 0,
    }


def decision_values(candidate: Candidate, decision: Decision, policy: Policy, now: int) -> Values:
    """What a decision says of an outreach, new or waiting."""
    planned = decision.state is OutreachState.PLANNED
    zone = policy.zone(candidate.recipient.time_zone)
    return {
        "state": decision.state.value,
        "reason": decision.reason.value if decision.reason else None,
        "stage": decision.stage,
        "next_at": decision.next_at,
        "planned_at": now if planned else None,
        "planned_on": local_day(now, zone) if planned else None,
        "changed_at": now,
        "country": candidate.recipient.country,
        "value": decision.value,
        "cost_hours": candidate.play.cost.hours if planned else None,
        "plays_version": policy.plays_version,
        "told_in": None,
        "turn": candidate.turn,
        "remind_at": policy.remind_at(candidate, now) if planned else None,
        "expires_at": kept_until(candidate.channel, candidate.expires_at, now) if planned else candidate.expires_at,
    }


def reminder_of(row: Row[Any], policy: Policy, now: int) -> Candidate | None:
    """What says again the stored outreach (with `signal_value`); None when its play is no more."""
    told = candidate_of(row, policy)
    if told is None:
        return None
    turn = told.turn + 1
    return replace(
        told,
        id=outreach_id(told.signal.key, told.play.name, told.recipient.audience, told.channel, turn),
        turn=turn,
        waited=False,
        expires_at=now + told.play.expiry_ms,
    )


def candidate_of(row: Row[Any], policy: Policy) -> Candidate | None:
    """The candidate that a stored outreach (with `signal_value`) was; None when its play is no more."""
    play = policy.play(row.play)
    if play is None:
        return None
    return Candidate(
        id=row.id,
        signal=decode(signal_decoder, bytes(row.signal_value)),
        play=play,
        recipient=Recipient(
            audience=Audience(row.audience),
            key=row.recipient_key,
            name=row.recipient_name,
            address=row.address,
            locale=row.locale,
            time_zone=row.time_zone,
            country=row.country or "",
        ),
        channel=ChannelName(row.channel),
        expires_at=row.expires_at,
        variant=row.variant or "",
        waited=True,
        turn=row.turn or 0,
    )
