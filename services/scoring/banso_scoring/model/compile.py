"""From the checked file to the model that the domain reads: names become indices, contradictions are found.

Series are shared: two metrics over the same events read one row of facts.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from banso_common.contracts.account_activity import MICRO
from banso_common.contracts.account_signal import Severity, SignalKind
from banso_common.findings import did_you_mean
from banso_scoring.domain.success_model import (
    Bands,
    Channel,
    Dimension,
    FrictionKind,
    Roles,
    SeriesLookup,
    SignalRule,
    Silence,
    SuccessModel,
    TouchRule,
)
from banso_scoring.model.compile_incidents import compile_incidents
from banso_scoring.model.compile_journey import compile_journey
from banso_scoring.model.compile_matrix import compile_capacity, compile_matrix, names_of
from banso_scoring.model.compile_metrics import compile_metric
from banso_scoring.model.compile_patterns import compile_objectives, compile_patterns
from banso_scoring.model.compile_trouble import check_told_back, compile_course
from banso_scoring.model.schema import ModelFile
from banso_scoring.model.schema_incidents import IncidentsFile
from banso_scoring.model.table import ROLE, Fault, Table, label

SERIES_MAX = 64

_HELP = (1.8, 0.75)
_TROUBLE = (2.5, 1.0)
_SIGNALS = {
    SignalKind.SILENT_STRUGGLING: (0.0, -1.0, Severity.CRITICAL),
    SignalKind.STRUGGLING: (0.0, -1.0, Severity.WARNING),
    SignalKind.HEALTH_CRITICAL: (1.0, 0.5, Severity.WARNING),
    SignalKind.STALLED: (1.0, 0.5, Severity.WARNING),
    SignalKind.GOAL_REACHED: (1.0, 0.5, Severity.INFO),
    SignalKind.CONTACT_MADE: (1.0, 0.5, Severity.INFO),
    SignalKind.CONTRACT_RENEWED: (1.0, 0.5, Severity.INFO),
    SignalKind.CONTRACT_ENDED: (1.0, 0.5, Severity.INFO),
}


def compile_model(file: ModelFile) -> tuple[SuccessModel | None, list[Fault]]:
    """The model, or None, with every contradiction and doubt as (path, reason); with doubts alone there is a model."""
    table = Table(file)
    roles = _roles(table)
    metrics = tuple(compile_metric(table, name, metric) for name, metric in file.metrics.items())
    dimensions = _dimensions(table)
    bands = _bands(table)
    journey = compile_journey(table)
    signals = _signals(table)
    objectives, patterns = compile_objectives(table), compile_patterns(table)
    course, incidents = compile_course(table), compile_incidents(table)
    names = names_of(table)
    matrix = compile_matrix(table, names, journey)
    if len(table.series) > SERIES_MAX:
        table.fault(("metrics",), f"{len(table.series)} different sets of events are more than {SERIES_MAX}")
    if table.faults:
        return None, table.faults + table.doubts
    series = table.named()
    model = SuccessModel(
        name=file.name,
        version=f"{file.name}@{_digest(file)}",
        series=series,
        series_of=SeriesLookup(series),
        user_windows=tuple(table.user_windows),
        roles=roles,
        metrics=metrics,
        dimensions=dimensions,
        bands=bands,
        journey=journey,
        touch_default=file.touch.default,
        touch_rules=_touch(file),
        signals=signals,
        silence=Silence(**file.silence.model_dump()),
        objectives=objectives,
        trouble=course,
        patterns=patterns,
        own_attributes=file.attributes,
        vocabulary=names.vocabulary(),
        matrix=matrix,
        capacity=compile_capacity(file.capacity),
        incidents=incidents,
    )
    return model, table.doubts


def _digest(file: ModelFile) -> str:
    """Of all that scoring does: what alerts does with a signal makes no other model. A file that says nothing of
    incidents keeps the name that it had before there were any."""
    silent = {"plays"} | ({"incidents"} if file.incidents == IncidentsFile() else set())
    meaning = msgspec.json.encode(file.model_dump(mode="json", exclude=silent), order="sorted")
    return sha256(meaning).hexdigest()[:12]


def _roles(table: Table) -> Roles:
    roles = table.file.roles
    channels = []
    for name, channel in roles.friction.items():
        ratio, weight = _HELP if channel.kind is FrictionKind.HELP else _TROUBLE
        channels.append(
            Channel(
                name=name,
                kind=channel.kind,
                series=table.add([f"{ROLE}friction/{name}"], ("roles", "friction", name, "events")),
                ratio=ratio if channel.ratio is None else channel.ratio,
                weight=weight if channel.weight is None else channel.weight,
                usual_rate=channel.usual_rate,
                labels=label(channel.label, name),
            )
        )
    plain = {
        "attempt": roles.attempt,
        "contact": roles.contact.events,
        "answered": roles.answered,
        "resolved": roles.resolved,
        "feedback": roles.feedback,
        "renewed": roles.renewed,
        "ended": roles.ended,
        **{f"friction/{name}": channel.events for name, channel in roles.friction.items()},
    }
    for role, events in plain.items():
        if any(event.startswith(ROLE) for event in events):
            table.fault(("roles", *role.split("/")), "a role is made of events, not of roles")
    check_told_back(table)
    contact = roles.contact
    if contact.source == "connected" and not contact.events:
        table.fault(("roles", "contact"), "a connected source needs `events`")
    declared = {"auto": None, "connected": True, "none": False}[contact.source]
    return Roles(
        attempt=table.add([ROLE + "attempt"], ("roles", "attempt")),
        channels=tuple(channels),
        contact=table.add([ROLE + "contact"] if contact.events else [], ("roles", "contact", "events")),
        answered=table.add(roles.answered, ("roles", "answered")),
        resolved=table.add(roles.resolved, ("roles", "resolved")),
        feedback=table.add(roles.feedback, ("roles", "feedback")),
        renewed=table.add(roles.renewed, ("roles", "renewed")),
        ended=table.add(roles.ended, ("roles", "ended")),
        contact_source=declared,
    )


def _dimensions(table: Table) -> tuple[Dimension, ...]:
    order = {name: index for index, name in enumerate(table.file.metrics)}
    found = []
    for name, dimension in table.file.dimensions.items():
        for metric in dimension.metrics:
            path = ("dimensions", name, "metrics", metric)
            if metric not in order:
                table.fault(path, "no such metric" + did_you_mean(metric, order))
            elif table.file.metrics[metric].ramp is None:
                table.fault(path, "this metric has no `ramp`, so it cannot be weighed")
        found.append(
            Dimension(
                name=name,
                labels=label(dimension.label, name),
                weight=dimension.weight,
                metrics=tuple(order.get(metric, -1) for metric in dimension.metrics),
                weights=tuple(dimension.metrics.values()),
            )
        )
    return tuple(found)


def _bands(table: Table) -> Bands:
    written = table.file.bands
    healthy, critical = written.healthy, written.critical
    if not critical.below <= critical.until <= healthy.until <= healthy.from_:
        table.fault(("bands",), "critical.below <= critical.until <= healthy.until <= healthy.from does not hold")
    return Bands(healthy.from_, healthy.until, critical.below, critical.until, written.coverage_min)


def _signals(table: Table) -> tuple[SignalRule, ...]:
    rules = []
    for kind, (opens, closes, severity) in _SIGNALS.items():
        written = table.file.signals.get(kind)
        rule = SignalRule(kind, True, opens, closes, severity)
        if written is not None:
            rule = SignalRule(
                kind=kind,
                enabled=written.enabled,
                open=opens if written.open is None else written.open,
                close=closes if written.close is None else written.close,
                severity=written.severity or severity,
            )
        if rule.close >= rule.open:
            table.fault(("signals", kind.value), f"closes at {rule.close}, not below {rule.open} where it opens")
        rules.append(rule)
    return tuple(sorted(rules, key=lambda rule: list(SignalKind).index(rule.kind)))


def _touch(file: ModelFile) -> tuple[TouchRule, ...]:
    return tuple(
        TouchRule(currency, round(at_least * MICRO), touch)
        for currency, rules in file.touch.by_acv.items()
        for touch, at_least in rules.items()
    )
