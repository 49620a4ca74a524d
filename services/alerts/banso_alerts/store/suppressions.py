"""The suppression list as rows. Whoever comes onto it gets nothing that was not sent yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.delivery import DETAIL_CHARS_MAX
from banso_alerts.domain.outreach import UNSENT, OutreachState, Reason
from banso_alerts.domain.suppression import SUPPRESSIBLE, Suppression, SuppressionReason, listed_as
from banso_alerts.outcomes import say
from banso_alerts.store import carriers
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
    unsent = and_(func.lower(o.address) == address, o.channel.in_(SUPPRESSIBLE), o.state.in_(UNSENT))
    await _hold(tx, list(await tx.scalars(select(o.id).where(unsent).order_by(o.id).with_for_update())), suppression.at)
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


async def hold_taken(tx: AsyncConnection, addresses: Mapping[str, str], now: int) -> frozenset[str]:
    """Of outreaches just taken to be sent (id to address), hold those whose address is on the list; gives their ids.

    Whoever listed the address while somebody else was deciding could not see what was being planned.
    """
    known = await among(tx, addresses.values())
    held = sorted(each for each, address in addresses.items() if listed_as(address) in known)
    await _hold(tx, held, now)
    return frozenset(held)


async def _hold(tx: AsyncConnection, ids: Sequence[str], now: int) -> None:
    if not ids:
        return
    ended = update(t.outreach).where(o.id.in_(ids)).returning(*o)
    values = ended_values(OutreachState.HELD, Reason.SUPPRESSED, now) | {"stage": STAGE}
    found = [dict(row._mapping) for row in await tx.execute(ended.values(**values))]
    await say(tx, found + await carriers.follow(tx, found), now)


def _suppression(row: Row[Any]) -> Suppression:
    return Suppression(row.address, SuppressionReason(row.reason), row.at, row.detail)
