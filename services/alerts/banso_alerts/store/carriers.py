"""Groups and digests as rows: opened once, joined by what they tell of, and followed by it to their end.

What a digest tells of stays `held`, with the reason for which it was; what a group tells of is `grouped` and becomes
what the group becomes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import OutreachState
from banso_alerts.domain.plays import DIGEST, GROUP
from banso_alerts.store.rows import Values
from banso_common.contracts.account_signal import SignalState
from banso_common.db.rows import upsert

o = t.outreach.c
IDS_MAX = 500
Place = tuple[int, str]
FOLLOWED = ("state", "reason", "detail", "sent_at", "changed_at")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which digests: by state and by recipient key, any of those given; none given, all."""

    states: Sequence[str] = ()
    recipients: Sequence[str] = ()


async def open_carriers(tx: AsyncConnection, rows: Sequence[Values]) -> dict[str, OutreachState]:
    """Store carriers that are not there yet; gives the state of each, by id."""
    if rows:
        await upsert(tx, t.outreach, {name: [row[name] for row in rows] for name in rows[0]}, replace=False)
    states: dict[str, OutreachState] = {}
    ids = sorted({str(row["id"]) for row in rows})
    for start in range(0, len(ids), IDS_MAX):
        found = select(o.id, o.state).where(o.id.in_(ids[start : start + IDS_MAX])).with_for_update()
        states |= {row.id: OutreachState(row.state) for row in await tx.execute(found)}
    return states


async def due_digests(tx: AsyncConnection, now: int, most: int) -> Sequence[Row[Any]]:
    """Digests whose time has come; they are ours until the end."""
    due = select(t.outreach).where(o.play == DIGEST, o.state == OutreachState.WAITING.value, o.next_at <= now)
    return (await tx.execute(due.order_by(o.next_at, o.id).limit(most).with_for_update(skip_locked=True))).all()


async def digests(tx: AsyncConnection, wanted: Wanted, after: Place | None, most: int) -> Sequence[Row[Any]]:
    """At most `most` digests, the newest first, after the place (created_at, id)."""
    chosen = select(t.outreach).where(o.play == DIGEST)
    for column, values in ((o.state, wanted.states), (o.recipient_key, wanted.recipients)):
        chosen = chosen.where(column.in_(values)) if values else chosen
    if after is not None:
        chosen = chosen.where(tuple_(o.created_at, o.id) < tuple_(*(literal(key) for key in after)))
    return (await tx.execute(chosen.order_by(o.created_at.desc(), o.id.desc()).limit(most))).all()


async def told_in(tx: AsyncConnection, carriers: Iterable[str]) -> Sequence[Row[Any]]:
    """What these carriers tell of, the newest last."""
    chosen = select(t.outreach).where(o.told_in.in_(sorted(carriers)))
    return (await tx.execute(chosen.order_by(o.created_at, o.id))).all()


async def still_news(tx: AsyncConnection, items: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Of `items` those whose episode goes on and whose signal nobody has taken."""
    keys = sorted({row.signal_key for row in items})
    over: set[tuple[str, str, int]] = set()
    taken: set[str] = set()
    for start in range(0, len(keys), IDS_MAX):
        some = keys[start : start + IDS_MAX]
        in_hand = and_(o.signal_key.in_(some), o.acknowledged_at.is_not(None))
        taken |= set(await tx.scalars(select(o.signal_key).where(in_hand)))
        s, begun = t.signal.c, t.signal.alias()
        same = and_(begun.c.account == s.account, begun.c.kind == s.kind, begun.c.episode == s.episode)
        ended = select(s.account, s.kind, s.episode).join(begun, same)
        closed = ended.where(s.state == SignalState.CLOSED.value, begun.c.key.in_(some), begun.c.key != s.key)
        over |= {(row.account, row.kind, row.episode) for row in await tx.execute(closed)}
    return [row for row in items if row.signal_key not in taken and (row.account, row.kind, row.episode) not in over]


async def follow(tx: AsyncConnection, ended: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is told in these groups ends as they do; gives the rows."""
    followed: list[dict[str, Any]] = []
    for row in ended:
        if row["play"] == GROUP:
            ours = and_(o.told_in == row["id"], o.state == OutreachState.GROUPED.value)
            same = update(t.outreach).where(ours).returning(*o)
            moved = await tx.execute(same.values(**{name: row[name] for name in FOLLOWED}))
            followed += [dict(each._mapping) for each in moved]
    return followed


async def snoozed_with(tx: AsyncConnection, carrier: Row[Any], by: str, until: int) -> None:
    """Whoever puts a group off puts off all that it tells of."""
    if carrier.play == GROUP:
        off = update(t.outreach).where(o.told_in == carrier.id)
        await tx.execute(off.values(snoozed_until=until, snoozed_by=by))


async def taken_with(tx: AsyncConnection, carrier: Row[Any], by: str, at: int) -> None:
    """Whoever takes a group takes all that it tells of."""
    if carrier.play == GROUP:
        ours = and_(o.told_in == carrier.id, o.acknowledged_at.is_(None))
        seen = update(t.outreach).where(ours)
        await tx.execute(seen.values(acknowledged_at=at, acknowledged_by=by, changed_at=at))
