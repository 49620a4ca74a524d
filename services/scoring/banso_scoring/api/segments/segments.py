"""Segments as the unit of reading: of each part of the portfolio how it fares, who left, who was newly flagged.

Only accounts whose contract lasts are counted, and beside them those that left within `CHURN_DAYS`. Columns of the
tables are counted in the database, by whole points of health, so that the median is exact; what was said of accounts
stands in their profiles and is read account by account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import Band
from banso_common.errors import Refused
from banso_scoring import tables as t
from banso_scoring.api.segments.segment_shapes import BandShare, Churned, Segment, SegmentList
from banso_scoring.domain.facts import profile
from banso_scoring.domain.facts.statements import text_said
from banso_scoring.domain.success_model import SuccessModel

NEW_DAYS = 7
CHURN_DAYS = 90
READABLE_FROM = 5
"""Of fewer accounts no mean is given: it would tell of persons, and of chance."""
SEGMENTS_MAX = 200
DIGITS = 4
ATTRIBUTES = ("commitment", "category", "currency", "locale", "time_zone", "owner_email", "owner_name")
_a, _h = t.account.c, t.health.c
COLUMNS = {"pattern": _h.pattern, "cell": _h.cell, "phase": _h.phase, "touch": _h.touch}


class _Counted(Protocol):
    """A row of the count: `accounts` that are alike in everything that is told apart."""

    band: str
    point: float | None
    over: bool
    currency: str
    accounts: int
    coverage: float
    score: float | None
    flagged: int
    newly: int
    amount: int


@dataclass
class _Part:
    """What is counted of one segment."""

    accounts: int = 0
    left: int = 0
    flagged: int = 0
    newly: int = 0
    coverage: float = 0.0
    score: float = 0.0
    bands: dict[str, int] = field(default_factory=dict)
    points: dict[float, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    left_amounts: dict[str, int] = field(default_factory=dict)

    def add(self, row: _Counted) -> None:
        """Count more accounts in."""
        amounts = self.left_amounts if row.over else self.amounts
        if row.amount:
            amounts[row.currency] = amounts.get(row.currency, 0) + int(row.amount)
        if row.over:
            self.left += row.accounts
            return
        self.accounts += row.accounts
        self.flagged += row.flagged
        self.newly += row.newly
        self.coverage += row.coverage
        self.bands[row.band] = self.bands.get(row.band, 0) + row.accounts
        if row.point is not None and row.score is not None:
            self.points[row.point] = self.points.get(row.point, 0) + row.accounts
            self.score += row.score


def ways(model: SuccessModel) -> list[str]:
    """What accounts may be told apart by."""
    columns = [name for name in COLUMNS if name != "pattern" or model.patterns.any_of]
    own = [name for name, kind in model.own_attributes.items() if kind == "text"]
    return [*columns, *ATTRIBUTES, *own]


async def segments(tx: AsyncConnection, model: SuccessModel, by: str, today: int) -> SegmentList:
    """The segments by `by`, one of `ways`, the largest first. Raises Refused for another."""
    if by not in ways(model):
        raise Refused("unknown-segments", f"accounts are not told apart by `{by}`, but by {', '.join(ways(model))}")
    column = COLUMNS.get(by)
    parts: dict[str | None, _Part] = {}
    if column is not None:
        for row in await tx.execute(_counted(model, column, today).group_by(column, *_ALIKE)):
            parts.setdefault(row.segment or None, _Part()).add(row)
    else:
        each = _counted(model, _a.profile, today).group_by(_a.account, _a.profile, *_ALIKE)
        async for row in await tx.stream(each):
            said = profile.decode(bytes(row.segment)).get(by)
            parts.setdefault(None if said is None else text_said(said[0]), _Part()).add(row)
    labels = _labels(model, by)
    found = sorted(parts.items(), key=lambda part: (-part[1].accounts, part[0] or ""))
    kept = [_segment(key, part, labels) for key, part in found[:SEGMENTS_MAX]]
    return SegmentList(by, ways(model), NEW_DAYS, CHURN_DAYS, kept, len(found) - len(kept))


_OVER = _h.ended_day > _h.renewed_day
_ALIKE = (_h.band, func.round(_h.score), _a.currency, _OVER)


def _counted(model: SuccessModel, segment: Any, today: int) -> Select[Any]:
    is_new = (_h.signals != "") & (_h.flagged_day > today - NEW_DAYS)
    return (
        select(
            segment.label("segment"),
            _h.band.label("band"),
            func.round(_h.score).label("point"),
            _OVER.label("over"),
            _a.currency.label("currency"),
            func.count().label("accounts"),
            func.sum(_h.coverage).label("coverage"),
            func.sum(_h.score).label("score"),
            func.sum(case((_h.signals != "", 1), else_=0)).label("flagged"),
            func.sum(case((is_new, 1), else_=0)).label("newly"),
            func.coalesce(func.sum(_a.acv // MICRO), 0).label("amount"),
        )
        .select_from(t.account.join(t.health, _a.account == _h.account))
        .where(_h.model_version == model.version, ~_OVER | (_h.ended_day > literal(today - CHURN_DAYS)))
    )


def _segment(key: str | None, part: _Part, labels: Mapping[str, Mapping[str, str]]) -> Segment:
    known = sum(part.points.values())
    readable = known >= READABLE_FROM
    everyone = part.accounts + part.left
    return Segment(
        key=key,
        label=None if key is None else labels.get(key),
        accounts=part.accounts,
        too_small=part.accounts < READABLE_FROM,
        bands={
            band: BandShare(part.bands.get(band, 0), _share(part.bands.get(band, 0), part.accounts)) for band in Band
        },
        health_mean=round(part.score / known, 1) if readable else None,
        health_median=median(part.points) if readable else None,
        health_known=known,
        coverage=_share(part.coverage, part.accounts),
        flagged=part.flagged,
        newly_flagged=part.newly,
        amounts=part.amounts,
        churned=Churned(part.left, _share(part.left, everyone), part.left_amounts),
    )


def median(points: Mapping[float, int]) -> float | None:
    """The median of values that came so many times each."""
    total = sum(points.values())
    if not total:
        return None
    seen, lower = 0, None
    for value in sorted(points):
        seen += points[value]
        if lower is None and 2 * seen >= total:
            lower = value
        if 2 * seen > total:
            return float(lower + value) / 2 if lower is not None else float(value)
    return lower


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None


def _labels(model: SuccessModel, by: str) -> dict[str, Mapping[str, str]]:
    kinds: dict[str, Iterable[Any]] = {
        "pattern": model.patterns.any_of,
        "cell": model.matrix.cells,
        "phase": model.journey,
    }
    return {one.key: one.labels for one in kinds.get(by, ())}
