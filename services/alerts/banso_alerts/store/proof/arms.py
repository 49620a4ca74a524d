"""Arms as rows: an account gets its place in its stratum once; the stratum's row lets one member count at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.proof.arms import Arm, arm_of
from banso_alerts.store.rows import storable
from banso_common.db.rows import upsert

KEYS_MAX = 1_000
a, s = t.assignment.c, t.stratum.c


@dataclass(frozen=True, slots=True)
class Assigned:
    """An account's arm, the share of accounts left alone when it was drawn, and its stratum of then."""

    arm: Arm
    share: float
    stratum: str


@dataclass(frozen=True, slots=True)
class Draw:
    """How arms are drawn: `share` in (0, 1) of accounts is left alone; another salt is another draw."""

    share: float
    salt: str


async def assigned(tx: AsyncConnection, strata: Mapping[str, str], draw: Draw, now: int) -> dict[str, Assigned]:
    """The arms of these accounts; one that has none gets the next place of the stratum given, in the order given."""
    known = await _known(tx, list(strata))
    new = {account: stratum for account, stratum in strata.items() if account not in known}
    if new:
        await _draw(tx, new, draw, now)
        known |= await _known(tx, list(new))
    return known


async def _known(tx: AsyncConnection, accounts: Sequence[str]) -> dict[str, Assigned]:
    found: dict[str, Assigned] = {}
    stored = {storable(account): account for account in accounts}
    keys = list(stored)
    for start in range(0, len(keys), KEYS_MAX):
        for row in await tx.execute(select(t.assignment).where(a.account.in_(keys[start : start + KEYS_MAX]))):
            found[stored[row.account]] = Assigned(Arm(row.arm), row.share, row.stratum)
    return found


async def _draw(tx: AsyncConnection, new: Mapping[str, str], draw: Draw, now: int) -> None:
    names = sorted({storable(stratum) or "" for stratum in new.values()})
    await upsert(tx, t.stratum, {"name": names, "accounts": [0] * len(names)}, replace=False)
    taken = select(t.stratum).where(s.name.in_(names)).order_by(s.name).with_for_update()
    next_place = {row.name: row.accounts for row in await tx.execute(taken)}
    rows: list[dict[str, Any]] = []
    for account, stratum in new.items():
        name = storable(stratum) or ""
        place = next_place[name]
        next_place[name] = place + 1
        arm = arm_of(draw.salt, name, place, draw.share)
        rows.append(
            {"account": storable(account), "arm": arm.value, "share": draw.share, "stratum": name}
            | {"place": place, "at": now}
        )
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    await upsert(tx, t.assignment, columns, replace=False)
    counted = update(t.stratum).where(s.name == bindparam("stratum_name"))
    counts = [{"stratum_name": name, "counted": count} for name, count in next_place.items()]
    await tx.execute(counted.values(accounts=bindparam("counted")), counts)
