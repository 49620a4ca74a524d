"""Suppressed: who has unsubscribed, whose mail came back, or what has gone away is not written to. Like reach it
stands before the holdout, whose arms hold only accounts that could have been told."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held
from banso_alerts.domain.suppression import SUPPRESSIBLE, listed_as


def suppressed(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever when the address is on the list."""
    address = candidate.recipient.address
    if address is None or candidate.channel not in SUPPRESSIBLE:
        return None
    return Held(Reason.SUPPRESSED) if listed_as(address) in context.rules.suppressed else None
