"""Forgets what nobody asks for any more: outreaches that ended long ago with what people did with them, and signals of
episodes that are over.

Kept is what is still counted: the longest cooldown looks back `COOLDOWN_DAYS_MAX` days; judgements, rules and their
turns; arms and exposures, and every signal of an account that has one, for outcomes are read from these anew; what is
still open, so that it can inhibit; the suppression list. A step is small, so that nobody waits for it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import OutreachState
from banso_common.contracts.account_signal import MOMENTS, SignalState

AT_ONCE = 1_000
ENDED = (OutreachState.SENT, OutreachState.HELD, OutreachState.EXPIRED, OutreachState.PARKED)
OF_OUTREACH: tuple[Table, ...] = (t.act, t.verdict, t.part_verdict, t.revision)
o, s, x = t.outreach.c, t.signal.c, t.exposure.c


async def prune_some(tx: AsyncConnection, before: int, most: int = AT_ONCE) -> int:
    """Forget at most `most` outreaches that last changed before `before`, and as many signals and silences of before;
    gives how many. Call it until that is 0."""
    old = select(o.id).where(o.changed_at < before, o.created_at < before, o.state.in_(ENDED), o.remind_at.is_(None))
    ids = list(await tx.scalars(old.limit(most)))
    for table in OF_OUTREACH:
        await tx.execute(delete(table).where(table.c.outreach_id.in_(ids)))
    await tx.execute(delete(t.outreach).where(o.id.in_(ids)))
    over = select(t.silence.c.id).where(t.silence.c.expires_at < before).limit(most)
    silences = list(await tx.scalars(over))
    await tx.execute(delete(t.silence).where(t.silence.c.id.in_(silences)))
    return len(ids) + len(silences) + await _signals(tx, before, most)


async def _signals(tx: AsyncConnection, before: int, most: int) -> int:
    """An episode's opening goes before its end: else it would look as if it went on."""
    opened, closed = (s.state == each.value for each in (SignalState.OPENED, SignalState.CLOSED))
    over = or_(s.kind.in_(sorted(MOMENTS)), _beside(SignalState.CLOSED, before))
    gone = or_(and_(opened, over), and_(closed, ~_beside(SignalState.OPENED)))
    told = exists().where(o.account == s.account, o.signal_key == s.key)
    counted = exists().where(x.account == s.account)
    old = select(s.key).where(s.said_at < before, gone, ~told, ~counted)
    keys = list(await tx.scalars(old.limit(most)))
    await tx.execute(delete(t.signal).where(s.key.in_(keys)))
    return len(keys)


def _beside(state: SignalState, before: int | None = None) -> ColumnElement[bool]:
    """Whether the same episode has a signal of that state, said before `before`."""
    other: Any = t.signal.alias().c
    same = and_(other.account == s.account, other.kind == s.kind, other.episode == s.episode)
    then = other.said_at < before if before is not None else other.said_at.is_not(None)
    return exists().where(same, other.state == state.value, then)
