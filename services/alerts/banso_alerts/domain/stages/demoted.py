"""Demoted: a rule that is surely too often wrong interrupts nobody; what it finds goes to the digest."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def demoted(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever while the rule is demoted."""
    rule = candidate.play.name, candidate.signal.kind
    return Held(Reason.DEMOTED, digest=True) if rule in context.rules.book.demoted else None
