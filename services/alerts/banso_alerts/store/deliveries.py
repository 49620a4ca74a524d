"""Delivery's rows: what is due is taken with a lease, and only who holds the lease stores what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.channels.port import About
from banso_alerts.domain.delivery import Attempt, Move
from banso_alerts.domain.outreach import UNSENT, ChannelName, OutreachState, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.outcomes import say
from banso_alerts.render.message import Message, message_decoder
from banso_alerts.store import carriers
from banso_alerts.store.plans import ended_values
from banso_alerts.store.reminders import REMINDED
from banso_alerts.store.rows import storable
from banso_common.contracts.account_signal import SignalKind
from banso_common.contracts.codec import decode

o = t.outreach.c
DUE = (OutreachState.PLANNED, OutreachState.RETRY)


@dataclass(frozen=True, slots=True)
class Parcel:
    """An outreach taken for delivery: where to, what, and the lease under which its result may be stored."""

    attempt: Attempt
    address: str
    recipient_name: str | None
    message: Message
    about: About
    first_tried_at: int
    lease_until: int


async def work_for(tx: AsyncConnection, channel: ChannelName, now: int, ours: Collection[str]) -> set[OutreachState]:
    """The states in which there is something to do for `channel` now, so that an idle loop writes nothing."""
    due = or_(
        and_(o.state.in_((*DUE, OutreachState.IN_DOUBT)), o.next_at <= now),
        and_(o.state == OutreachState.SENDING.value, o.lease_until <= now, o.id.not_in(list(ours))),
    )
    found = await tx.scalars(select(o.state).where(o.channel == channel.value, due).distinct())
    return {OutreachState(state) for state in found}


async def untended(tx: AsyncConnection, now: int) -> bool:
    """Whether anything has waited long enough, or has expired unsent."""
    old = or_(
        and_(o.state == OutreachState.WAITING.value, o.next_at <= now),
        and_(o.state.in_(UNSENT), o.expires_at <= now),
        and_(o.state.in_(REMINDED), o.remind_at <= now),
    )
    return (await tx.scalar(select(o.id).where(old).limit(1))) is not None


async def expire(tx: AsyncConnection, now: int, most: int) -> int:
    """End what could not be sent in time; gives how many."""
    late = select(o.id).where(o.state.in_(UNSENT), o.expires_at <= now).order_by(o.id).limit(most)
    ids = list(await tx.scalars(late.with_for_update(skip_locked=True)))
    if ids:
        ended = update(t.outreach).where(o.id.in_(ids)).returning(*o)
        rows = await tx.execute(ended.values(**ended_values(OutreachState.EXPIRED, Reason.EXPIRED, now)))
        found = [dict(row._mapping) for row in rows]
        await say(tx, found + await carriers.follow(tx, found), now)
    return len(ids)


async def claim(tx: AsyncConnection, channel: ChannelName, now: int, lease_until: int, most: int) -> list[Parcel]:
    """Take what is due: `sending` is stored before anything is sent."""
    due = and_(o.state.in_(DUE), o.next_at <= now, o.expires_at > now)
    taken = {
        "state": OutreachState.SENDING.value,
        "attempts": o.attempts + 1,
        "lease_until": lease_until,
        "first_tried_at": func.coalesce(o.first_tried_at, now),
        "changed_at": now,
    }
    return await _take(tx, and_(o.channel == channel.value, due), taken, most)


async def claim_doubtful(
    tx: AsyncConnection, channel: ChannelName, now: int, lease_until: int, most: int
) -> list[Parcel]:
    """Take what is in doubt and due to be looked for; it stays in doubt until it was."""
    due = and_(o.channel == channel.value, o.state == OutreachState.IN_DOUBT.value, o.next_at <= now)
    return await _take(tx, due, {"lease_until": lease_until, "next_at": lease_until}, most)


async def claim_abandoned(
    tx: AsyncConnection, channel: ChannelName, now: int, ours: Collection[str], most: int
) -> list[Parcel]:
    """Take what is `sending` under a lease that has run out: its sender died. `ours` are still being sent here."""
    left = and_(
        o.channel == channel.value,
        o.state == OutreachState.SENDING.value,
        o.lease_until <= now,
        o.id.not_in(list(ours)),
    )
    return await _take(tx, left, {}, most)


async def settle(tx: AsyncConnection, parcel: Parcel, move: Move, now: int) -> bool:
    """Store what came of a parcel; False when its lease was lost, and somebody else has decided."""
    final = move.state in (OutreachState.SENT, OutreachState.PARKED, OutreachState.EXPIRED)
    ours = and_(
        o.id == parcel.attempt.id,
        o.state.in_((OutreachState.SENDING, OutreachState.IN_DOUBT)),
        o.lease_until == parcel.lease_until,
    )
    moved = update(t.outreach).where(ours).returning(*o)
    rows = await tx.execute(
        moved.values(
            state=move.state.value,
            attempts=move.attempts,
            next_at=move.next_at,
            reason=move.reason.value if move.reason else None,
            detail=storable(move.detail),
            provider_ref=storable(move.ref),
            sent_at=now if move.state is OutreachState.SENT else None,
            lease_until=None,
            changed_at=now,
        )
    )
    found = [dict(row._mapping) for row in rows]
    if final:
        await say(tx, found + await carriers.follow(tx, found), now)
    return bool(found)


async def _take(tx: AsyncConnection, due: ColumnElement[bool], values: dict[str, Any], most: int) -> list[Parcel]:
    """Lock at most `most` of the rows that are `due` and that nobody else is taking, and set `values`."""
    chosen = select(o.id).where(due).order_by(o.next_at, o.id).limit(most).with_for_update(skip_locked=True)
    ids = list(await tx.scalars(chosen))
    if not ids:
        return []
    if values:
        await tx.execute(update(t.outreach).where(o.id.in_(ids)).values(**values))
    rows: Sequence[Row[Any]] = (await tx.execute(select(t.outreach).where(o.id.in_(ids)).order_by(o.id))).all()
    return [_parcel(row) for row in rows]


def _parcel(row: Row[Any]) -> Parcel:
    return Parcel(
        attempt=Attempt(row.id, row.attempts, row.expires_at),
        address=row.address or "",
        recipient_name=row.recipient_name,
        message=decode(message_decoder, bytes(row.message)),
        about=About(
            account=row.account,
            account_name=row.account_name,
            owner=row.owner,
            kind=SignalKind(row.kind),
            signal=row.signal_key,
            play=row.play,
            audience=Audience(row.audience),
            decided_at=row.created_at,
        ),
        first_tried_at=row.first_tried_at or row.created_at,
        lease_until=row.lease_until or 0,
    )
