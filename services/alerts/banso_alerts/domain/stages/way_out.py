"""Way out: a customer gets no mail that they could not end with one click. Like reach it stands before the holdout,
whose arms hold only accounts that could have been told."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, ChannelName, Reason
from banso_alerts.domain.stages.stage import Context, Held


def way_out(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever while mails carry no link to unsubscribe."""
    to_customer = candidate.play.for_customer and candidate.channel is ChannelName.EMAIL
    return Held(Reason.NO_WAY_OUT) if to_customer and not context.rules.way_out else None
