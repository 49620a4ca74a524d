"""How much personal care an account gets: what its cell needs, within what its contract value (ACV) allows.

wanted   the touch model of the cell, else that of the ACV, else the model's default
allowed  no more personal than the ACV's own touch model, when both are known
afford   lowered while 12 · hours a month · cost an hour > share · ACV, when there is a cost in its currency
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import TouchModel
from banso_scoring.domain.matrix.matrix_model import MONTHS_A_YEAR, Capacity
from banso_scoring.domain.success_model import SuccessModel

MOST_PERSONAL_FIRST = (TouchModel.HIGH, TouchModel.LOW, TouchModel.TECH, TouchModel.COMMUNITY)


class TouchReason(StrEnum):
    """What decided about the touch model last."""

    CELL = "cell"
    VALUE = "value"
    """What the annual contract value allows."""
    COST = "cost"
    """Its care would cost more than the share of the contract value that it may cost."""
    DEFAULT = "default"
    """Neither is known."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch model and how it came about. Costs are in units of the account's currency."""

    touch: TouchModel
    reason: TouchReason
    wanted: TouchModel
    """Before cost and value lowered it."""
    cost_year: float | None
    """What a year of it costs; None without a cost or a currency."""
    cost_allowed: float | None
    """What a year of it may cost."""


def touch_of(model: SuccessModel, cell: int, acv: int | None, currency: str | None) -> Touch:
    """The touch model of an account in the cell at index `cell` (negative: none yet) with `acv` (micro-units)."""
    by_value = _by_value(model, acv, currency)
    by_cell = model.matrix.cells[cell].touch if cell >= 0 else None
    if by_cell is not None and (by_value is None or _rank(by_cell) >= _rank(by_value)):
        touch, reason = by_cell, TouchReason.CELL
    elif by_value is not None:
        touch, reason = by_value, TouchReason.VALUE
    else:
        touch, reason = model.touch_default, TouchReason.DEFAULT
    wanted = by_cell or touch
    allowed = None if acv is None else model.capacity.cost_share_max * acv / MICRO
    cost = cost_year(model.capacity, touch, currency)
    while cost is not None and allowed is not None and cost > allowed and touch is not MOST_PERSONAL_FIRST[-1]:
        touch, reason = MOST_PERSONAL_FIRST[_rank(touch) + 1], TouchReason.COST
        cost = cost_year(model.capacity, touch, currency)
    return Touch(touch, reason, wanted, cost, None if cost is None else allowed)


def cost_year(capacity: Capacity, touch: TouchModel, currency: str | None) -> float | None:
    """What a year of care by `touch` costs in units of `currency`; None when nobody said what an hour costs."""
    an_hour = capacity.cost_per_hour.get((currency or "").upper())
    return None if an_hour is None else MONTHS_A_YEAR * capacity.hours_per_account_month[touch] * an_hour


def _by_value(model: SuccessModel, acv: int | None, currency: str | None) -> TouchModel | None:
    if acv is None or currency is None:
        return None
    rules = [rule for rule in model.touch_rules if rule.currency == currency.upper()]
    fitting = [rule for rule in rules if acv >= rule.at_least]
    if fitting:
        return max(fitting, key=lambda rule: rule.at_least).touch
    return model.touch_default if rules else None


def _rank(touch: TouchModel) -> int:
    return MOST_PERSONAL_FIRST.index(touch)
