"""Cap: a person is spoken to only so often on one day, or they stop listening."""

from __future__ import annotations

from banso_alerts.domain.hours import next_day_at
from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.domain.stages.stage import Context, Held


def cap(candidate: Candidate, context: Context) -> Held | None:
    """Held until the recipient's next day once their day is full. A team's channel has no cap."""
    limit = context.rules.cap_per_day
    if candidate.recipient.audience is Audience.TEAM or limit <= 0 or context.past.told_today < limit:
        return None
    return Held(Reason.CAP, next_day_at(context.now, context.zone))
