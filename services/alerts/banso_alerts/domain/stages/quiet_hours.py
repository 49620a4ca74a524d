"""Quiet hours: nobody is spoken to outside their open hours, at weekends, on holidays or company days off."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def quiet_hours(candidate: Candidate, context: Context) -> Held | None:
    """Held until the recipient's next open minute; for ever when there is none within a year."""
    hours = context.rules.hours.of(candidate.recipient.country)
    if not candidate.play.quiet_hours or hours.is_open(context.now, context.zone):
        return None
    return Held(Reason.QUIET_HOURS, hours.next_open_at(context.now, context.zone))
