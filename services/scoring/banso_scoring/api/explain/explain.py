"""Why the score of one account changed between two days, worked out from the stored facts as they were known then."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.http.problem import Problem
from banso_scoring import cohort_store, facts_store, past_store, statement_store
from banso_scoring import tables as t
from banso_scoring.api.explain.explain_shapes import Explanation, PartLine, ScorePart, ScoreThen
from banso_scoring.api.explain.explain_words import label_of, metric_label
from banso_scoring.api.explain.known_trouble import known_before
from banso_scoring.api.query import instant_of
from banso_scoring.api.render import EPOCH, day_text, points, share
from banso_scoring.domain.facts.day_facts import Cells
from banso_scoring.domain.facts.panel import Panel
from banso_scoring.domain.facts.said_past import SaidPast
from banso_scoring.domain.facts.stated import Statements
from banso_scoring.domain.receipt import receipts
from banso_scoring.domain.receipt.apportion import MICRO
from banso_scoring.domain.receipt.ledger import Ledger
from banso_scoring.domain.receipt.receipts import Receipt
from banso_scoring.domain.receipt.what_if import Kind, Moment
from banso_scoring.domain.standing import Standing
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.loading import load_accounts
from banso_scoring.member import Member
from banso_scoring.portfolio import Portfolio

DAYS_MAX = 730
EVER = -(2**31)
ONE = np.zeros(1, np.int64)
ALL_KNOWN = 2**31
"""Facts known until now; the panel leaves out days that have not come."""
Lookup = Callable[[str], SuccessModel | None]


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt with what its two ends were: (day, version shown, model kept, cohort kept)."""

    account: str
    model: SuccessModel
    receipt: Receipt
    ends: tuple[tuple[int, str, bool, bool], tuple[int, str, bool, bool]]


async def explanation(
    tx: AsyncConnection, member: Member, account: str, span: tuple[str | None, str | None], lookup: Lookup | None = None
) -> Explanation | None:
    """Why the score went from that of the first of `span` (yesterday) to that of the second (now).

    Days are ISO dates in the account's time zone and mean their close; an instant means its day. None when there
    is no such account. Raises Problem 422 for a span that cannot be.
    """
    portfolio = member.empty(member.model)
    rows, _ = await load_accounts(tx, portfolio, [account], member.today())
    if not rows or rows[0].band is None:
        return None
    today = int(portfolio.today(np.zeros(1, np.int64), member.clock.now())[0])
    days = _days(span, portfolio.day_of(0), today)
    found = await _Account.read(tx, portfolio, rows[0])
    ends = [await _end(tx, found, (member, lookup), (day, today)) for day in days]
    (before, then), (after, now) = ends
    receipt = receipts.explain(found.ledger, before, after)
    shown = [
        _shown(end.row, moment.day, micro, today)
        for moment, end, micro in zip((before, after), (then, now), (receipt.before, receipt.after), strict=True)
    ]
    why = Kind.NOT_KEPT if then.model_kept and now.model_kept else Kind.MODEL
    receipt = receipts.with_shown(receipt, shown[0], shown[1], why)
    return _answer(
        Told(
            account,
            after.model,
            receipt,
            (
                (before.day, then.version, then.model_kept, then.cohort_kept),
                (after.day, now.version, now.model_kept, now.cohort_kept),
            ),
        )
    )


def _days(span: tuple[str | None, str | None], day_of: Callable[[int], int], today: int) -> tuple[int, int]:
    last = today if span[1] is None else _day(span[1], day_of)
    first = last - 1 if span[0] is None else _day(span[0], day_of)
    if not first <= last <= today:
        raise Problem(422, "invalid", "`from` may not be after `to`, nor `to` after today")
    if last - first > DAYS_MAX:
        raise Problem(422, "invalid", f"`from` and `to` are more than {DAYS_MAX} days apart")
    return first, last


def _day(text: str, day_of: Callable[[int], int]) -> int:
    try:
        return (date.fromisoformat(text) - EPOCH).days
    except ValueError:
        pass
    try:
        at = instant_of(text)
        assert isinstance(at, int)
        return day_of(at)
    except (ValueError, OverflowError, OSError):
        raise Problem(422, "invalid", "write a day, as 2026-11-21, or an instant in RFC 3339 with its zone") from None


