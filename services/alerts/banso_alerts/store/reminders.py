"""Reminders: what was told, is still so, and nobody took; found when its time has come, once a turn."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import OutreachState
from banso_common.contracts.account_signal import SignalState

o = t.outreach.c
REMINDED = (OutreachState.SENT, OutreachState.HELD, OutreachState.EXPIRED, OutreachState.PARKED)
"""What has come to its end; what was never told has its reminder taken away."""


async def due(tx: AsyncConnection, now: int, most: int) -> list[Row[Any]]:
    """Take what is to be said again, each with the `signal_value` that it tells of; none of them comes again."""
    chosen = select(o.id).where(o.remind_at <= now, o.state.in_(REMINDED)).order_by(o.remind_at, o.id).limit(most)
    ids = list(await tx.scalars(chosen.with_for_update(skip_locked=True)))
    if not ids:
        return []
    await tx.execute(update(t.outreach).where(o.id.in_(ids)).values(remind_at=None))
    wanted = (
        select(t.outreach, t.signal.c.value.label("signal_value"))
        .join(t.signal, t.signal.c.key == o.signal_key)
        .where(o.id.in_(ids), o.state == OutreachState.SENT.value, ~_is_over(), ~_is_taken(now))
    )
    return list(await tx.execute(wanted.order_by(o.id)))


def _is_over() -> Any:
    """Its episode has been closed."""
    other = t.signal.alias()
    same = and_(other.c.account == o.account, other.c.kind == o.kind, other.c.episode == o.episode)
    return exists().where(same, other.c.state == SignalState.CLOSED.value)


def _is_taken(now: int) -> Any:
    """Somebody has it in hand, has judged it, or asked to be left until later."""
    other = t.outreach.alias()
    same = other.c.signal_key == o.signal_key
    acted = or_(other.c.acknowledged_at.is_not(None), other.c.snoozed_until > now)
    return or_(exists().where(same, acted), exists().where(t.verdict.c.signal_key == o.signal_key))
