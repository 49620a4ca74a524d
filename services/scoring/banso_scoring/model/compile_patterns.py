"""The success patterns of the file to patterns with indices; the rules of objectives beside them."""

from __future__ import annotations

from banso_common.findings import did_you_mean
from banso_scoring.domain.health.pattern_model import Pattern, Patterns
from banso_scoring.domain.plan.objectives import ObjectiveRules
from banso_scoring.model.compile_journey import compile_conditions
from banso_scoring.model.schema_patterns import PatternFile
from banso_scoring.model.table import Table, label


def compile_patterns(table: Table) -> Patterns:
    """The patterns in order; what contradicts itself is noted in `table`."""
    written = table.file.patterns
    return Patterns(written.hold_days, tuple(_pattern(table, key, one) for key, one in written.any_of.items()))


def _pattern(table: Table, key: str, written: PatternFile) -> Pattern:
    path = ("patterns", "any_of", key)
    dimensions = table.file.dimensions
    for name in written.weights:
        if name not in dimensions:
            table.fault((*path, "weights", name), "no such dimension" + did_you_mean(name, dimensions))
    weights = {name: written.weights.get(name, dimension.weight) for name, dimension in dimensions.items()}
    if not any(weights.values()):
        table.fault((*path, "weights"), "every dimension is left out: nothing would be weighed")
    return Pattern(
        key=key,
        labels=label(written.label, key),
        when=compile_conditions(table, (*path, "when"), written.when),
        times=tuple(weights[name] / dimension.weight for name, dimension in dimensions.items()),
    )


def compile_objectives(table: Table) -> ObjectiveRules:
    """What the success plan does to health."""
    written = table.file.objectives
    if written.behind <= written.grace:
        table.fault(("objectives", "behind"), f"to be failing has to be more than the grace of {written.grace}")
    return ObjectiveRules(**written.model_dump())
