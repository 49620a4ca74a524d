"""What was usual on each day, kept as small as it is read: so that a score of the past can be explained by its own
cohort and not by today's. Takes an open transaction; commits nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import msgspec
import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.db.rows import Columns, upsert
from banso_scoring import tables as t
from banso_scoring.domain.facts.panel import DAYS
from banso_scoring.domain.struggle.usual import Cohort, ContactState

DAYS_KEPT = 800


class _Kept(msgspec.Struct, array_like=True, frozen=True):
    day: int
    accounts: int
    seen: list[bool]
    contact_age_days: int
    rates: list[list[float]]
    """One row. Before 2026-11-22 there were three, for three windows, the middle one that of today."""
    kappas: list[float]
    contacts_per: list[float]
    contact_shape: float
    series: int
    profile: dict[int, bytes]
    """Row of the profile -> its days, where there is anything in it."""
    contact: ContactState = ContactState.HEARD
    uneven: list[float] = []
    """Empty, like the next one, before friction was known to come in clumps."""
    together: list[float] = []


_decoder = msgspec.msgpack.Decoder(_Kept)


def encode(cohort: Cohort) -> bytes:
    """The bytes of a cohort."""
    kept = _Kept(
        day=cohort.day,
        accounts=cohort.accounts,
        seen=cohort.seen.tolist(),
        contact_age_days=cohort.contact_age_days,
        rates=[cohort.rates.tolist()],
        kappas=cohort.kappas.tolist(),
        contacts_per=cohort.contacts_per.tolist(),
        contact_shape=cohort.contact_shape,
        series=len(cohort.profile),
        profile={row: days.astype("<f8").tobytes() for row, days in enumerate(cohort.profile) if days.any()},
        contact=cohort.contact,
        uneven=cohort.uneven.tolist(),
        together=cohort.together.tolist(),
    )
    return msgspec.msgpack.encode(kept)


def decode(raw: bytes) -> Cohort:
    """The cohort that `encode` wrote."""
    kept = _decoder.decode(raw)
    profile = np.zeros((kept.series, DAYS))
    for row, days in kept.profile.items():
        profile[row] = np.frombuffer(days, "<f8")
    return Cohort(
        day=kept.day,
        accounts=kept.accounts,
        seen=np.array(kept.seen, np.bool_),
        contact_age_days=kept.contact_age_days,
        rates=np.array(kept.rates[len(kept.rates) // 2], np.float64),
        kappas=np.array(kept.kappas, np.float64),
        contacts_per=np.array(kept.contacts_per, np.float64),
        contact_shape=kept.contact_shape,
        uneven=np.array(kept.uneven or [0.0] * len(kept.kappas), np.float64),
        together=np.array(kept.together or [0.0] * len(kept.kappas), np.float64),
        profile=profile,
        contact=kept.contact,
    )


async def keep(tx: AsyncConnection, day: int, version: str, cohort: Cohort) -> None:
    """Keep what was usual on `day` under a version of the model; the last one of a day is the day's."""
    row: Columns = {"day": [day], "model_version": [version], "cohort": [encode(cohort)]}
    await upsert(tx, t.cohort_day, row)
    await tx.execute(delete(t.cohort_day).where(t.cohort_day.c.day < day - DAYS_KEPT))


async def by_day(tx: AsyncConnection, version: str, first_day: int, now: Cohort) -> Callable[[int], Cohort]:
    """What gives the cohort of each day from `first_day` on: that which was last known by its end; before any that is
    kept the oldest, and where none is kept at all that of `now`."""
    mine = (t.cohort_day.c.model_version == version) & (t.cohort_day.c.day >= first_day)
    query = select(t.cohort_day.c.day, t.cohort_day.c.cohort).where(mine).order_by(t.cohort_day.c.day)
    rows = (await tx.execute(query)).all()
    before = await known(tx, first_day - 1, version)
    kept = [*([] if before is None else [before]), *(decode(bytes(row.cohort)) for row in rows)] or [now]
    days = [row.day for row in rows]
    ahead = len(kept) - len(days)
    return lambda day: kept[max(0, bisect_right(days, day) - 1 + ahead)]


async def known(tx: AsyncConnection, day: int, version: str) -> Cohort | None:
    """What was last known to be usual by the end of `day`; None when nothing of that time is kept."""
    fitting = (t.cohort_day.c.model_version == version) & (t.cohort_day.c.day <= day)
    query = select(t.cohort_day.c.cohort).where(fitting).order_by(t.cohort_day.c.day.desc()).limit(1)
    raw = (await tx.execute(query)).scalar_one_or_none()
    return None if raw is None else decode(bytes(raw))
