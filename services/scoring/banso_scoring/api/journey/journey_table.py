"""The journey's table out of the database: what the model says of each phase, and how its accounts stand now.

The store counts groups of equal accounts; nothing is worked out per account here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import tables as t
from banso_scoring.api.journey.journey_detail import following_of
from banso_scoring.api.journey.journey_table_shapes import (
    CellNumbers,
    ConditionShare,
    JourneyTable,
    LiveNumbers,
    PhaseRow,
)
from banso_scoring.api.render import day_text
from banso_scoring.domain.journey.journey_table import (
    RECENT_DAYS,
    ConditionCount,
    Movers,
    PhaseCount,
    Standers,
    count,
    median,
    together,
)
from banso_scoring.domain.journey.phase_history import Moved
from banso_scoring.domain.model_parts import Phase
from banso_scoring.domain.success_model import SuccessModel

DIGITS = 4
Place = tuple[str, str]
"""A phase and a cell, by key."""
_a, _h, _m = t.account.c, t.health.c, t.phase_move.c
_goes_on = _h.ended_day <= _h.renewed_day


async def journey_table(tx: AsyncConnection, model: SuccessModel, today: int) -> JourneyTable:
    """The table on the installation's day `today`."""
    standers, movers = await _standers(tx, model.version, today), await _movers(tx, model.version, today)
    rows = [_row(model, index, standers, movers) for index in range(len(model.journey))]
    return JourneyTable(day_text(today), model.version, sum(row.live.accounts for row in rows), rows)


async def _standers(tx: AsyncConnection, version: str, today: int) -> Mapping[Place, list[Standers]]:
    alike = (_h.phase, _h.cell, _h.phase_entered_day, _h.goal)
    query = select(*alike, func.count().label("accounts")).select_from(
        t.health.join(t.account, _a.account == _h.account)
    )
    found: dict[Place, list[Standers]] = defaultdict(list)
    for row in await tx.execute(query.where((_h.model_version == version) & _goes_on).group_by(*alike)):
        days = max(0, today - row.phase_entered_day)
        found[(row.phase, row.cell)].append(Standers(days, row.goal, int(row.accounts)))
    return found


async def _movers(tx: AsyncConnection, version: str, today: int) -> Mapping[Place, list[Movers]]:
    days = (_m.day - _m.since_day).label("days")
    alike = (_m.from_phase, _h.cell, _m.moved, days)
    query = select(*alike, func.count().label("accounts")).select_from(
        t.phase_move.join(t.health, (_h.account == _m.account) & (_h.model_version == _m.model_version))
    )
    recent = (_m.model_version == version) & (_m.day > today - 1 - RECENT_DAYS)
    found: dict[Place, list[Movers]] = defaultdict(list)
    for row in await tx.execute(query.where(recent).group_by(*alike)):
        found[(row.from_phase, row.cell)].append(Movers(row.days, Moved(row.moved), int(row.accounts)))
    return found


def _row(
    model: SuccessModel, index: int, standers: Mapping[Place, list[Standers]], movers: Mapping[Place, list[Movers]]
) -> PhaseRow:
    phase = model.journey[index]
    following = following_of(model.journey, index)
    own = {cell.key: cell.journey[index] for cell in model.matrix.cells}
    counts = {
        cell: count(
            _metrics(own.get(cell, phase)), standers.get((phase.key, cell), ()), movers.get((phase.key, cell), ())
        )
        for key, cell in {*standers, *movers, *((phase.key, cell) for cell in own)}
        if key == phase.key
    }
    cells = model.matrix.cells if len(model.matrix.cells) > 1 else ()
    return PhaseRow(
        key=phase.key,
        label=phase.labels,
        do=phase.do,
        experience=phase.experience,
        services=phase.services,
        dwell_days=phase.dwell_days,
        expected_days=phase.expected_days,
        optional=phase.optional,
        renews=phase.renews,
        next=None if following is None else model.journey[following].key,
        lapse_to=None if phase.lapse_to < 0 else model.journey[phase.lapse_to].key,
        live=_live(model, phase, together(counts.values())),
        cells=[
            CellNumbers(
                cell.key, cell.labels, own[cell.key].expected_days, _live(model, own[cell.key], counts[cell.key])
            )
            for cell in cells
        ],
    )


def _metrics(phase: Phase) -> list[int]:
    return [condition.metric for condition in phase.goal]


def _live(model: SuccessModel, phase: Phase, found: PhaseCount) -> LiveNumbers:
    goal = []
    for condition in phase.goal:
        metric, counted = model.metrics[condition.metric], found.conditions.get(condition.metric, ConditionCount(0, 0))
        goal.append(
            ConditionShare(
                metric=metric.name,
                label=metric.labels,
                at_least=condition.at_least,
                at_most=condition.at_most,
                met=counted.met,
                known=counted.known,
                share=round(counted.met / found.accounts, DIGITS) if found.accounts else None,
            )
        )
    return LiveNumbers(
        accounts=found.accounts,
        goal=goal,
        goal_met=found.goal_met,
        stalled=found.stalled,
        barred=found.barred,
        days_median=median(found.days),
        passed=found.passed,
        fell_back=found.fell_back,
        passed_days_median=median(found.passed_days),
    )
