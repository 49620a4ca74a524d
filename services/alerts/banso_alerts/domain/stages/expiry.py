"""Expiry: what has become old news is not told any more."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def expiry(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever once the play's expiry has passed since the signal was said."""
    return Held(Reason.EXPIRED) if context.now >= candidate.expires_at else None
