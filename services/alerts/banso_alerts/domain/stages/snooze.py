"""Snooze: whoever had an outreach about this account and kind of signal asked to be left until later."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def snooze(candidate: Candidate, context: Context) -> Held | None:
    """Held until the snooze ends."""
    until = context.past.snoozed_until
    return Held(Reason.SNOOZED, until) if until is not None and context.now < until else None
