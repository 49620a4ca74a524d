"""Silences as rows; making, extending and ending one has whatever it may speak of decided again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import OutreachState, Reason
from banso_alerts.domain.silences import Matcher, Silence, matcher_decoder
from banso_alerts.store.deliveries import DUE
from banso_alerts.store.rows import storable
from banso_common.contracts.codec import decode, encode
from banso_common.errors import Refused

SILENCES_MAX = 1_000
o, s = t.outreach.c, t.silence.c


async def in_force(tx: AsyncConnection, now: int) -> list[Silence]:
    """The silences in force."""
    rows = await tx.execute(select(t.silence).where(s.expires_at > now).order_by(s.id))
    return [silence_of(row) for row in rows]


def silence_of(row: Row[Any]) -> Silence:
    """A stored silence; one of before there were lists has its columns alone."""
    fields = ("account", "owner", "kind", "play", "touch")
    of_columns = {name: (value,) for name in fields if (value := getattr(row, name))}
    matcher = Matcher(**of_columns) if row.matcher is None else decode(matcher_decoder, bytes(row.matcher))
    return Silence(row.id, matcher, row.author, row.comment, row.created_at, row.expires_at)


async def add(tx: AsyncConnection, silence: Silence) -> None:
    """Keep a silence. Raises Refused at the limit."""
    known = select(func.count()).select_from(t.silence).where(s.expires_at > silence.created_at)
    if (await tx.scalar(known) or 0) >= SILENCES_MAX:
        raise Refused("too-many-silences", f"there are {SILENCES_MAX} silences in force; end some of them first")
    await tx.execute(
        insert(t.silence).values(
            id=silence.id,
            matcher=encode(silence.matcher),
            author=storable(silence.author),
            comment=storable(silence.comment),
            created_at=silence.created_at,
            expires_at=silence.expires_at,
        )
    )
    await _ask_again(tx, silence.matcher, silence.created_at)


async def extend(tx: AsyncConnection, silence_id: str, until: int, comment: str | None, now: int) -> Silence | None:
    """Let a silence that is in force end at another time; None when there is none of that id."""
    mine = select(t.silence).where(s.id == silence_id, s.expires_at > now).with_for_update()
    row = (await tx.execute(mine)).one_or_none()
    if row is None:
        return None
    silence = silence_of(row)
    silence = replace(silence, expires_at=until, comment=silence.comment if comment is None else comment)
    changed = update(t.silence).where(s.id == silence_id)
    await tx.execute(changed.values(expires_at=until, comment=storable(silence.comment)))
    await _let_go(tx, now)
    return silence


async def end(tx: AsyncConnection, silence_id: str, now: int) -> bool:
    """Forget a silence and decide again on what was silenced; False when there is none of that id."""
    done = await tx.execute(delete(t.silence).where(s.id == silence_id))
    if not done.rowcount:
        return False
    await _let_go(tx, now)
    return True


async def _let_go(tx: AsyncConnection, now: int) -> None:
    """What is silenced is asked again now."""
    held = update(t.outreach).where(o.state == OutreachState.WAITING.value, o.reason == Reason.SILENCED.value)
    await tx.execute(held.values(next_at=now, changed_at=now))


async def _ask_again(tx: AsyncConnection, matcher: Matcher, now: int) -> None:
    """What is about to go out and may be meant waits to be decided; what carries others, or tells of no signal, is
    nobody's to silence."""
    named = {"account": matcher.account, "owner": matcher.owner, "kind": matcher.kind, "play": matcher.play,
             "severity": matcher.severity}  # fmt: skip
    about: list[ColumnElement[bool]] = [o[name].in_(list(values)) for name, values in named.items() if values]
    told = o.signal_key.in_(select(t.signal.c.key))
    waits = {"state": OutreachState.WAITING.value, "next_at": now, "planned_at": None, "planned_on": None}
    await tx.execute(update(t.outreach).where(*about, told, o.state.in_(DUE)).values(**waits, changed_at=now))
