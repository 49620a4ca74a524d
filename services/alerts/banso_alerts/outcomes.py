"""What is said on outreach-outcomes: one change of one outreach, under a key that a replay says again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import OutreachState
from banso_common.contracts.account_signal import SignalKind
from banso_common.contracts.codec import encode
from banso_common.contracts.outreach_outcome import VERSION, OutcomeKind, OutreachOutcome
from banso_common.contracts.topics import Topic
from banso_common.db import outbox
from banso_common.db.outbox import Message

OUTCOMES = {
    OutreachState.HELD: OutcomeKind.HELD,
    OutreachState.EXPIRED: OutcomeKind.EXPIRED,
    OutreachState.PARKED: OutcomeKind.PARKED,
    OutreachState.SENT: OutcomeKind.SENT,
}


def outcome_of(
    row: Mapping[str, Any], outcome: OutcomeKind, at: int, reason: str | None = None, turn: int | str | None = None
) -> Message:
    """The outcome of the outreach in `row`, a row of its table. `turn` tells apart what can happen more than once."""
    key = "/".join((row["id"], outcome, *([] if turn is None else [str(turn)])))
    said = OutreachOutcome(
        v=VERSION,
        key=key,
        outreach=row["id"],
        signal=row["signal_key"],
        signal_kind=SignalKind(row["kind"]),
        account=row["account"],
        play=row["play"],
        channel=row["channel"],
        outcome=outcome,
        at=at,
        reason=reason,
    )
    return Message(key, row["lane"], Topic.OUTREACH_OUTCOMES, row["account"], encode(said))


async def say(tx: AsyncConnection, rows: Sequence[Mapping[str, Any]], now: int) -> None:
    """Put into the outbox what became of those outreaches that are at their end."""
    said = [
        outcome_of(row, OUTCOMES[state], now, row["reason"])
        for row in rows
        if (state := OutreachState(row["state"])) in OUTCOMES
    ]
    await outbox.put(tx, t.outbox, said)
