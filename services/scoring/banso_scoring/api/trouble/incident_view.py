"""Incidents out of the database, whoever wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_activity import MICRO
from banso_scoring import incident_store
from banso_scoring import tables as t
from banso_scoring.api.render import day_text, instant_or_none, units
from banso_scoring.api.trouble.incident_shapes import (
    AlsoShown,
    IncidentAccount,
    IncidentDetail,
    IncidentList,
    IncidentShown,
)
from banso_scoring.domain.incident.signature_days import OPEN_DAYS_MAX
from banso_scoring.domain.struggle.usual import contact_known
from banso_scoring.incident_store import Kept
from banso_scoring.member import Member

INCIDENTS_MAX = 200
ACCOUNTS_MAX = 1_000
DIGITS = 4


async def incident_list(tx: AsyncConnection, state: str | None) -> IncidentList:
    """The open ones first, then the newest; `state` lets through `open` or `over`."""
    i = t.incident.c
    query = (
        select(t.incident)
        .where(i.joined.is_(None))
        .order_by(case((i.closed_day.is_(None), 0), else_=1), i.opened_at.desc(), i.subject)
    )
    if state is not None:
        query = query.where(i.closed_day.is_(None) if state == "open" else i.closed_day.is_not(None))
    rows = (await tx.execute(query.limit(INCIDENTS_MAX))).all()
    return IncidentList([await _shown(tx, incident_store.kept_of(row)) for row in rows])


async def incident_detail(tx: AsyncConnection, seen: Member, number: str) -> IncidentDetail | None:
    """The newest episode of the incident of this id, or of the one as a part of which that is told; None when there is
    none."""
    query = select(t.incident).where(t.incident.c.subject == incident_store.PREFIX + number)
    row = (await tx.execute(query.order_by(t.incident.c.episode.desc()).limit(1))).first()
    if row is None:
        return None
    kept = incident_store.kept_of(row)
    if kept.joined is not None:
        return await incident_detail(tx, seen, kept.joined.removeprefix(incident_store.PREFIX))
    shown = await _shown(tx, kept)
    hit = await incident_store.accounts(tx, kept, ACCOUNTS_MAX)
    known = contact_known(seen.model, await seen.cohort_of(tx, seen.today()))
    return IncidentDetail(shown, _accounts(hit), shown.accounts_total - len(hit), known)


async def _shown(tx: AsyncConnection, kept: Kept) -> IncidentShown:
    total, silent = await incident_store.totals(tx, kept)
    over = kept.closed_day is not None
    lasting = kept.closed_day is not None and kept.closed_day - kept.first_day >= OPEN_DAYS_MAX
    return IncidentShown(
        id=kept.number,
        episode=kept.episode,
        state="over" if over else "open",
        event=kept.named.event,
        feature=kept.named.feature or None,
        version=kept.named.version or None,
        first_on=day_text(kept.first_day),
        opened_at=str(instant_or_none(kept.opened_at)),
        closed_at=instant_or_none(kept.closed_at),
        ended=None if not over else "usual-by-now" if lasting else "as-rare-as-before",
        accounts_total=total,
        silent_total=silent,
        expected=round(kept.expected, DIGITS),
        amounts=await _amounts(tx, kept),
        also=[
            AlsoShown(one.named.event, one.named.feature or None, one.named.version or None)
            for one in await incident_store.parts(tx, kept)
        ],
    )


async def _amounts(tx: AsyncConnection, kept: Kept) -> dict[str, int]:
    a, hit = t.account.c, t.incident_account.c
    query = (
        select(a.currency, func.sum(a.acv // MICRO).label("amount"))
        .select_from(t.incident_account.join(t.account, a.account == hit.account))
        .where(hit.subject == kept.subject, hit.episode == kept.episode, a.acv.is_not(None), a.currency != "")
        .group_by(a.currency)
        .order_by(a.currency)
    )
    return {row.currency: int(row.amount) for row in await tx.execute(query)}


def _accounts(rows: Sequence[Row[Any]]) -> list[IncidentAccount]:
    return [
        IncidentAccount(
            account=row.account,
            name=row.name,
            owner=row.owner or None,
            first_on=day_text(row.first_day),
            last_on=day_text(row.last_day),
            seen=row.seen,
            contacted=row.contacted,
            mostly=row.mostly,
            acv=units(row.acv),
            currency=row.currency or None,
        )
        for row in rows
    ]
