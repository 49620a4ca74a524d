"""What a person sees of outreach at one look: what waits, what wants an answer, what was sent or held back lately; the
days of recipients, groups that gather, and what was said of the signals at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import TOLD, UNDERWAY, OutreachState, Reason
from banso_alerts.domain.plays import DIGEST, GROUP, Audience
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import Severity, SignalKind, SignalState

o, v, s = t.outreach.c, t.verdict.c, t.signal.c
LATELY_MS = 14 * DAY_MS
"""How long what was sent waits for an answer here; nobody scrolls further back for it."""
DAY_ROWS_MAX = 5_000
GROUPS_MAX = 20
SENT, WAITING = OutreachState.SENT.value, OutreachState.WAITING.value
ENDED = (OutreachState.HELD, OutreachState.EXPIRED, OutreachState.PARKED)


class Show(StrEnum):
    """The four heaps that outreach lies in, a closed set; `to-answer` is part of `sent`."""

    TO_ANSWER = "to-answer"
    WAITING = "waiting"
    SENT = "sent"
    HELD = "held"


def heap(show: Show, now: int) -> list[ColumnElement[bool]]:
    """The conditions of one of them."""
    match show:
        case Show.WAITING:
            return [o.state.in_((OutreachState.WAITING, *UNDERWAY))]
        case Show.SENT:
            return [o.state == SENT, o.told_in.is_(None)]  # a group stands for what it tells of
        case Show.HELD:
            return [o.state.in_(ENDED)]
        case Show.TO_ANSWER:
            judged = exists().where(v.signal_key == o.signal_key)
            house = and_(o.audience != Audience.CONTACT.value, o.severity != Severity.INFO.value)
            ours = and_(o.state == SENT, house, o.play != DIGEST, o.told_in.is_(None))
            untaken = and_(o.acknowledged_at.is_(None), or_(o.snoozed_until.is_(None), o.snoozed_until <= now))
            return [ours, untaken, ~judged, o.created_at > now - LATELY_MS]


async def sizes(tx: AsyncConnection, now: int, since: int) -> dict[Show, int]:
    """How much lies in each; of what was sent or held back only since `since`."""
    found = {}
    for show in Show:
        chosen = select(func.count()).select_from(t.outreach).where(*heap(show, now))
        if show is Show.SENT:
            chosen = chosen.where(o.created_at > since - LATELY_MS, o.sent_at >= since)
        elif show is Show.HELD:
            chosen = chosen.where(o.created_at > since - LATELY_MS, o.changed_at >= since)
        found[show] = int(await tx.scalar(chosen) or 0)
    return found


async def verdicts_on(tx: AsyncConnection, signal_keys: Iterable[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """What people said of these signals, by signal, the newest last."""
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    said = select(t.verdict).where(v.signal_key.in_(sorted(set(signal_keys)))).order_by(v.at, v.who)
    for row in await tx.execute(said):
        found[row.signal_key].append(row)
    return found


async def carried_by(tx: AsyncConnection, carriers: Iterable[str]) -> Mapping[str, int]:
    """How many outreaches each of these groups and digests tells of."""
    chosen = select(o.told_in, func.count()).where(o.told_in.in_(sorted(carriers))).group_by(o.told_in)
    return {carrier: int(count) for carrier, count in await tx.execute(chosen)}


@dataclass(frozen=True, slots=True)
class OwnersDays:
    """The rows that the days of the owners are counted from: who they are, what they were told, their digests."""

    owners: Sequence[Row[Any]]
    told: Sequence[Row[Any]]
    digests: Sequence[Row[Any]]


async def owners_days(tx: AsyncConnection, now: int) -> OwnersDays:
    """Of those owners of whom anything was decided lately."""
    ours = o.audience == Audience.OWNER.value
    lately = and_(ours, o.created_at > now - LATELY_MS)
    newest = select(o.recipient_key, func.max(o.created_at).label("at")).where(lately).group_by(o.recipient_key)
    last = newest.subquery()
    who = select(o.recipient_key, o.recipient_name, o.owner, o.time_zone, o.country).join(
        last, and_(last.c.recipient_key == o.recipient_key, last.c.at == o.created_at)
    )
    told = select(o.recipient_key, o.signal_key, o.play, o.planned_on, o.cost_hours).where(
        lately, o.state.in_(TOLD), o.planned_at > now - 2 * DAY_MS, o.play.not_in((DIGEST, GROUP))
    )
    items = t.outreach.alias()
    held = select(func.count()).where(items.c.told_in == o.id).correlate(t.outreach).scalar_subquery()
    waits = select(o.id, o.recipient_key, o.next_at, held.label("items")).where(
        ours, o.play == DIGEST, o.state == WAITING
    )
    return OwnersDays(
        list(await tx.execute(who.distinct())),
        list(await tx.execute(told.limit(DAY_ROWS_MAX))),
        list(await tx.execute(waits.order_by(o.next_at))),
    )


async def gathering(tx: AsyncConnection) -> Sequence[Row[Any]]:
    """What waits for company, by recipient and play: how many, and when it goes out."""
    waits = and_(o.state == WAITING, o.reason == Reason.GATHERING.value)
    who = (o.recipient_key, o.recipient_name, o.play)
    chosen = select(*who, func.count().label("count"), func.min(o.next_at).label("next_at")).where(waits)
    return (await tx.execute(chosen.group_by(*who).order_by(func.min(o.next_at)).limit(GROUPS_MAX))).all()


async def groups(tx: AsyncConnection, now: int) -> Sequence[Row[Any]]:
    """The messages about several accounts of the last days that nobody has in hand, and open incidents; the newest
    first."""
    over = t.signal.alias()
    closed = and_(
        over.c.account == o.account,
        over.c.kind == o.kind,
        over.c.episode == o.episode,
        over.c.state == SignalState.CLOSED.value,
    )
    incident = and_(o.kind == SignalKind.SILENT_INCIDENT.value, ~exists().where(closed))
    several = or_(and_(o.play == GROUP, o.acknowledged_at.is_(None)), incident)
    chosen = select(t.outreach).where(several, o.created_at > now - LATELY_MS, o.state.in_(TOLD))
    return (await tx.execute(chosen.order_by(o.created_at.desc(), o.id).limit(GROUPS_MAX))).all()
