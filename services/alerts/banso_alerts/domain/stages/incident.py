"""Incident: the product side has been told of it as one; the accounts that it hit are not told of one by one."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def incident(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever when the account's trouble is mostly that of an incident that is open."""
    del context
    return Held(Reason.PART_OF_INCIDENT) if candidate.signal.part_of is not None else None
