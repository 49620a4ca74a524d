"""The matrix of the success model as the domain reads it: axes, cells, what care costs and how much there is of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso_common.contracts.account_signal import TouchModel
from banso_scoring.domain.matrix.expression import Clause
from banso_scoring.domain.model_parts import Phase, Texts
from banso_scoring.domain.standing import AXES

AXES_MAX = AXES
VALUES_MAX = 8
MONTHS_A_YEAR = 12
WEEKS_A_MONTH = 52 / 12


@dataclass(frozen=True, slots=True)
class AxisValue:
    """A side of an axis; an account is on the first one whose expression is true of it."""

    key: str
    labels: Texts
    when: Clause | None
    """None: only as the axis' default."""
    written: str
    """The expression as the file has it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What accounts are told apart by; `default` (an index of `values`) when no expression is true."""

    key: str
    labels: Texts
    values: tuple[AxisValue, ...]
    default: int
    hold_days: int
    """So many days in a row another value has to hold before an account moves to it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of customer success, and what is different for its accounts."""

    key: str
    labels: Texts
    emphasis: tuple[float, ...]
    """How many times its weight each dimension counts."""
    journey: tuple[Phase, ...]
    """The phases with the goals and expected days of this cell."""
    touch: TouchModel | None
    """How much care its accounts need; None: as much as their value allows."""
    plays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Axes and cells. `cell_of[v0, v1, ...]` is the cell of the accounts with these values of the axes."""

    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    cell_of: NDArray[np.int16]
    phase_emphasis: tuple[tuple[float, ...], ...]
    """For each phase: how many times its weight each dimension counts."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many hours there are, how many an account takes, and what they may cost."""

    hours_per_csm_week: float
    hours_per_account_month: Mapping[TouchModel, float]
    cost_per_hour: Mapping[str, float]
    """Units of a currency by currency."""
    cost_share_max: float
    """The share of an account's annual contract value that its care may cost."""

    @property
    def hours_per_csm_month(self) -> float:
        """What one customer-success manager has."""
        return self.hours_per_csm_week * WEEKS_A_MONTH
