"""What a metric cannot be, so that a target that no account, or every account, meets is told and not obeyed.

A target may be as high as one likes: an account may get there. Below 0 it must be a metric that can be.
"""

from __future__ import annotations

from banso_common.findings import Path
from banso_scoring.model.schema import AnyMetric, AttributeFile, CountFile, DaysSinceFile, RatioFile, UsersFile
from banso_scoring.model.schema_matrix import TargetFile
from banso_scoring.model.schema_parts import ConditionFile
from banso_scoring.model.table import Table


def check_target(table: Table, path: Path, metric: str, target: ConditionFile | TargetFile) -> None:
    """Note what `metric` can never be in the target of the file at `path`."""
    written = table.file.metrics.get(metric)
    if written is None or not _is_never_negative(written):
        return
    for name, value in (("at_least", target.at_least), ("at_most", target.at_most)):
        if value is not None and value < 0:
            table.doubt((*path, name), f"{value} is below 0, which a metric of the kind {written.kind} never is")


def check_prior(table: Table, path: Path, written: RatioFile) -> None:
    """Note a prior that the ratio itself could never be."""
    if written.of == "count" and written.prior_rate < 0:
        table.doubt((*path, "prior_rate"), f"{written.prior_rate} is below 0, which counts never are")


def _is_never_negative(written: AnyMetric) -> bool:
    match written:
        case CountFile():
            return written.kind != "sum"
        case RatioFile():
            return written.of == "count"
        case AttributeFile():
            return written.attribute != "renewal_in_days"
        case _:
            return isinstance(written, UsersFile | DaysSinceFile)
