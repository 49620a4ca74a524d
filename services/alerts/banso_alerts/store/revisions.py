"""Revisions: messages in Slack that have to say what was done since they were posted.

A row is due while `next_at` is set. It is taken with a lease before the call, so that two members never write the
same message at once; `wanted` counts acts, and a revision that was made while another act came is made again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.acts import Act
from banso_alerts.domain.outreach import OutreachState
from banso_alerts.render.message import Message, message_decoder
from banso_alerts.store import acts
from banso_alerts.store.rows import storable
from banso_common.contracts.codec import decode

r, o = t.revision.c, t.outreach.c
_READY = and_(r.outreach_id == o.id, o.state == OutreachState.SENT.value, o.provider_ref.is_not(None))


@dataclass(frozen=True, slots=True)
class Revision:
    """A message to be rewritten: what the channel calls it, what it says, and the acts that it has to show."""

    outreach_id: str
    ref: str
    message: Message
    acts: list[Act]
    wanted: int
    attempts: int
    lease_until: int


async def due(tx: AsyncConnection, now: int) -> bool:
    """Whether any message is to be rewritten now."""
    return await tx.scalar(select(r.outreach_id).where(_READY, _free(now)).limit(1)) is not None


async def claim(tx: AsyncConnection, now: int, lease_until: int, most: int) -> list[Revision]:
    """Take at most `most` revisions; the lease is stored before anything is sent."""
    chosen = select(r.outreach_id).where(_READY, _free(now)).order_by(r.next_at, r.outreach_id).limit(most)
    ids = list(await tx.scalars(chosen.with_for_update(of=t.revision, skip_locked=True)))
    if not ids:
        return []
    mine = update(t.revision).where(r.outreach_id.in_(ids))
    await tx.execute(mine.values(lease_until=lease_until, attempts=r.attempts + 1))
    columns = (t.revision, o.provider_ref, o.signal_key, o.message)
    rows = (await tx.execute(select(*columns).where(_READY, r.outreach_id.in_(ids)).order_by(r.outreach_id))).all()
    return [
        Revision(
            outreach_id=row.outreach_id,
            ref=row.provider_ref,
            message=decode(message_decoder, bytes(row.message)),
            acts=await acts.of_signal(tx, row.signal_key),
            wanted=row.wanted,
            attempts=row.attempts,
            lease_until=lease_until,
        )
        for row in rows
    ]


async def shown(tx: AsyncConnection, revision: Revision, now: int) -> bool:
    """The message says it; if more was done meanwhile it is due again. False when the lease was lost."""
    again = case((r.wanted > revision.wanted, now), else_=null())
    return await _settle(tx, revision, {"shown": revision.wanted, "attempts": 0, "next_at": again, "detail": None})


async def put_off(tx: AsyncConnection, revision: Revision, attempts: int, next_at: int | None, detail: str) -> bool:
    """Not yet, or (`next_at` None) never, unless somebody acts again. False when the lease was lost."""
    at = case((r.wanted > revision.wanted, r.next_at), else_=next_at) if next_at is None else next_at
    return await _settle(tx, revision, {"attempts": attempts, "next_at": at, "detail": storable(detail)})


async def _settle(tx: AsyncConnection, revision: Revision, values: dict[str, object]) -> bool:
    ours = and_(r.outreach_id == revision.outreach_id, r.lease_until == revision.lease_until)
    done = await tx.execute(update(t.revision).where(ours).values(lease_until=None, **values))
    return bool(done.rowcount)


def _free(now: int) -> ColumnElement[bool]:
    return and_(r.next_at <= now, or_(r.lease_until.is_(None), r.lease_until <= now))
