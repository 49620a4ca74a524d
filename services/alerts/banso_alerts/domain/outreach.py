"""An outreach: one signal told by one play to one recipient through one channel; its states and its reasons.

Its id is derived from exactly those four, so that a signal heard twice plans nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from banso_alerts.domain.plays import Audience, Play
from banso_common.contracts.account_signal import AccountSignal


class ChannelName(StrEnum):
    """What carries a message."""

    SLACK = "slack"
    SLACK_WEBHOOK = "slack-webhook"
    EMAIL = "email"
    WEBHOOK = "webhook"
    CONSOLE = "console"


class OutreachState(StrEnum):
    """Where an outreach stands. See `delivery` for the moves between them.

    `waiting` is held by a stage until `next_at` and decided again then; `retry` is tried again at `next_at`;
    `in-doubt` may or may not have arrived; `grouped` is told within another message and ends as that does. `sent`,
    `held`, `expired` and `parked` are final.
    """

    WAITING = "waiting"
    PLANNED = "planned"
    SENDING = "sending"
    RETRY = "retry"
    IN_DOUBT = "in-doubt"
    SENT = "sent"
    HELD = "held"
    EXPIRED = "expired"
    PARKED = "parked"
    GROUPED = "grouped"


UNSENT = (OutreachState.WAITING, OutreachState.PLANNED, OutreachState.RETRY)
UNDERWAY = (OutreachState.PLANNED, OutreachState.SENDING, OutreachState.RETRY, OutreachState.IN_DOUBT)
TOLD = (*UNDERWAY, OutreachState.SENT, OutreachState.GROUPED)


class Reason(StrEnum):
    """Why an outreach was not sent, or not yet, a closed set; each is given by one place only."""

    EXPIRED = "expired"
    NO_RECIPIENT = "no-recipient"
    NO_WAY_OUT = "no-way-out"
    SUPPRESSED = "suppressed"
    REPLAYED = "replayed"
    PART_OF_INCIDENT = "part-of-incident"
    SHADOW = "shadow"
    DEMOTED = "demoted"
    HOLDOUT = "holdout"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    SNOOZED = "snoozed"
    COOLDOWN = "cooldown"
    QUIET_HOURS = "quiet-hours"
    GATHERING = "gathering"
    ONE_VOICE = "one-voice"
    CAP = "cap"
    BUDGET = "budget"
    DIGEST = "digest"
    CLOSED = "closed"
    NO_PLAY = "no-play"
    ACKNOWLEDGED = "acknowledged"
    CHANNEL_BUSY = "channel-busy"
    UNCONFIRMED = "unconfirmed"
    REJECTED = "rejected"
    ATTEMPTS_EXHAUSTED = "attempts-exhausted"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who hears it. `key` is one person (or team) over all channels; `address` None is out of reach.

    `locale` is `ja` or `en`; `time_zone` an IANA name, the one of the recipient's working day; `country` (ISO 3166)
    the one whose holidays they keep, "" when nobody said.
    """

    audience: Audience
    key: str
    name: str | None
    address: str | None
    locale: str
    time_zone: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A signal × play × recipient × channel, before the stages have spoken.

    `variant` is the play's wording; `waited`: it was held before and its wait is over; `turn`: how often the episode
    was told before.
    """

    id: str
    signal: AccountSignal
    play: Play
    recipient: Recipient
    channel: ChannelName
    expires_at: int
    variant: str = ""
    waited: bool = False
    turn: int = 0


def outreach_id(signal_key: str, play: str, audience: Audience, channel: ChannelName, turn: int = 0) -> str:
    """The id of an outreach; a reminder is one of its own. `turn` counts what was told of the episode before."""
    again = (str(turn),) if turn else ()
    return digest_of(signal_key, play, audience.value, channel.value, *again)


def digest_of(*parts: str) -> str:
    """32 hex digits: BLAKE2b over the parts and their lengths."""
    digest = blake2b(digest_size=16)
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big"))
        digest.update(raw)
    return digest.hexdigest()
