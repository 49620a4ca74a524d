"""Holdout: a share of accounts, drawn evenly in every stratum, is left alone, so that what outreach does is measured.

The same account always, whatever the signal. Where everything is at stake (severity critical) nobody is held out, nor
where there is nothing left to change (`BEYOND`), an episode is over, or the matter is support's; nor what is no
account: an incident, a feed.
"""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.domain.stages.stage import Context, Held
from banso_common.contracts.account_signal import SUBJECT_PREFIX, Severity, SignalKind, SignalState

BEYOND = frozenset({SignalKind.CONTACT_MADE, SignalKind.CONTRACT_RENEWED, SignalKind.CONTRACT_ENDED})
"""Signals that are themselves what outreach is measured by."""


def in_experiment(candidate: Candidate) -> bool:
    """Whether it is by lot that this candidate is told."""
    signal = candidate.signal
    return (
        signal.severity is not Severity.CRITICAL
        and signal.state is SignalState.OPENED
        and signal.kind not in BEYOND
        and candidate.recipient.audience is not Audience.SUPPORT
        and not signal.account.startswith(SUBJECT_PREFIX)
    )


def holdout(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever when the account is in the control group."""
    held = candidate.signal.account in context.rules.left_alone and in_experiment(candidate)
    return Held(Reason.HOLDOUT) if held else None
