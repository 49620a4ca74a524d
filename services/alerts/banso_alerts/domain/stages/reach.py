"""Reach: a recipient without an address cannot be told. It stands before the holdout, so that both of its
arms hold only accounts that could have been told."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def reach(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever when nobody is there to hear it."""
    del context
    return Held(Reason.NO_RECIPIENT) if candidate.recipient.address is None else None
