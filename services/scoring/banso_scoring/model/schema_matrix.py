"""The sections `attributes`, `matrix` and `capacity` of the success model file: whom a company tells apart, and how.

The formulas are in `banso_scoring.domain.matrix`; the grammar of an expression is in
`banso_scoring.model.compile_expression`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from banso_common.contracts.account_signal import TouchModel
from banso_scoring.domain.facts.statements import Kind
from banso_scoring.domain.matrix.matrix_model import AXES_MAX, VALUES_MAX
from banso_scoring.model.schema_parts import LAX, Currency, Keys, Name, Share, Texts

ATTRIBUTES_MAX = 30
AttributeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
Written = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Times = Annotated[float, Field(ge=0, le=10)]
Days = Annotated[int, Field(ge=1, le=3_650)]
OwnAttributes = Annotated[dict[AttributeName, Kind], Field(max_length=ATTRIBUTES_MAX)]
Emphasis = Annotated[dict[Name, Times], Field(max_length=20)]
"""Dimension -> how many times its weight it counts; one that is left out counts once."""


class AxisValueFile(Keys):
    """A side of an axis. Without `when` it is taken only as the default."""

    label: Texts | None = None
    when: Written | None = None


class AxisFile(Keys):
    """An axis: the first value whose expression is true, else `default`.

    `hold_days`: if nothing is said, 1 where the expressions read statements only, else 14.
    """

    label: Texts | None = None
    values: Annotated[dict[Name, AxisValueFile], Field(min_length=2, max_length=VALUES_MAX)]
    default: Name
    hold_days: Days | None = None


class TargetFile(Keys):
    """Another target for a condition of the phase's goal that is there already."""

    at_least: float | None = None
    at_most: float | None = None


class CellPhaseFile(Keys):
    """What a phase asks of the accounts of a cell."""

    goal: Annotated[dict[Name, TargetFile], Field(max_length=10)] = {}
    expected_days: Days | None = None
    dwell_days: Days | None = None


class CellFile(Keys):
    """A cell: the accounts with these values of the axes; an axis that is left out may have any."""

    label: Texts | None = None
    at: dict[Name, Name] = {}
    emphasis: Emphasis = {}
    phases: Annotated[dict[Name, CellPhaseFile], Field(max_length=20)] = {}
    touch: Annotated[TouchModel, LAX] | None = None
    plays: Annotated[list[Name], Field(max_length=20)] = []


class MatrixFile(Keys):
    """Axes and cells; the first cell that fits is an account's."""

    axes: Annotated[dict[Name, AxisFile], Field(max_length=AXES_MAX)] = {}
    cells: Annotated[dict[Name, CellFile], Field(min_length=1, max_length=24)] = {"everyone": CellFile()}


class CapacityFile(Keys):
    """Hours there are, hours an account takes, what an hour costs, and what share of the contract value it may cost."""

    hours_per_csm_week: Annotated[float, Field(gt=0, le=168)] = 30.0
    hours_per_account_month: dict[Annotated[TouchModel, LAX], Annotated[float, Field(ge=0, le=200)]] = {
        TouchModel.HIGH: 8.0,
        TouchModel.LOW: 1.0,
        TouchModel.TECH: 0.1,
        TouchModel.COMMUNITY: 0.0,
    }
    cost_per_hour: Annotated[dict[Currency, Annotated[float, Field(gt=0, le=1e9)]], Field(max_length=50)] = {}
    cost_share_max: Share = 0.2
