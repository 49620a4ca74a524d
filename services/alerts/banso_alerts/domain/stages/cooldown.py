"""Cooldown: the same play does not speak of the same account again so soon."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def cooldown(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever when the play told of the account less than its cooldown ago, or of an earlier turn of the same
    episode: they know already."""
    if context.past.is_told:
        return Held(Reason.COOLDOWN)
    told_at = context.past.told_at
    if told_at is None or context.now >= told_at + candidate.play.cooldown_ms:
        return None
    return Held(Reason.COOLDOWN)
