"""Inhibition: where something worse is known of the same account, the lesser is not told beside it."""

from __future__ import annotations

from collections.abc import Mapping

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import SignalKind

INHIBITS: Mapping[SignalKind, frozenset[SignalKind]] = {
    SignalKind.SILENT_STRUGGLING: frozenset({SignalKind.HEALTH_CRITICAL, SignalKind.STALLED}),
}
"""While an episode of the one is open, the others are not told."""
ASK_AGAIN_MS = DAY_MS


def inhibition(candidate: Candidate, context: Context) -> Held | None:
    """Held while the worse is open: asked again every day, and when the worse is over."""
    worse = (kind for kind in context.past.open_kinds if candidate.signal.kind in INHIBITS.get(kind, ()))
    return Held(Reason.INHIBITED, context.now + ASK_AGAIN_MS) if any(worse) else None
