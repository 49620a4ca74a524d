"""What planning reads and writes: signals heard, outreaches decided, what was done before, silences in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.ledger import Beside, Ledger, Told
from banso_alerts.domain.outreach import TOLD, UNSENT, Candidate, OutreachState, Reason
from banso_alerts.domain.plays import DIGEST, GROUP, Audience
from banso_alerts.store.rows import Values, signal_row, storable
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import (
    MOMENTS,
    AccountSignal,
    Severity,
    SignalKind,
    SignalState,
)
from banso_common.db.rows import upsert

KEYS_MAX = 1_000  # in one IN (…), well below what either database takes
EPISODES_MAX = 200  # in one OR: SQLite takes expressions no deeper than 1,000
EPISODES_MAX = 200  # joined by OR, each a condition of its own: SQLite takes an expression 1,000 deep
COOLDOWN_DAYS_MAX = 366

o = t.outreach.c
TOLD_COLUMNS = (
    o.id, o.signal_key, o.account, o.play, o.recipient_key, o.planned_on, o.planned_at, o.audience, o.severity,
    o.cost_hours,
)  # fmt: skip

T = TypeVar("T")
Episode = tuple[str, SignalKind, int]


async def hear(tx: AsyncConnection, signals: Sequence[AccountSignal], now: int) -> list[AccountSignal]:
    """Store the signals that are new and give them back, in their order; one heard twice is one."""
    known: set[str] = set()
    for keys in _some({storable(signal.key) for signal in signals}):
        known.update(await tx.scalars(select(t.signal.c.key).where(t.signal.c.key.in_(keys))))
    new: dict[str, AccountSignal] = {}
    for signal in signals:
        if storable(signal.key) not in known:
            new.setdefault(signal.key, signal)
    if new:
        await tx.execute(insert(t.signal), [signal_row(signal, now) for signal in new.values()])
    return list(new.values())


async def close(tx: AsyncConnection, episodes: Sequence[Episode], now: int) -> list[Row[Any]]:
    """Expire what is not sent yet of these episodes; gives the rows."""
    closed: list[Row[Any]] = []
    for some in _some(episodes, EPISODES_MAX):
        about = [
            and_(
                t.outreach.c.account == storable(account),
                t.outreach.c.kind == kind.value,
                t.outreach.c.episode == episode,
            )
            for account, kind, episode in some
        ]
        ended = update(t.outreach).where(or_(*about), t.outreach.c.state.in_(UNSENT)).returning(*t.outreach.c)
        closed += await tx.execute(ended.values(**ended_values(OutreachState.EXPIRED, Reason.CLOSED, now)))
    return closed


def ended_values(state: OutreachState, reason: Reason, now: int) -> Values:
    """What an outreach is set to that will not be sent."""
    return {"state": state.value, "reason": reason.value, "next_at": None, "lease_until": None, "changed_at": now}


async def lock_recipients(tx: AsyncConnection, asked: Iterable[Candidate]) -> None:
    """Take these recipients until the transaction ends, in one order, so that their day is counted by one member.

    Take rows of `outreach` before, never after: then nobody waits in a circle.
    """
    keys = sorted({storable(each.recipient.key) or "" for each in asked})
    await upsert(tx, t.recipient, {"key": keys}, replace=False)
    for some in _some(keys):
        taken = select(t.recipient.c.key).where(t.recipient.c.key.in_(some))
        await tx.execute(taken.order_by(t.recipient.c.key).with_for_update())


async def ledger(tx: AsyncConnection, asked: Sequence[Candidate], now: int) -> Ledger:
    """What was done about the accounts and the recipients of these candidates."""
    recent = and_(o.state.in_(TOLD), o.planned_at > now - COOLDOWN_DAYS_MAX * DAY_MS, o.play.not_in((DIGEST, GROUP)))
    told: dict[str, Told] = {}
    snoozes: dict[tuple[str, SignalKind], int] = {}
    open_kinds: dict[str, frozenset[SignalKind]] = {}
    gathering: dict[tuple[str, str], int] = {}
    for accounts in _some({storable(each.signal.account) for each in asked}):
        for row in await tx.execute(select(*TOLD_COLUMNS).where(recent, o.account.in_(accounts))):
            told[row.id] = _told(row)
        until = func.max(o.snoozed_until)
        snoozed = select(o.account, o.kind, until).where(o.snoozed_until > now, o.account.in_(accounts))
        for account, kind, latest in await tx.execute(snoozed.group_by(o.account, o.kind)):
            snoozes[account, SignalKind(kind)] = latest
        open_kinds |= await _open_kinds(tx, accounts)
    for recipients in _some({storable(each.recipient.key) for each in asked}):
        today = and_(o.planned_at > now - 2 * DAY_MS, o.recipient_key.in_(recipients))
        for row in await tx.execute(select(*TOLD_COLUMNS).where(recent, today)):
            told[row.id] = _told(row)
        company = and_(o.state == OutreachState.WAITING.value, o.reason == Reason.GATHERING.value)
        goes_at = select(o.recipient_key, o.play, func.min(o.next_at)).where(company, o.recipient_key.in_(recipients))
        for recipient, play, at in await tx.execute(goes_at.group_by(o.recipient_key, o.play)):
            gathering[recipient, play] = at
    return Ledger(told.values(), Beside(snoozes, open_kinds, gathering))


async def _open_kinds(tx: AsyncConnection, accounts: Sequence[str | None]) -> dict[str, frozenset[SignalKind]]:
    """The kinds of the episodes that these accounts are in; a moment is over at once."""
    s = t.signal.c
    rows = await tx.execute(select(s.account, s.kind, s.episode, s.state).where(s.account.in_(accounts)))
    begun: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
    ended: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
    for account, kind, episode, state in rows:
        (begun if state == SignalState.OPENED else ended)[account].add((kind, episode))
    return {
        account: frozenset(SignalKind(kind) for kind, _ in each - ended[account]) - MOMENTS
        for account, each in begun.items()
    }


def _told(row: Any) -> Told:
    return Told(
        signal_key=row.signal_key,
        account=row.account,
        play=row.play,
        recipient_key=row.recipient_key,
        day=row.planned_on,
        planned_at=row.planned_at,
        audience=Audience(row.audience),
        severity=Severity(row.severity),
        cost_hours=row.cost_hours or 0.0,
    )


async def release_inhibited(tx: AsyncConnection, accounts: Sequence[str], now: int) -> None:
    """Something worse is over: what it held back of these accounts is asked again now."""
    waits = and_(o.state == OutreachState.WAITING.value, o.reason == Reason.INHIBITED.value)
    for some in _some({storable(account) for account in accounts}):
        await tx.execute(update(t.outreach).where(waits, o.account.in_(some)).values(next_at=now))


async def insert_outreach(tx: AsyncConnection, rows: Sequence[Values]) -> None:
    """Store new outreaches, sent or not; one whose id is there already is left as it is."""
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        await upsert(tx, t.outreach, columns, replace=False)


async def due_waiting(tx: AsyncConnection, now: int, most: int) -> list[Row[Any]]:
    """Outreaches whose wait is over, each with the `signal_value` that it tells of; they are ours until the end."""
    due = (
        select(t.outreach, t.signal.c.value.label("signal_value"))
        .join(t.signal, t.signal.c.key == o.signal_key)
        .where(o.state == OutreachState.WAITING.value, o.next_at <= now)
        .order_by(o.recipient_key, o.next_at, o.id)  # one recipient's are weighed against each other
        .limit(most)
        .with_for_update(of=t.outreach, skip_locked=True)
    )
    return list(await tx.execute(due))


async def decide_again(tx: AsyncConnection, decided: Sequence[tuple[str, Values]]) -> None:
    """Store new decisions: pairs of an outreach's id and what to set; those that set the same columns in one go."""
    alike: dict[tuple[str, ...], list[Values]] = {}
    for outreach_id, values in decided:
        alike.setdefault(tuple(values), []).append({**values, "decided_id": outreach_id})
    for columns, rows in alike.items():
        mine = update(t.outreach).where(t.outreach.c.id == bindparam("decided_id"))
        await tx.execute(mine.values({name: bindparam(name) for name in columns}), rows)


def _some(items: Iterable[T], most: int = KEYS_MAX) -> Iterator[list[T]]:
    """`items` in lists of at most `most`."""
    every = list(items)
    return (every[start : start + most] for start in range(0, len(every), most))
