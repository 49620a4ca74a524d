"""One account on one day by both clocks: as it was known at the day's close, and as it is true now.

Late facts correct the second and never rewrite the first. The place of the account (phase, cell) is that of the
last close for both, so that they differ by what came late alone.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_signal import Band
from banso_common.http.problem import Problem
from banso_scoring import cohort_store, past_store, trouble_store
from banso_scoring import tables as t
from banso_scoring.api.explain.as_of_shapes import AsOf, LateFacts, Read, ShownThen
from banso_scoring.api.explain.known_trouble import known_before
from banso_scoring.api.render import EPOCH, day_text, points, share, whole
from banso_scoring.domain.evaluation import evaluate
from banso_scoring.domain.incident.signature import is_signature
from banso_scoring.domain.past.past import Past
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.struggle.course_history import at_close
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.loading import load_accounts
from banso_scoring.member import Member

ONE = np.zeros(1, np.int64)
DIGITS = 6


async def as_of(tx: AsyncConnection, member: Member, account: str, written: str) -> AsOf | None:
    """The account on the day `written`; None when nothing was known of it by then. Raises Problem 422 for no day, or
    one that has not begun where the account is."""
    day = _day(written)
    portfolio = member.empty(member.model)
    rows, _ = await load_accounts(tx, portfolio, [account], member.today())
    if rows and day > portfolio.day_of(0)(member.clock.now()):
        raise Problem(422, "invalid", "nothing is known of a day that has not begun; `day` may be today at the latest")
    past = await past_store.read(tx, member.model, [account], member.settings.time_zone)
    if not len(past) or not past.begun(day)[0]:
        return None
    kept = await cohort_store.known(tx, day, member.model.version)
    cohort = kept or await member.usual_on(tx, day)
    troubles = await trouble_store.of_accounts(tx, member.model.version, [account])
    before_now = at_close(member.model, troubles[account], day - 1)
    before_then = Standing.new(1).with_trouble(await known_before(tx, past, cohort, day))
    return AsOf(
        account=account,
        day=day_text(day),
        model_version=member.model.version,
        cohort_kept=kept is not None,
        shown_then=await _shown(tx, account, day),
        known_then=_read(past, cohort, before_then, (day, day)),
        true_now=_read(past, cohort, before_now, (day, None)),
        late=_late(past, day),
    )


def _day(written: str) -> int:
    try:
        return (date.fromisoformat(written) - EPOCH).days
    except ValueError:
        raise Problem(422, "invalid", "write a day, as 2026-11-21") from None


def _read(past: Past, cohort: Cohort, before: Standing, days: tuple[int, int | None]) -> Read:
    day, known_day = days
    panel = past.panel(ONE, day, known_day)
    _, found = evaluate(past.model, cohort, panel, before, np.full(1, day))
    values = {
        metric.name: None if math.isnan(value) else round(value, DIGITS)
        for metric, value in zip(past.model.metrics, found.metrics[:, 0].tolist(), strict=True)
    }
    return Read(points(float(found.health.score[0])), share(float(found.health.coverage[0])), values)


def _late(past: Past, day: int) -> list[LateFacts]:
    facts = past.history.facts
    plain = np.array([not is_signature(name) for name in facts.event_names], np.bool_)
    mine = np.flatnonzero((facts.day <= day) & (facts.known_day > day) & plain[facts.name])
    found = []
    for name in np.unique(facts.name[mine]).tolist():
        some = mine[facts.name[mine] == name]
        first, known_on = day_text(int(facts.day[some].min())), day_text(int(facts.known_day[some].min()))
        found.append(LateFacts(facts.event_names[name], int(facts.count[some].sum()), first, known_on))
    return sorted(found, key=lambda one: one.name)


async def _shown(tx: AsyncConnection, account: str, day: int) -> ShownThen | None:
    """The newest row of the history up to `day`."""
    mine = (t.history.c.account == account) & (t.history.c.day <= day)
    row = (await tx.execute(select(t.history).where(mine).order_by(t.history.c.day.desc()).limit(1))).first()
    if row is None:
        return None
    return ShownThen(whole(row.score), share(row.coverage), Band(row.band), row.phase, row.model_version)
