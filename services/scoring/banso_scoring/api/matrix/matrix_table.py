"""The matrix with live numbers: who is in each cell, how they fare, and what their care takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import Band, TouchModel
from banso_scoring import tables as t
from banso_scoring.api.matrix import matrix_shapes as shapes
from banso_scoring.api.render import points
from banso_scoring.domain.matrix.matrix_model import Capacity, Cell, Matrix
from banso_scoring.domain.success_model import SuccessModel

OVER_MAX = 50
DIGITS = 1
_a, _h = t.account.c, t.health.c


@dataclass
class _Count:
    """What is counted of one cell."""

    accounts: int = 0
    acv: Counter[str] = field(default_factory=Counter)
    score_sum: float = 0.0
    scored: int = 0
    bands: Counter[Band] = field(default_factory=Counter)
    flagged: int = 0
    churned: int = 0
    churned_acv: Counter[str] = field(default_factory=Counter)
    touches: Counter[TouchModel] = field(default_factory=Counter)

    def add(self, row: Row[Any]) -> None:
        """Count a group of equal accounts in."""
        if row.over:
            self.churned += row.accounts
            self.churned_acv[row.currency] += row.amount
            return
        self.accounts += row.accounts
        self.acv[row.currency] += row.amount
        self.score_sum += row.score_sum or 0.0
        self.scored += row.scored
        self.bands[Band(row.band)] += row.accounts
        self.flagged += row.accounts if row.flagged else 0
        self.touches[TouchModel(row.touch)] += row.accounts


async def matrix_shown(tx: AsyncConnection, model: SuccessModel) -> shapes.MatrixShown:
    """The matrix of `model` over all accounts, whoever owns them."""
    counts = {cell.key: _Count() for cell in model.matrix.cells}
    unplaced = 0
    for row in await _groups(tx, model.version):
        if row.cell in counts:
            counts[row.cell].add(row)
        else:
            unplaced += row.accounts
    return shapes.MatrixShown(
        axes=[
            shapes.AxisView(
                key=axis.key,
                label=axis.labels,
                values=[shapes.AxisValueView(value.key, value.labels, value.written) for value in axis.values],
                default=axis.values[axis.default].key,
                hold_days=axis.hold_days,
            )
            for axis in model.matrix.axes
        ],
        cells=[_cell(model, index, cell, counts[cell.key]) for index, cell in enumerate(model.matrix.cells)],
        unplaced=unplaced,
        capacity=await _capacity(tx, model),
        model_version=model.version,
    )


async def _groups(tx: AsyncConnection, version: str) -> Iterable[Row[Any]]:
    flagged, over = (_h.signals != "").label("flagged"), (_h.ended_day > _h.renewed_day).label("over")
    by = (_h.cell, _h.band, _h.touch, _a.currency, flagged, over)
    query = select(
        *by,
        func.count().label("accounts"),
        func.coalesce(func.sum(_a.acv // MICRO), 0).label("amount"),
        func.sum(_h.score).label("score_sum"),
        func.count(_h.score).label("scored"),
    )
    joined = query.select_from(t.account.join(t.health, _a.account == _h.account))
    return (await tx.execute(joined.where(_h.model_version == version).group_by(*by))).all()


def _cell(model: SuccessModel, index: int, cell: Cell, count: _Count) -> shapes.CellCount:
    emphasis = zip(model.dimensions, cell.emphasis, strict=True)
    return shapes.CellCount(
        key=cell.key,
        label=cell.labels,
        at=places(model.matrix, index),
        touch=cell.touch,
        plays=list(cell.plays),
        emphasis={dimension.name: times for dimension, times in emphasis if times != 1.0},
        accounts=count.accounts,
        acv=_money(count.acv),
        score_mean=points(count.score_sum / count.scored) if count.scored else None,
        bands={band: count.bands[band] for band in Band},
        flagged=count.flagged,
        churned=count.churned,
        churned_acv=_money(count.churned_acv),
        touches={touch: count.touches[touch] for touch in TouchModel},
        hours_month=_hours(model.capacity, count.touches),
    )


def places(matrix: Matrix, index: int) -> list[dict[str, str]]:
    """The combinations of values that lead to the cell at `index`."""
    return [
        {axis.key: axis.values[int(value)].key for axis, value in zip(matrix.axes, place, strict=True)}
        for place in np.argwhere(matrix.cell_of == index)
    ]


async def _capacity(tx: AsyncConnection, model: SuccessModel) -> shapes.CapacityShown:
    there = (_h.model_version == model.version) & ~(_h.ended_day > _h.renewed_day)
    query = select(_a.owner, _h.touch, func.count().label("accounts"))
    joined = query.select_from(t.account.join(t.health, _a.account == _h.account)).where(there)
    loads: dict[str, Counter[TouchModel]] = {}
    for row in await tx.execute(joined.group_by(_a.owner, _h.touch)):
        loads.setdefault(row.owner, Counter())[TouchModel(row.touch)] += row.accounts
    unowned = _hours(model.capacity, loads.pop("", Counter()))
    each = model.capacity.hours_per_csm_month
    csms = [
        shapes.CsmLoad(owner, sum(touches.values()), _hours(model.capacity, touches))
        for owner, touches in loads.items()
    ]
    over = sorted((one for one in csms if one.hours_needed > each), key=lambda one: (-one.hours_needed, one.owner))
    return shapes.CapacityShown(
        csms=len(csms),
        hours_per_csm_month=round(each, DIGITS),
        hours_month=round(each * len(csms), DIGITS),
        hours_needed=round(sum(one.hours_needed for one in csms) + unowned, DIGITS),
        hours_unowned=unowned,
        over=over[:OVER_MAX],
    )


def _hours(capacity: Capacity, touches: Mapping[TouchModel, int]) -> float:
    return round(sum(capacity.hours_per_account_month[touch] * count for touch, count in touches.items()), DIGITS)


def _money(amounts: Mapping[str, int]) -> list[shapes.Money]:
    return [shapes.Money(currency, float(amount)) for currency, amount in sorted(amounts.items()) if amount]
