"""Incidents that have one cause are told as one: the later is joined to the one that was told, or that began first.

An incident is joined before it is told, and for good: it has no message of its own, its accounts are those of the one
that it is joined to, whose owner names it (in an update, if that was told already) and ends it with that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import incident_store
from banso_scoring.domain.incident.detect import closing
from banso_scoring.domain.incident.hits import Hits
from banso_scoring.domain.incident.joining import alike
from banso_scoring.domain.incident.signature_days import LATELY_DAYS, OPEN_DAYS_MAX, is_watched
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.incident_store import Kept


@dataclass(frozen=True, slots=True)
class Whole:
    """An incident with those that are told as part of it, in the order in which they began."""

    kept: Kept
    parts: tuple[Kept, ...] = ()

    @property
    def all(self) -> tuple[Kept, ...]:
        """The incident, then its parts."""
        return (self.kept, *self.parts)

    def unnamed(self) -> bool:
        """Whether it was told, and not all of its parts with it."""
        return self.kept.told_at is not None and any(part.told_at is None for part in self.parts)

    def told(self, now: int) -> Whole:
        """The same, all of it having been told by `now`."""
        kept, *parts = (one if one.told_at is not None else replace(one, told_at=now) for one in self.all)
        return Whole(kept, tuple(parts))

    def closed(self, day: int, now: int) -> Whole:
        """The same, over."""
        kept, *parts = (replace(one, closed_day=day, closed_at=now) for one in self.all)
        return Whole(kept, tuple(parts))

    def is_over(self, hits: Hits, model: SuccessModel) -> bool:
        """Whether none of it is met more than before, or it lasts so long that it has become what is usual."""
        lasting = hits.day - self.kept.first_day >= OPEN_DAYS_MAX
        return lasting or all(
            not is_watched(model, one.watched.event) or closing(hits, one.watched, one.first_day, one.usual)
            for one in self.all
        )


def wholes(known: Sequence[Kept]) -> list[Whole]:
    """Each incident that is no part of another, with its parts: they end as it does."""
    ordered = sorted(known, key=lambda one: (one.first_day, one.subject))
    return [
        Whole(one, tuple(part for part in ordered if part.joined == one.subject and part.closed_at == one.closed_at))
        for one in known
        if one.joined is None
    ]


async def join(tx: AsyncConnection, is_open: Sequence[Whole], ready: Sequence[Kept], hits: Hits) -> list[Kept]:
    """Of `ready`, ours that are to be told now: those that are told as part of another that is open, and stored so."""
    order = sorted(is_open, key=lambda one: (one.kept.told_at is None, one.kept.first_day, one.kept.subject))
    active = int(hits.active[-LATELY_DAYS:].max(initial=0))
    joined: dict[str, Kept] = {}
    for place, one in enumerate(order):
        if one.kept not in ready or one.parts:
            continue
        mine = await incident_store.days_hit(tx, one.kept)
        for lead in order[:place]:
            apart = abs(lead.kept.first_day - one.kept.first_day)
            others = {} if lead.kept.subject in joined else await incident_store.days_hit(tx, lead.kept)
            if alike(others, mine, apart, active):
                joined[one.kept.subject] = part = replace(one.kept, joined=lead.kept.subject)
                await incident_store.put(tx, part)
                break
    return list(joined.values())
