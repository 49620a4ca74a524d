"""One account as the API tells of it: what was found, written in the shapes of the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import Band
from banso_common.contracts.evidence_words import texts
from banso_scoring import tables as t
from banso_scoring.api import detail_shapes as shapes
from banso_scoring.api.examine import Finding, examine
from banso_scoring.api.feeds.feed_shapes import account_feed
from banso_scoring.api.following import following_shown
from banso_scoring.api.journey.journey_detail import phase_shown, stays, stays_shown
from banso_scoring.api.listing import summary
from banso_scoring.api.matrix.matrix_detail import cell_why, moves_shown, touch_shown
from banso_scoring.api.plan.plan_view import plan_shown
from banso_scoring.api.render import day_or_none, day_text, points, share, whole
from banso_scoring.api.shapes import AccountSummary
from banso_scoring.api.trouble_shown import trouble_now, troubles_shown
from banso_scoring.domain.feeds.widening import between
from banso_scoring.domain.matrix.matrix_why import own_attributes
from banso_scoring.domain.matrix.touch import Touch, touch_of
from banso_scoring.domain.standing import BANDS
from banso_scoring.domain.struggle.course import STAGES
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.member import Member

DIGITS = 4
HISTORY_DAYS_DEFAULT = 90
HISTORY_DAYS_MAX = 730


async def account_detail(
    tx: AsyncConnection, member: Member, account: str, history_days: int
) -> shapes.AccountDetail | None:
    """Everything about `account` now; None when there is no such account."""
    found = (await examine(tx, member, [account])).get(account)
    if found is None or found.row.band is None:
        return None
    days = (await history(tx, [account], found.day - history_days)).get(account, [])
    return detail_of(member.model, found, days)


async def history(tx: AsyncConnection, accounts: Sequence[str], from_day: int) -> dict[str, list[Row[Any]]]:
    """By account its kept days from `from_day` on, and the last one before, oldest first."""
    day, account = t.history.c.day, t.history.c.account
    earlier = t.history.alias()
    last = select(func.max(earlier.c.day)).where((earlier.c.account == account) & (earlier.c.day < from_day))
    query = select(t.history).where(account.in_(accounts) & or_(day >= from_day, day == last.scalar_subquery()))
    kept: dict[str, list[Row[Any]]] = {}
    for row in await tx.execute(query.order_by(account, day)):
        kept.setdefault(row.account, []).append(row)
    return kept


def detail_of(model: SuccessModel, found: Finding, kept: Sequence[Row[Any]]) -> shapes.AccountDetail:
    """`found`, with the days of its history that were kept."""
    said = found.attributes
    first, last = found.window
    been = stays(model, found, found.moves)
    return shapes.AccountDetail(
        summary=summary_of(model, found),
        day=day_text(found.day),
        score_between=_between(found, kept),
        attributes=shapes.Attributes(*(getattr(said, name) for name in shapes.Attributes.__dataclass_fields__)),
        dimensions=_dimensions(model, found),
        metrics=_metrics(model, found),
        phase=phase_shown(model, found, been[-1].term),
        phases=stays_shown(found, been),
        plan=plan_shown(found.evaluation, found.column, found.plan),
        following=following_shown(model, found.evaluation, found.column),
        cell_why=cell_why(model, found.evaluation.placement, found.column, found.profile),
        cell_moves=moves_shown(found.cell_moves),
        cell_plays=list(model.matrix.cells[_cell(found)].plays),
        touch_why=touch_shown(model, _touch(model, found)),
        own_attributes=own_attributes(model, found.profile),
        trouble=trouble_now(model, found.now, found.evaluation, found.column, found.day),
        troubles=troubles_shown(found.troubles, found.now, found.column),
        signals=_signals(model, found),
        evidence=_evidence(model, found),
        history=[
            shapes.HistoryDay(
                day=day_text(row.day),
                score=points(row.score),
                coverage=share(row.coverage),
                band=row.band,
                phase=row.phase,
                model_version=row.model_version,
            )
            for row in kept
        ],
        facts=shapes.KnownFacts(
            first_event_on=day_or_none(found.row.first_day),
            last_event_on=day_or_none(found.row.last_day),
            window_from=day_text(first),
            window_to=day_text(last),
            days_with_facts=found.days_with_facts,
        ),
    )


def summary_of(model: SuccessModel, found: Finding) -> AccountSummary:
    """The account's row, with what is worked out now in place of what was stored."""
    health, column = found.evaluation.health, found.column
    feed, since_at = found.feed
    return replace(
        summary(found.row),
        score=whole(float(health.score[column])),
        coverage=share(float(health.coverage[column])),
        band=Band.UNKNOWN if feed else BANDS[int(found.now.band[column])],
        feed=account_feed(feed, since_at, found.row.feeds != ""),
        touch=_touch(model, found).touch,
        cell=model.matrix.cells[_cell(found)].key,
        cell_since=day_text(int(found.now.cell_day[column])),
        phase=model.journey[int(found.now.phase[column])].key,
        phase_entered_on=day_text(int(found.now.entered_day[column])),
        trouble=STAGES[int(found.now.trouble_stage[column])],
        model_version=model.version,
    )


