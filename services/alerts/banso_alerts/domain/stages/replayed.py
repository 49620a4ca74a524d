"""Replayed: the past that a replay tells again is told to nobody outside; the console alone may show it. Like reach
it stands before the holdout, whose arms hold only accounts that could have been told."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, ChannelName, Reason
from banso_alerts.domain.stages.stage import Context, Held


def replayed(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever when time is a replay's and the channel leads outside."""
    outside = candidate.channel is not ChannelName.CONSOLE
    return Held(Reason.REPLAYED) if context.rules.replayed and outside else None
