"""One metric of the file to one metric of the domain."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from banso_common.findings import Path
from banso_scoring.domain.facts.panel import DAYS
from banso_scoring.domain.success_model import Metric, MetricKind
from banso_scoring.model.compile_targets import check_prior
from banso_scoring.model.schema import (
    AnyMetric,
    AttributeFile,
    CountFile,
    DaysSinceFile,
    LastValueFile,
    RatioFile,
    TrendFile,
    UsersFile,
)
from banso_scoring.model.table import Table, label


def compile_metric(table: Table, name: str, written: AnyMetric) -> Metric:
    """The metric; what contradicts itself is noted in `table`."""
    path: Path = ("metrics", name)
    ramp_x, ramp_y = _ramp(table, path, written.ramp)
    return Metric(
        name=name,
        kind=MetricKind(written.kind),
        labels=label(written.label, name),
        age_min_days=float(written.age_min_days),
        ramp_x=ramp_x,
        ramp_y=ramp_y,
        **_own(table, path, written),
    )


def _own(table: Table, path: Path, written: AnyMetric) -> dict[str, Any]:
    """The fields of the metric's own kind."""
    found: dict[str, Any] = {}
    if isinstance(written, CountFile):
        summed = written.kind == "sum"
        found = {
            "series": table.add(written.events, (*path, "events"), "sum" if summed else "count"),
            "per": table.add(written.events, (*path, "events")) if summed else -1,
            "days": written.days,
        }
    elif isinstance(written, RatioFile):
        check_prior(table, path, written)
        found = {
            "series": table.add(written.events, (*path, "events"), written.of),
            "per": table.add(written.per, (*path, "per")),
            "days": written.days,
            "at_least": written.at_least,
            "prior_rate": written.prior_rate,
            "prior_weight": written.prior_weight,
        }
    elif isinstance(written, DaysSinceFile):
        found = {"series": table.add(written.events, (*path, "events")), "never": written.never}
    elif isinstance(written, LastValueFile):
        found = {
            "series": table.add(written.events, (*path, "events"), "sum"),
            "per": table.add(written.events, (*path, "events")),
            "days": written.days,
        }
    elif isinstance(written, TrendFile):
        if written.days + written.base_days > DAYS:
            table.fault((*path, "base_days"), f"`days` and `base_days` together are more than {DAYS}")
        found = {
            "series": table.add(written.events, (*path, "events")),
            "days": written.days,
            "base_days": written.base_days,
            "at_least": written.at_least,
        }
    elif isinstance(written, UsersFile):
        found = {"window": table.users(written.days), "days": written.days}
    elif isinstance(written, AttributeFile):
        found = {"attribute": written.attribute}
    return found


def _ramp(table: Table, path: Path, points: list[list[float]] | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if points is None:
        return (), ()
    where = (*path, "ramp")
    if any(len(point) != 2 for point in points):
        table.fault(where, "each point is [value, 0..1]")
        return (), ()
    values, heights = zip(*points, strict=True)
    if any(right <= left for left, right in pairwise(values)):
        table.fault(where, "the values have to rise from point to point")
    if any(not 0 <= height <= 1 for height in heights):
        table.fault(where, "the second number of each point has to be within 0..1")
    return tuple(values), tuple(heights)
