"""The matrix of the file to axes and cells with indices; every combination of values has exactly one cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from banso_common.contracts.account_signal import TouchModel
from banso_common.findings import Path, did_you_mean
from banso_scoring.domain.facts.statements import ATTRIBUTES, OF_THE_PANEL
from banso_scoring.domain.matrix.expression import Clause, MetricOf, NumberOf, names_in
from banso_scoring.domain.matrix.matrix_model import Axis, AxisValue, Capacity, Cell, Matrix
from banso_scoring.domain.model_parts import Condition, Phase
from banso_scoring.model.compile_expression import ExpressionFault, compile_clause
from banso_scoring.model.compile_journey import WOULD_FALL_BACK, too_close
from banso_scoring.model.compile_targets import check_target
from banso_scoring.model.expression_names import Names
from banso_scoring.model.schema_matrix import AxisFile, CapacityFile, CellFile, CellPhaseFile, TargetFile
from banso_scoring.model.table import Table, label

HOLD_DAYS_OF_USE = 14
NO_CELL = -1


def names_of(table: Table) -> Names:
    """The names that the file's expressions may use."""
    for name in table.file.attributes:
        if name in ATTRIBUTES or name in OF_THE_PANEL:
            table.fault(("attributes", name), "banso has an attribute of this name already")
        elif name in table.file.metrics:
            table.fault(("attributes", name), "a metric has this name already")
    return Names(table.file.metrics, table.file.attributes)


def compile_matrix(table: Table, names: Names, journey: tuple[Phase, ...]) -> Matrix:
    """The matrix; what contradicts itself is noted in `table`."""
    written = table.file.matrix
    axes = tuple(_axis(table, names, key, axis) for key, axis in written.axes.items())
    cells = tuple(_cell(table, axes, key, cell, journey) for key, cell in written.cells.items())
    phases = tuple(
        _emphasis(table, ("journey", key, "emphasis"), phase.emphasis) for key, phase in table.file.journey.items()
    )
    _some_weight(table, cells, phases)
    return Matrix(axes, cells, _cell_of(table, axes), phases)


def compile_capacity(file: CapacityFile) -> Capacity:
    """The capacity; a touch model that the file leaves out takes no time."""
    hours = {touch: file.hours_per_account_month.get(touch, 0.0) for touch in TouchModel}
    return Capacity(file.hours_per_csm_week, hours, file.cost_per_hour, file.cost_share_max)


def _axis(table: Table, names: Names, key: str, written: AxisFile) -> Axis:
    path: Path = ("matrix", "axes", key)
    values, of_use = [], False
    for name, value in written.values.items():
        when: Clause | None = None
        if value.when is not None:
            try:
                when = compile_clause(value.when, names)
            except ExpressionFault as fault:
                table.fault((*path, "values", name, "when"), str(fault))
        elif name != written.default:
            table.fault((*path, "values", name), "needs `when`: only the default goes without")
        of_use = of_use or (when is not None and _moves_by_itself(when))
        values.append(AxisValue(name, label(value.label, name), when, " ".join((value.when or "").split())))
    if written.default not in written.values:
        table.fault((*path, "default"), "no such value" + did_you_mean(written.default, written.values))
    hold_days = written.hold_days or (HOLD_DAYS_OF_USE if of_use else 1)
    default = next((index for index, value in enumerate(values) if value.key == written.default), 0)
    return Axis(key, label(written.label, key), tuple(values), default, hold_days)


def _moves_by_itself(when: Clause) -> bool:
    """Whether it can change without anybody saying anything."""
    return any(
        isinstance(named, MetricOf) or (isinstance(named, NumberOf) and named.row < len(OF_THE_PANEL))
        for named in names_in(when)
    )


