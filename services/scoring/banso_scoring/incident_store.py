"""Incidents in the database: what each lane saw, which are open, and whom they hit. Takes an open transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_signal import SUBJECT_PREFIX
from banso_common.contracts.codec import identity_of
from banso_common.contracts.topics import Topic, partition_of
from banso_common.db.rows import Columns, upsert
from banso_scoring import tables as t
from banso_scoring.domain.incident.hits import LaneHits
from banso_scoring.domain.incident.signature import Signature

PREFIX = SUBJECT_PREFIX + "incident/"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(LaneHits)


@dataclass(frozen=True, slots=True)
class Kept:
    """One episode of an incident, as it is stored."""

    subject: str
    episode: int
    watched: Signature
    named: Signature
    first_day: int
    expected: float
    usual: float
    opened_at: int
    told_at: int | None = None
    closed_day: int | None = None
    closed_at: int | None = None
    joined: str | None = None
    """The subject of the incident as a part of which it is told; then `told_at` is when that one named it."""

    @property
    def number(self) -> str:
        """What names it in an address."""
        return self.subject.removeprefix(PREFIX)


@dataclass(frozen=True, slots=True)
class Hit:
    """An account that an incident hit."""

    account: str
    lane: int
    first_day: int
    last_day: int
    seen: int
    contacted: bool
    mostly: bool


def subject_of(trouble: Signature) -> str:
    """The subject of the incident of `trouble`: the same trouble has the same, whenever it comes."""
    return f"{PREFIX}{identity_of(trouble.event, trouble.feature, trouble.version):016x}"


async def lane_of(tx: AsyncConnection, subject: str) -> int:
    """The lane whose owner speaks of `subject`, of all lanes that were ever taken; -1 before the first."""
    known = sorted(await lanes(tx))
    return known[partition_of(subject, len(known))] if known else -1


async def lanes(tx: AsyncConnection) -> set[int]:
    """All lanes that were ever taken."""
    taken = select(t.checkpoint.c.partition).where(t.checkpoint.c.topic == Topic.ACCOUNT_ACTIVITY)
    return {int(lane) for lane in (await tx.execute(taken)).scalars()}


async def put_hits(tx: AsyncConnection, hits: Mapping[int, LaneHits]) -> None:
    """Store what the accounts of these lanes met."""
    rows: Columns = {"lane": list(hits), "hits": [_encoder.encode(one) for one in hits.values()]}
    await upsert(tx, t.trouble_hits, rows)


async def all_hits(tx: AsyncConnection) -> list[LaneHits]:
    """What the accounts of all lanes met."""
    rows = await tx.execute(select(t.trouble_hits.c.hits).order_by(t.trouble_hits.c.lane))
    return [_decoder.decode(bytes(raw)) for raw in rows.scalars()]


async def newest(tx: AsyncConnection) -> list[Kept]:
    """The newest episode of each incident, open or over."""
    other = t.incident.alias()
    last = select(func.max(other.c.episode)).where(other.c.subject == t.incident.c.subject).correlate(t.incident)
    query = select(t.incident).where(t.incident.c.episode == last.scalar_subquery())
    return [kept_of(row) for row in await tx.execute(query.order_by(t.incident.c.subject))]


async def put(tx: AsyncConnection, kept: Kept) -> None:
    """Store an episode."""
    row: Columns = {
        "subject": [kept.subject],
        "episode": [kept.episode],
        "event": [kept.watched.event],
        "watched_feature": [kept.watched.feature],
        "feature": [kept.named.feature],
        "version": [kept.named.version],
        "first_day": [kept.first_day],
        "expected": [kept.expected],
        "usual": [kept.usual],
        "opened_at": [kept.opened_at],
        "told_at": [kept.told_at],
        "closed_day": [kept.closed_day],
        "closed_at": [kept.closed_at],
        "joined": [kept.joined],
    }
    await upsert(tx, t.incident, row)


async def put_accounts(tx: AsyncConnection, kept: Kept, hit: Sequence[Hit]) -> None:
    """Store whom an incident hit, replacing what was known of these accounts."""
    rows: Columns = {
        "subject": [kept.subject] * len(hit),
        "episode": [kept.episode] * len(hit),
        **{name: [getattr(one, name) for one in hit] for name in Hit.__slots__},
    }
    await upsert(tx, t.incident_account, rows)


async def accounts(tx: AsyncConnection, kept: Kept, most: int) -> Sequence[Row[Any]]:
    """Whom an incident hit, those first that say nothing and were hit hardest, with who they are."""
    a, hit = t.account.c, t.incident_account.c
    mine = (hit.subject == kept.subject) & (hit.episode == kept.episode)
    query = (
        select(t.incident_account, a.name, a.owner, a.acv, a.currency)
        .join(t.account, a.account == hit.account)
        .where(mine)
        .order_by(hit.contacted, hit.seen.desc(), hit.account)
    )
    return (await tx.execute(query.limit(most))).all()


async def days_hit(tx: AsyncConnection, kept: Kept) -> dict[str, tuple[int, int]]:
    """Whom an incident hit -> the first and the last day."""
    hit = t.incident_account.c
    mine = (hit.subject == kept.subject) & (hit.episode == kept.episode)
    rows = await tx.execute(select(hit.account, hit.first_day, hit.last_day).where(mine))
    return {row.account: (row.first_day, row.last_day) for row in rows}


async def parts(tx: AsyncConnection, kept: Kept) -> list[Kept]:
    """The incidents that are told as part of this one, in the order in which they began."""
    i, until = t.incident.c, kept.closed_at
    ended = i.closed_at.is_(None) if until is None else i.closed_at == until
    found = await tx.execute(select(t.incident).where(i.joined == kept.subject, ended).order_by(i.first_day, i.subject))
    return [kept_of(row) for row in found]


async def totals(tx: AsyncConnection, kept: Kept) -> tuple[int, int]:
    """How many accounts an incident hit, and how many of them wrote nothing since."""
    hit = t.incident_account.c
    mine = (hit.subject == kept.subject) & (hit.episode == kept.episode)
    everyone = select(func.count()).select_from(t.incident_account).where(mine)
    silent = everyone.where(hit.contacted.is_(False))
    return int((await tx.execute(everyone)).scalar_one()), int((await tx.execute(silent)).scalar_one())


def kept_of(row: Row[Any]) -> Kept:
    """A stored episode."""
    return Kept(
        subject=row.subject,
        episode=row.episode,
        watched=Signature(row.event, row.watched_feature),
        named=Signature(row.event, row.feature, row.version),
        first_day=row.first_day,
        expected=row.expected,
        usual=row.usual,
        opened_at=row.opened_at,
        told_at=row.told_at,
        closed_day=row.closed_day,
        closed_at=row.closed_at,
        joined=row.joined,
    )