def _between(found: Finding, kept: Sequence[Row[Any]]) -> tuple[float, float] | None:
    """Within which the score lies by now, while a feed is stale."""
    score, (feed, since_at) = float(found.evaluation.health.score[found.column]), found.feed
    if not feed or since_at is None or math.isnan(score):
        return None
    days = [(int(row.day), float(row.score)) for row in kept if row.score is not None]
    low, high = between(score, days, (found.now_at - since_at) / DAY_MS)
    return round(low, 1), round(high, 1)


def _cell(found: Finding) -> int:
    return int(found.evaluation.placement.cell[found.column])


def _touch(model: SuccessModel, found: Finding) -> Touch:
    return touch_of(model, _cell(found), found.attributes.acv, found.attributes.currency)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), DIGITS)


def _metrics(model: SuccessModel, found: Finding) -> list[shapes.MetricValue]:
    values, ramps = found.evaluation.metrics[:, found.column], found.points[:, found.column]
    return [
        shapes.MetricValue(metric.name, metric.labels, metric.kind, _number(value), points(100 * float(ramp)))
        for metric, value, ramp in zip(model.metrics, values, ramps, strict=True)
    ]


def _dimensions(model: SuccessModel, found: Finding) -> list[shapes.DimensionScore]:
    scores = found.evaluation.health.dimensions[:, found.column]
    weights = found.evaluation.following.weights[:, found.column]
    return [
        shapes.DimensionScore(
            name=dimension.name,
            label=dimension.labels,
            weight=round(float(weight), DIGITS),
            score=points(float(score)),
            metrics=[model.metrics[index].name for index in dimension.metrics],
        )
        for dimension, score, weight in zip(model.dimensions, scores, weights, strict=True)
    ]


def _signals(model: SuccessModel, found: Finding) -> list[shapes.OpenSignal]:
    told = found.told
    return [
        shapes.OpenSignal(rule.kind, rule.severity, int(told.episode[row, 0]), day_text(int(told.opened_day[row, 0])))
        for row, rule in enumerate(model.signals)
        if told.open[row, 0]
    ]


def _evidence(model: SuccessModel, found: Finding) -> shapes.StruggleEvidence:
    said = found.evidence
    return shapes.StruggleEvidence(
        window_days=said.window_days,
        attempts=said.attempts,
        channels=[
            shapes.ChannelCount(
                channel=channel.channel,
                label=described.labels,
                seen=channel.seen,
                expected=round(channel.expected, DIGITS),
                users=channel.users,
                event=channel.event,
                event_seen=channel.event_seen,
                days=channel.days,
                log_evidence=round(channel.log_evidence, DIGITS),
            )
            for channel, described in zip(said.channels, model.roles.channels, strict=True)
        ],
        contacts_seen=said.contacts_seen,
        contacts_expected=_rounded(said.contacts_expected),
        no_contact_probability=_rounded(said.no_contact_probability),
        log_odds=_rounded(said.log_odds),
        enough_data=said.enough_data,
        sentence=texts(said),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
