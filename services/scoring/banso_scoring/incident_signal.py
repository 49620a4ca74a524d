"""What is said of an incident of the product: its signature, the accounts that it hit, and who of them wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import (
    ACCOUNTS_TOLD_MAX,
    VERSION,
    AccountSignal,
    AffectedAccount,
    AlsoMet,
    Band,
    Incident,
    Severity,
    SignalKind,
    SignalState,
    TouchModel,
    signal_key,
)
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import Topic
from banso_common.db.outbox import Message
from banso_common.telemetry import metrics
from banso_scoring import incident_store, plays_store
from banso_scoring.domain.incident.signature_days import OPEN_DAYS_MAX
from banso_scoring.incident_join import Whole
from banso_scoring.incident_store import Kept

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Source:
    """Who says it: under which model, whether contacts are known at all, by which lane, and when."""

    model_version: str
    contact_known: bool
    lane: int
    now: int


async def message(tx: AsyncConnection, whole: Whole, state: SignalState, source: Source, turn: int = 0) -> Message:
    """The message that an incident opened, or that it is over, with whom it hit; in a later turn more was joined to
    it since."""
    kept = whole.kept
    rows = await incident_store.accounts(tx, kept, ACCOUNTS_TOLD_MAX)
    total, silent = await incident_store.totals(tx, kept)
    key = signal_key(kept.subject, SignalKind.SILENT_INCIDENT, kept.episode, state, turn)
    signal = AccountSignal(
        v=VERSION,
        key=key,
        kind=SignalKind.SILENT_INCIDENT,
        state=state,
        severity=Severity.WARNING,
        account=kept.subject,
        episode=kept.episode,
        said_at=source.now,
        opened_at=kept.first_day * DAY_MS,
        account_name=title(kept),
        touch=TouchModel.LOW,
        phase="",
        band=Band.UNKNOWN,
        coverage=0.0,
        model_version=source.model_version,
        plays_version=await plays_store.in_force_version(tx),
        detail={"contact_known": int(source.contact_known), **_ended(kept)},
        incident=Incident(
            event=kept.named.event,
            feature=kept.named.feature or None,
            version=kept.named.version or None,
            first_at=kept.first_day * DAY_MS,
            accounts=[_affected(row) for row in rows],
            accounts_total=total,
            silent_total=silent,
            expected=round(kept.expected, DIGITS),
            also=[
                AlsoMet(event=one.named.event, feature=one.named.feature or None, version=one.named.version or None)
                for one in whole.parts
            ],
        ),
        turn=turn,
    )
    metrics.signals_said.labels(signal.kind, state).inc()
    return Message(key, source.lane, Topic.ACCOUNT_SIGNALS, kept.subject, encode(signal))


def title(kept: Kept) -> str:
    """An incident in one line."""
    return " · ".join(part for part in (kept.named.event, kept.named.feature, kept.named.version) if part)


def _ended(kept: Kept) -> dict[str, str | int | float | None]:
    """How long it lasted; one that lasts too long has become what is usual and is not mended."""
    if kept.closed_day is None:
        return {}
    days = kept.closed_day - kept.first_day
    return {"days": days, "lasting": int(days >= OPEN_DAYS_MAX)}


def _affected(row: Row[Any]) -> AffectedAccount:
    return AffectedAccount(
        account=row.account,
        name=row.name,
        seen=row.seen,
        contacted=row.contacted,
        acv=row.acv,
        currency=row.currency or None,
        owner_email=row.owner if "@" in row.owner else None,
    )
