"""What people do with outreaches: look, take, judge, put off. Each act is said in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.acts import Act, Deed
from banso_alerts.domain.outreach import UNSENT, OutreachState, Reason
from banso_alerts.outcomes import outcome_of, say
from banso_alerts.store import acts, carriers, parts
from banso_alerts.store.plans import ended_values
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db import outbox

SNOOZE_STAGE = "snooze"
o = t.outreach.c
Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which outreaches: by column, one of the values given; `open_at` and `shut_at` see acknowledgement and snooze."""

    values: Mapping[str, Sequence[str]]
    open_at: int | None = None
    shut_at: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as SQL."""
        found: list[ColumnElement[bool]] = [o[name].in_(list(values)) for name, values in self.values.items() if values]
        if self.open_at is not None:
            found.append(_open(self.open_at))
        if self.shut_at is not None:
            found.append(~_open(self.shut_at))
        return found


async def listed(
    tx: AsyncConnection, wanted: Filter, after: Place | None, most: int, heap: Sequence[ColumnElement[bool]] = ()
) -> Sequence[Row[Any]]:
    """At most `most` outreaches, the newest first, after the place (created_at, id); of one `heap` if asked."""
    chosen = select(t.outreach).where(*wanted.conditions(), *heap)
    if after is not None:
        chosen = chosen.where(tuple_(o.created_at, o.id) < tuple_(*(literal(key) for key in after)))
    return (await tx.execute(chosen.order_by(o.created_at.desc(), o.id.desc()).limit(most))).all()


async def one(tx: AsyncConnection, outreach_id: str) -> Row[Any] | None:
    """The outreach of that id."""
    return (await tx.execute(select(t.outreach).where(o.id == outreach_id))).one_or_none()


async def do(tx: AsyncConnection, act: Act) -> Row[Any] | None:
    """Store an act, whichever door it came by; gives the outreach as it is then, None when there is none such, or it
    does not tell of the account that the act is about."""
    if act.account is not None:
        row = await locked(tx, act.outreach_id)
        return row if row is not None and await parts.judge(tx, row, act) else None
    match act.what:
        case Deed.ACKNOWLEDGED:
            return await acknowledge(tx, act)
        case Deed.SNOOZED:
            return await snooze(tx, act)
        case _:
            row = await locked(tx, act.outreach_id)
            if row is not None:
                await acts.judge(tx, row, act)
            return row


async def acknowledge(tx: AsyncConnection, act: Act) -> Row[Any] | None:
    """Somebody has seen it, and the same signal need not be told through other channels. Twice is once."""
    row, now = await locked(tx, act.outreach_id), act.at
    if row is None or row.acknowledged_at is not None:
        return row
    seen = update(t.outreach).where(o.id == row.id)
    await tx.execute(seen.values(acknowledged_at=now, acknowledged_by=act.who, changed_at=now))
    await carriers.taken_with(tx, row, act.who, now)
    needless = update(t.outreach).where(o.signal_key == row.signal_key, o.state.in_(UNSENT)).returning(*o)
    held = await tx.execute(needless.values(**ended_values(OutreachState.HELD, Reason.ACKNOWLEDGED, now)))
    await outbox.put(tx, t.outbox, [outcome_of(dict(row._mapping), OutcomeKind.ACKNOWLEDGED, now)])
    await say(tx, [dict(each._mapping) for each in held], now)
    await acts.record(tx, row, act)
    return await one(tx, row.id)


async def snooze(tx: AsyncConnection, act: Act) -> Row[Any] | None:
    """Leave the account's signals of this kind until then: what is not sent waits, what comes is held. The same act
    again changes nothing."""
    row, now, until = await locked(tx, act.outreach_id), act.at, act.until
    if row is None or until is None or await acts.done_before(tx, act):
        return row
    left = update(t.outreach).where(o.id == row.id)
    await tx.execute(left.values(snoozed_until=until, snoozed_by=act.who, changed_at=now))
    await carriers.snoozed_with(tx, row, act.who, until)
    same = and_(o.account == row.account, o.kind == row.kind, o.state.in_(UNSENT))
    waits = _waiting(until, now) | {"reason": Reason.SNOOZED.value, "stage": SNOOZE_STAGE}
    await tx.execute(update(t.outreach).where(same).values(**waits))
    await outbox.put(tx, t.outbox, [outcome_of(dict(row._mapping), OutcomeKind.SNOOZED, now, turn=until)])
    await acts.record(tx, row, act)
    return await one(tx, row.id)


async def locked(tx: AsyncConnection, outreach_id: str) -> Row[Any] | None:
    """The row, and every other of its account, ours until the end: in one order, as `plans` takes them."""
    row = await one(tx, outreach_id)
    if row is None:
        return None
    family = select(o.id).where(o.account == row.account, o.state.in_(UNSENT) | (o.id == outreach_id))
    await tx.execute(family.order_by(o.id).with_for_update())
    return await one(tx, outreach_id)


def _waiting(until: int, now: int) -> dict[str, Any]:
    """Back to waiting: to be decided at `until`, no longer counted as told."""
    return {
        "state": OutreachState.WAITING.value,
        "next_at": until,
        "planned_at": None,
        "planned_on": None,
        "changed_at": now,
    }


def _open(now: int) -> ColumnElement[bool]:
    """Nobody has acknowledged it, and no snooze hides it."""
    return and_(o.acknowledged_at.is_(None), or_(o.snoozed_until.is_(None), o.snoozed_until <= now))
