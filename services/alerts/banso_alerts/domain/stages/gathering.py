"""Gathering: what comes together is told together, so it waits for company, and after a message for the next one.

A customer's contact is never told of others, and waits for nobody.
"""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def gathering(candidate: Candidate, context: Context) -> Held | None:
    """Held until the first of the company has waited long enough, and until the interval after the last message."""
    if candidate.play.for_customer:
        return None
    storm, past, now = context.rules.storm, context.past, context.now
    company_at = now if candidate.waited else (past.group_due_at or now + storm.wait_ms)
    next_at = 0 if past.group_told_at is None else past.group_told_at + storm.interval_ms
    until = max(company_at, next_at)
    return Held(Reason.GATHERING, until) if until > now else None
