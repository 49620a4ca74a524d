"""outreach-outcomes: what became of each outreach, sent or held back, for your warehouse. Keyed by the account."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from banso_common.contracts.account_signal import SignalKind

VERSION = 1


class OutcomeKind(StrEnum):
    """What can become of an outreach, a closed set."""

    HELD = "held"
    SENT = "sent"
    PARKED = "parked"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    EXPIRED = "expired"
    VERDICT = "verdict"


class OutreachOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change of one outreach. `reason` is the name of the stage that held it back, or of the fault,
    or the verdict: real, not-real or knew-it."""

    v: int
    key: str
    outreach: str
    signal: str
    signal_kind: SignalKind
    account: str
    play: str
    channel: str
    outcome: OutcomeKind
    at: int
    reason: str | None = None


outcome_decoder = msgspec.json.Decoder(OutreachOutcome)