def _cell(table: Table, axes: tuple[Axis, ...], key: str, written: CellFile, journey: tuple[Phase, ...]) -> Cell:
    path: Path = ("matrix", "cells", key)
    by_key = {axis.key: axis for axis in axes}
    for name, value in written.at.items():
        if name not in by_key:
            table.fault((*path, "at", name), "no such axis" + did_you_mean(name, by_key))
        elif value not in (known := [one.key for one in by_key[name].values]):
            table.fault((*path, "at", name), f"`{name}` has no value `{value}`" + did_you_mean(value, known))
    for phase in written.phases:
        if phase not in table.file.journey:
            table.fault((*path, "phases", phase), "no such phase" + did_you_mean(phase, table.file.journey))
    own = tuple(_phase(table, (*path, "phases", phase.key), phase, written.phases.get(phase.key)) for phase in journey)
    for left, place, following in too_close(own):
        metric = list(table.file.metrics)[left.goal[place].metric]
        if left.key in written.phases and metric in written.phases[left.key].goal:  # else the journey says it
            fault = WOULD_FALL_BACK.format(following.key)
            table.fault((*path, "phases", left.key, "goal", metric), fault)
    plays = _plays(table)
    for index, play in enumerate(written.plays if plays is not None else ()):
        if play not in (plays or ()):
            table.fault((*path, "plays", index), f"`plays` has no play {play}" + did_you_mean(play, plays or ()))
    return Cell(
        key=key,
        labels=label(written.label, key),
        emphasis=_emphasis(table, (*path, "emphasis"), written.emphasis),
        journey=own,
        touch=written.touch,
        plays=tuple(written.plays),
    )


def _plays(table: Table) -> frozenset[str] | None:
    """The names of the plays in the file; None when it has none of its own, and those that alerts ships count."""
    if table.file.plays is None:
        return None
    names = (play.get("name") if isinstance(play, dict) else play for play in table.file.plays)
    return frozenset(name for name in names if isinstance(name, str))


def _phase(table: Table, path: Path, phase: Phase, written: CellPhaseFile | None) -> Phase:
    if written is None:
        return phase
    metrics = list(table.file.metrics)
    named = {metrics[condition.metric] for condition in phase.goal if condition.metric >= 0}
    for metric in written.goal:
        if metric not in named:
            table.fault((*path, "goal", metric), "is no condition of this phase's goal" + did_you_mean(metric, named))
    goal = tuple(
        _condition(table, (*path, "goal", metrics[one.metric]), one, written.goal.get(metrics[one.metric]))
        for one in phase.goal
    )
    return replace(
        phase,
        goal=goal,
        expected_days=written.expected_days or phase.expected_days,
        dwell_days=written.dwell_days or phase.dwell_days,
    )


def _condition(table: Table, path: Path, condition: Condition, written: TargetFile | None) -> Condition:
    if written is None:
        return condition
    if written.at_least is None and written.at_most is None:
        table.fault(path, "needs `at_least` or `at_most`")
    check_target(table, path, str(path[-1]), written)
    low = condition.at_least if written.at_least is None else written.at_least
    high = condition.at_most if written.at_most is None else written.at_most
    if low is not None and high is not None and low > high:
        table.fault(path, f"nothing is at least {low} and at most {high}")
    return replace(condition, at_least=low, at_most=high)


def _emphasis(table: Table, path: Path, written: Mapping[str, float]) -> tuple[float, ...]:
    for name in written:
        if name not in table.file.dimensions:
            table.fault((*path, name), "no such dimension" + did_you_mean(name, table.file.dimensions))
    return tuple(written.get(name, 1.0) for name in table.file.dimensions)


def _some_weight(table: Table, cells: Iterable[Cell], phases: Iterable[tuple[float, ...]]) -> None:
    for cell, (index, key) in product(cells, enumerate(table.file.journey)):
        if not any(one * other for one, other in zip(cell.emphasis, tuple(phases)[index], strict=True)):
            table.fault(("matrix", "cells", cell.key, "emphasis"), f"nothing counts in the phase `{key}`")


def _cell_of(table: Table, axes: tuple[Axis, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """The cell of each combination of values: the first one that fits."""
    cells = table.file.matrix.cells
    found = np.full(tuple(len(axis.values) for axis in axes), NO_CELL, np.int16)
    for place in np.ndindex(found.shape):
        here = {axis.key: axis.values[index].key for axis, index in zip(axes, place, strict=True)}
        fitting = (index for index, cell in enumerate(cells.values()) if cell.at.items() <= here.items())
        found[place] = next(fitting, NO_CELL)
        if found[place] == NO_CELL:
            what = ", ".join(f"{axis}: {value}" for axis, value in here.items())
            table.fault(("matrix", "cells"), f"no cell is for accounts with {what}")
    for index, key in enumerate(cells):
        if not (found == index).any():
            table.fault(("matrix", "cells", key), "is nobody's: cells before it take all of its accounts")
    return found
