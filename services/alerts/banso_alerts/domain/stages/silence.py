"""Silence: people said that they do not want to hear of this now."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def silence(candidate: Candidate, context: Context) -> Held | None:
    """Held until the last silence that speaks of the candidate has ended."""
    ends = [each.expires_at for each in context.silences if each.holds(candidate, context.now)]
    return Held(Reason.SILENCED, max(ends)) if ends else None
