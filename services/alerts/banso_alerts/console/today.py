"""What the first page shows, put together: the heaps and the newest of each, the managers' days, groups, silences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts.api.routes import filter_of, place_of
from banso_alerts.api.shapes import OutreachSummary, summary_of
from banso_alerts.console.place import Place
from banso_alerts.domain.acts import Deed
from banso_alerts.domain.arbitration import spent_of
from banso_alerts.domain.hours import local_day
from banso_alerts.domain.planning import Policy
from banso_alerts.domain.plays import DIGEST, GROUP
from banso_alerts.domain.silences import Silence
from banso_alerts.store import inbox, overview, silences
from banso_alerts.store.overview import Show
from banso_common.http.paging import cursor_of

FIRST_ROWS = 8
DIGEST_KEY_PREFIX = "owner:"


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's newest word on a signal."""

    verdict: Deed
    who: str
    at: int


@dataclass(frozen=True, slots=True)
class Line:
    """One outreach of a list; instants are those of its row."""

    summary: OutreachSummary
    created_at: int
    next_at: int | None
    sent_at: int | None
    snoozed_until: int | None
    said: list[Said]
    carries: int
    """How many outreaches it tells of; 0 for one that tells of its own signal."""


@dataclass(frozen=True, slots=True)
class Heap:
    """The newest of a heap."""

    show: Show
    size: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class OwnerDay:
    """A manager's day: how many signals told of at most `cap` (0 for no cap), hours used of `hours` (None for no
    budget), and the digest that waits: how many are in it, and when it is told."""

    name: str
    told: int
    cap: int
    used: float
    hours: float | None
    digest_items: int
    digest_at: int | None

    @property
    def share(self) -> float:
        """The used part of the hours, at most 1."""
        return 0.0 if not self.hours else min(self.used / self.hours, 1.0)


@dataclass(frozen=True, slots=True)
class TodayPage:
    """Everything on the first page."""

    place: Place
    show: Show | None
    sizes: Mapping[Show, int]
    heaps: list[Heap]
    """Without filters: the newest of each heap; else nothing."""
    lines: list[Line]
    """With filters: a page of what fits."""
    following: str | None
    days: list[OwnerDay]
    gathering: Sequence[Row[Any]]
    groups: list[Line]
    silences: list[Silence]

    @property
    def is_list(self) -> bool:
        """Whether a reader asked for some of them."""
        return bool(self.place.pairs)


async def today_page(tx: AsyncConnection, policy: Policy, place: Place, midnight: int, now: int) -> TodayPage:
    """The page at `place`. Raises Problem, Refused for a place that cannot be."""
    show, query = place.show, place.query()
    sizes = await overview.sizes(tx, now, midnight)
    heaps: list[Heap] = []
    lines: list[Line] = []
    following = None
    if place.pairs:
        heap = overview.heap(show, now) if show is not None else []
        rows = await inbox.listed(tx, filter_of(query, now), place_of(query), query.limit + 1, heap)
        shown = rows[: query.limit]
        lines = await lines_of(tx, shown)
        if len(rows) > query.limit:
            following = place.following(cursor_of(query.binding(), [shown[-1].created_at, shown[-1].id]))
    else:
        for each in Show:
            some = await inbox.listed(tx, inbox.Filter({}), None, FIRST_ROWS, overview.heap(each, now))
            heaps.append(Heap(each, sizes[each], await lines_of(tx, some)))
    return TodayPage(
        place=place,
        show=show,
        sizes=sizes,
        heaps=heaps,
        lines=lines,
        following=following,
        days=_days(await overview.owners_days(tx, now), policy, now),
        gathering=await overview.gathering(tx),
        groups=await lines_of(tx, await overview.groups(tx, now)),
        silences=sorted(await silences.in_force(tx, now), key=lambda each: each.expires_at),
    )


async def lines_of(tx: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Line]:
    """Rows as a list shows them, with what people said of their signals."""
    verdicts = await overview.verdicts_on(tx, (row.signal_key for row in rows))
    carried = await overview.carried_by(tx, (row.id for row in rows if row.play in (DIGEST, GROUP)))
    return [
        Line(
            summary=summary_of(row),
            created_at=row.created_at,
            next_at=row.next_at,
            sent_at=row.sent_at,
            snoozed_until=row.snoozed_until,
            said=[Said(Deed(each.verdict), each.who, each.at) for each in verdicts.get(row.signal_key, ())],
            carries=carried.get(row.id, 0),
        )
        for row in rows
    ]


def _days(found: overview.OwnersDays, policy: Policy, now: int) -> list[OwnerDay]:
    told: defaultdict[tuple[str, str], dict[tuple[str, str, str], float]] = defaultdict(dict)
    for row in found.told:
        telling = (row.signal_key, row.play, row.recipient_key)
        told[row.recipient_key, row.planned_on][telling] = row.cost_hours or 0.0
    digests = {row.recipient_key: row for row in reversed(found.digests)}
    owners = {row.recipient_key: row for row in found.owners}
    days = [_day(row, told, digests.get(key), policy, now) for key, row in owners.items()]
    return sorted(days, key=lambda each: (-each.share, -each.told, each.name))


def _day(
    owner: Row[Any],
    told: Mapping[tuple[str, str], Mapping[tuple[str, str, str], float]],
    digest: Row[Any] | None,
    policy: Policy,
    now: int,
) -> OwnerDay:
    places = policy.places_on(owner.time_zone, owner.country or "", now)
    today = told.get((owner.recipient_key, local_day(now, policy.zone(owner.time_zone))), {})
    signals, used = spent_of(today, places.hours)
    return OwnerDay(
        name=owner.recipient_name or owner.recipient_key.removeprefix(DIGEST_KEY_PREFIX),
        told=signals,
        cap=places.cap,
        used=used,
        hours=places.hours,
        digest_items=0 if digest is None else int(digest.items),
        digest_at=None if digest is None else digest.next_at,
    )
