"""The suppression list as rows. Whoever comes onto it gets nothing that was not sent yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.delivery import DETAIL_CHARS_MAX
from banso_alerts.domain.outreach import UNSENT, ChannelName, OutreachState, Reason
from banso_alerts.domain.suppression import SUPPRESSIBLE, Suppression, SuppressionReason, listed_as
from banso_alerts.outcomes import say
from banso_alerts.store.plans import KEYS_MAX, ended_values
from banso_alerts.store.rows import storable
from banso_common.db.rows import upsert

o, s = t.outreach.c, t.suppression.c
STAGE = "suppressed"


async def among(tx: AsyncConnection, addresses: Collection[str]) -> frozenset[str]:
    """Those of `addresses` that are on the list, as they stand there."""
    asked = sorted({storable(listed_as(address)) or "" for address in addresses})
    found: set[str] = set()
    for start in range(0, len(asked), KEYS_MAX):
        found.update(await tx.scalars(select(s.address).where(s.address.in_(asked[start : start + KEYS_MAX]))))
    return frozenset(found)


async def add(tx: AsyncConnection, suppression: Suppression) -> Suppression:
    """Put an address on the list and hold what is not sent to it yet; gives what stands there (the first reason)."""
    address = storable(listed_as(suppression.address)) or ""
    detail = storable(suppression.detail[:DETAIL_CHARS_MAX]) if suppression.detail else None
    columns = {"address": address, "reason": suppression.reason.value, "at": suppression.at, "detail": detail}
    await upsert(tx, t.suppression, {name: [value] for name, value in columns.items()}, replace=False)
    await hold(tx, SUPPRESSIBLE, suppression.at, address)
    (row,) = await tx.execute(select(t.suppression).where(s.address == address))
    return _suppression(row)


async def remove(tx: AsyncConnection, address: str) -> bool:
    """Take an address off the list; False when it was not on it."""
    done = await tx.execute(delete(t.suppression).where(s.address == storable(listed_as(address))))
    return bool(done.rowcount)


async def listed(tx: AsyncConnection, after: str | None, most: int) -> list[Suppression]:
    """At most `most` of the list, in the order of the addresses, after the address `after`."""
    chosen = select(t.suppression).order_by(s.address).limit(most)
    rows: Sequence[Row[Any]] = (await tx.execute(chosen if after is None else chosen.where(s.address > after))).all()
    return [_suppression(row) for row in rows]


async def hold(tx: AsyncConnection, channels: Collection[ChannelName], now: int, address: str | None = None) -> int:
    """Hold what is not sent yet to addresses on the list, or to one of them; gives how many."""
    about = func.lower(o.address) == address if address is not None else func.lower(o.address).in_(select(s.address))
    mine = select(o.id).where(about, o.channel.in_(channels), o.state.in_(UNSENT)).order_by(o.id).with_for_update()
    ids = list(await tx.scalars(mine))
    if not ids:
        return 0
    ended = update(t.outreach).where(o.id.in_(ids)).returning(*o)
    values = ended_values(OutreachState.HELD, Reason.SUPPRESSED, now) | {"stage": STAGE}
    rows = await tx.execute(ended.values(**values))
    await say(tx, [dict(row._mapping) for row in rows], now)
    return len(ids)


def _suppression(row: Row[Any]) -> Suppression:
    return Suppression(row.address, SuppressionReason(row.reason), row.at, row.detail)
