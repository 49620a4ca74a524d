"""Holdout: a fixed share of accounts is left alone, so that what outreach does can be measured.

An account is held out when h(salt, account) / 2⁶³ < share: the same account always, whatever the signal.
Where everything is at stake (severity critical) nobody is held out; nor is what is no account: an incident, a feed.
"""

from __future__ import annotations

from banso_alerts.domain.outreach import Candidate, Reason
from banso_alerts.domain.stages.stage import Context, Held
from banso_common.contracts.account_signal import SUBJECT_PREFIX, Severity
from banso_common.contracts.codec import identity_of

IDENTITIES = 2**63


def holdout(candidate: Candidate, context: Context) -> Held | None:
    """Held for ever when the account is in the control group."""
    if candidate.signal.severity is Severity.CRITICAL or candidate.signal.account.startswith(SUBJECT_PREFIX):
        return None
    place = identity_of("holdout", context.rules.holdout_salt, candidate.signal.account) / IDENTITIES
    return Held(Reason.HOLDOUT) if place < context.rules.holdout_share else None
