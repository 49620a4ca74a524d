"""The answers about the matrix: its cells with live numbers, and why one account is in its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ConfigDict

from banso_common.contracts.account_signal import Band, TouchModel
from banso_scoring.api.matrix import examples_matrix as examples
from banso_scoring.domain.matrix.touch import TouchReason

DESCRIBED = ConfigDict(use_attribute_docstrings=True)
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AxisShown:
    """Why an account is on its side of an axis."""

    __pydantic_config__ = DESCRIBED

    axis: str
    label: Texts
    value: str
    value_label: Texts
    when: str
    """The expression that is true of it; empty when none is, and the default is taken."""
    values: dict[str, str | float | None]
    """What the names in it are; null for what is not known."""
    next: str | None
    """Another value that holds now; the account moves to it when that has lasted for `hold_days`."""
    next_since: str | None
    hold_days: int


@dataclass(frozen=True, slots=True)
class AxisChange:
    """An axis that changed at a move: what decided, as it was on that day."""

    __pydantic_config__ = DESCRIBED

    axis: str
    value: str
    when: str
    values: dict[str, str | float | None]


@dataclass(frozen=True, slots=True)
class CellMoveShown:
    """A move from cell to cell, as it is true now."""

    __pydantic_config__ = DESCRIBED

    on: str
    from_cell: str
    to_cell: str
    why: list[AxisChange]


@dataclass(frozen=True, slots=True)
class TouchShown:
    """How much personal care the account gets, and what decided. Costs are in units of its currency."""

    __pydantic_config__ = DESCRIBED

    touch: TouchModel
    reason: TouchReason
    """`cell`: what its cell needs; `value`: what its contract value allows; `cost`: lowered, since its care would cost
    more than its share of the contract value; `default`: nothing is known."""
    wanted: TouchModel
    hours_month: float
    cost_year: float | None
    cost_allowed: float | None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, by account and by value always together."""

    __pydantic_config__ = DESCRIBED

    currency: str
    acv: float
    """Annual contract value in units."""


@dataclass(frozen=True, slots=True)
class CellCount:
    """A cell with the accounts that are in it now. Accounts whose contract is over are counted as churned only."""

    __pydantic_config__ = DESCRIBED

    key: str
    label: Texts
    at: list[dict[str, str]]
    """The values of the axes that lead here, one object for each combination."""
    touch: TouchModel | None
    """The care that it needs; null: as much as the contract value allows."""
    plays: list[str]
    emphasis: dict[str, float]
    """Dimension -> how many times its weight it counts here."""
    accounts: int
    acv: list[Money]
    score_mean: float | None
    """Over the accounts that have a score."""
    bands: dict[Band, int]
    flagged: int
    """How many have an open signal."""
    churned: int
    churned_acv: list[Money]
    touches: dict[TouchModel, int]
    hours_month: float
    """What the care of its accounts takes."""


@dataclass(frozen=True, slots=True)
class AxisView:
    """An axis of the matrix."""

    __pydantic_config__ = DESCRIBED

    key: str
    label: Texts
    values: list[AxisValueView]
    default: str
    hold_days: int


@dataclass(frozen=True, slots=True)
class AxisValueView:
    """A value of an axis: `when` is its expression, empty for one that is only the default."""

    __pydantic_config__ = DESCRIBED

    key: str
    label: Texts
    when: str


@dataclass(frozen=True, slots=True)
class CapacityShown:
    """The hours of a month: needed, and there, by the customer-success managers who own accounts."""

    __pydantic_config__ = DESCRIBED

    csms: int
    """How many owners there are."""
    hours_per_csm_month: float
    hours_month: float
    """What there is."""
    hours_needed: float
    hours_unowned: float
    """What the accounts that nobody owns need, among `hours_needed`."""
    over: list[CsmLoad]
    """Whose accounts need more than one person has, the most first; at most 50."""


@dataclass(frozen=True, slots=True)
class CsmLoad:
    """One customer-success manager."""

    __pydantic_config__ = DESCRIBED

    owner: str
    accounts: int
    hours_needed: float


@dataclass(frozen=True, slots=True)
class MatrixShown:
    """The matrix: kinds of customer success, who is in them, and what that takes."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": examples.MATRIX})

    axes: list[AxisView]
    cells: list[CellCount]
    unplaced: int
    """Accounts that are not placed yet: a sweep will do it."""
    capacity: CapacityShown
    model_version: str