@dataclass(frozen=True, slots=True)
class _Account:
    """All that is stored of one account."""

    row: Row[Any]
    portfolio: Portfolio
    ledger: Ledger
    statements: Statements

    @classmethod
    async def read(cls, tx: AsyncConnection, portfolio: Portfolio, row: Row[Any]) -> _Account:
        """The account of `row`, which is the only one of `portfolio`, with every fact that is stored of it."""
        facts: dict[int, Cells] = {
            day: cells for (_, day), cells in (await facts_store.of_accounts(tx, [row.account], EVER)).items()
        }
        spoken_of_first = row.first_day < min(facts, default=ALL_KNOWN)
        said = await statement_store.of_accounts(tx, [row])
        ledger = Ledger(facts, row.first_day if spoken_of_first else None)
        return cls(row, portfolio, ledger, said[row.account])

    def stated(self, model: SuccessModel, day: int, known_day: int) -> Panel:
        """What was said by the end of `known_day`, as `model` reads it on `day`."""
        shown = Portfolio(model, self.portfolio.zones, 0)
        shown.add(self.row.account, 0, day)
        shown.plans.update(self.portfolio.plans)
        shown.describe(0)
        shown.columns.first_day[0] = min(self.row.first_day, day)
        said = SaidPast(model.vocabulary)
        said.hear(0, self.statements, self.portfolio.day_of(0))
        then = said.on(ONE, day, known_day)
        panel = shown.panel(ONE, day)
        return replace(panel, seats=then.seats, renewal_in_days=then.renewal_day - day, said=then.statements)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a receipt: what the history holds of it, and what of it is still there."""

    row: Row[Any] | None
    version: str
    model_kept: bool
    cohort_kept: bool


async def _end(
    tx: AsyncConnection, found: _Account, source: tuple[Member, Lookup | None], days: tuple[int, int]
) -> tuple[Moment, _End]:
    """The account as it was known at the close of the first of `days`, or now if that is the second."""
    (member, lookup), (day, today) = source, days
    row = None if day == today else await _history(tx, found.row.account, day)
    version = member.model.version if row is None else row.model_version
    model = await member.models.of(tx, version) if lookup is None else lookup(version)
    cohort = None if model is None else await _cohort(tx, member, model, days)
    kept = model is not None, cohort is not None
    if model is None or cohort is None:
        model = member.model
        cohort = await _cohort(tx, member, model, days) or await _cohort(tx, member, model, (today, today))
    assert cohort is not None
    known_day = ALL_KNOWN if day == today else day
    closed = found.portfolio.columns.closed.take(np.zeros(1, np.int64))
    previous = _placed(model, closed, row)
    if day < today:
        past = await past_store.read(tx, model, [found.row.account], member.settings.time_zone)
        previous = previous.with_trouble(await known_before(tx, past, cohort, day))
    moment = Moment(model, cohort, day, known_day, found.stated(model, day, known_day), previous)
    return moment, _End(row, version, *kept)


def _placed(model: SuccessModel, closed: Standing, row: Row[Any] | None) -> Standing:
    """The standing with the phase that the history holds, where the model still has it."""
    phases = [phase.key for phase in model.journey]
    if row is not None and row.phase in phases:
        closed.phase[:] = phases.index(row.phase)
    return closed


async def _history(tx: AsyncConnection, account: str, day: int) -> Row[Any] | None:
    """The newest row of the history up to `day`."""
    mine = (t.history.c.account == account) & (t.history.c.day <= day)
    return (await tx.execute(select(t.history).where(mine).order_by(t.history.c.day.desc()).limit(1))).first()


async def _cohort(tx: AsyncConnection, member: Member, model: SuccessModel, days: tuple[int, int]) -> Cohort | None:
    day, today = days
    if day < today:
        return await cohort_store.known(tx, day, model.version)
    if model.version != member.model.version:
        return None
    return await member.usual_on(tx, day)


def _shown(row: Row[Any] | None, day: int, micro: int | None, today: int) -> int | None:
    """The score that was shown, where it is not the one worked out: the history holds a row only for a day on which
    the score changed by a whole point, and till the next one the score was within it."""
    if row is None or day == today or row.score is None or micro is None:
        return None
    if row.day != day and round(row.score) == round(micro / MICRO):
        return None
    shown: float = row.score
    return round(shown * MICRO)


def _answer(told: Told) -> Explanation:
    receipt, (first, last) = told.receipt, told.ends
    both = receipt.before is not None and receipt.after is not None
    parts = sorted(receipt.parts, key=lambda part: -abs(part.micro))
    return Explanation(
        account=told.account,
        status=receipt.status,
        before=_score(first, receipt.before, receipt.coverage[0]),
        after=_score(last, receipt.after, receipt.coverage[1]),
        change_micro=(receipt.after or 0) - (receipt.before or 0) if both else None,
        parts=[_part(told.model, part, last[0] - first[0]) for part in parts],
        lost_evidence=list(receipt.lost),
    )


def _score(end: tuple[int, str, bool, bool], micro: int | None, coverage: float) -> ScoreThen:
    day, version, model_kept, cohort_kept = end
    score = points(math.nan if micro is None else micro / MICRO)
    return ScoreThen(day_text(day), micro, score, share(coverage), version, model_kept, cohort_kept)


def _part(model: SuccessModel, part: receipts.Part, days: int) -> ScorePart:
    news = part.news
    return ScorePart(
        kind=part.kind,
        name=part.name,
        micro=part.micro,
        points=round(part.micro / MICRO, 2),
        label=label_of(model, part, days),
        events=None if news is None else news.events,
        late_events=None if news is None else news.late,
        first_day=None if news is None else day_text(news.first_day),
        last_day=None if news is None else day_text(news.last_day),
        lines=[
            PartLine(line.dimension, line.metric, metric_label(model, line.dimension, line.metric), line.micro)
            for line in sorted(part.lines, key=lambda line: -abs(line.micro))
        ],
    )
