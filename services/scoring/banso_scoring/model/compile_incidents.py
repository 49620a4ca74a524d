"""The section `incidents` as the domain reads it: its exceptions are channels of friction that the model has."""

from __future__ import annotations

from banso_common.findings import did_you_mean
from banso_scoring.domain.incident.rules import IncidentRules, Properties
from banso_scoring.model.table import Table


def compile_incidents(table: Table) -> IncidentRules:
    """The rules; an exception that is no channel is noted in `table`."""
    written, channels = table.file.incidents, table.file.roles.friction
    for name in written.except_:
        if name not in channels:
            reason = f'no channel of friction is called "{name}"' + did_you_mean(name, channels)
            table.fault(("incidents", "except"), reason)
    return IncidentRules(
        enabled=written.enabled,
        properties=Properties(tuple(written.feature), tuple(written.version)),
        accounts_min=written.accounts_min,
        share_min=written.share_min,
        exempt=frozenset(written.except_),
    )
