"""Shadow: a rule that is new or was changed is decided and judged for a while before anybody hears it."""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held


def shadow(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever while the rule is in its shadow."""
    rule = candidate.play.name, candidate.signal.kind
    return Held(Reason.SHADOW) if rule in context.rules.book.in_shadow else None
