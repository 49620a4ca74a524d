"""Reads what the plays are measured by: every exposure with what was said of its account afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.proof.arms import Arm
from banso_alerts.domain.proof.exposed import Measured
from banso_alerts.domain.proof.outcomes import DAYS_MAX, Exposed, Later
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import SignalKind, SignalState, signal_decoder
from banso_common.contracts.codec import decode

ACCOUNTS_MAX = 500
EXPOSURES_MAX = 200_000
"""Those of before are left out, the oldest first."""
x, s = t.exposure.c, t.signal.c
SAYING = (SignalKind.CONTACT_MADE, SignalKind.CONTRACT_ENDED, SignalKind.CONTRACT_RENEWED)


async def exposures(tx: AsyncConnection) -> list[Measured]:
    """Every exposure in the order of time; those of one moment in the order of their accounts."""
    newest = select(t.exposure).order_by(x.said_at.desc(), x.account.desc(), x.signal_key.desc()).limit(EXPOSURES_MAX)
    rows = list(reversed((await tx.execute(newest)).all()))
    later = await _later(tx, {row.account for row in rows}, rows)
    return [_measured(row, later.get(row.account, ())) for row in rows]


async def _later(tx: AsyncConnection, accounts: Iterable[str], rows: Sequence[Row[Any]]) -> dict[str, list[Later]]:
    found: defaultdict[str, list[Later]] = defaultdict(list)
    since = min((row.said_at for row in rows), default=0)
    until = max((row.said_at for row in rows), default=0) + DAYS_MAX * DAY_MS
    names = sorted(accounts)
    telling = s.kind.in_(SAYING) | (s.state == SignalState.CLOSED.value)
    for start in range(0, len(names), ACCOUNTS_MAX):
        some = s.account.in_(names[start : start + ACCOUNTS_MAX])
        chosen = select(t.signal).where(some, telling, s.said_at.between(since, until))
        for row in await tx.execute(chosen):
            found[row.account].append(_told(row))
    return found


def _told(row: Row[Any]) -> Later:
    kind = SignalKind(row.kind)
    renewed = kind is SignalKind.CONTRACT_RENEWED
    acv = decode(signal_decoder, bytes(row.value)).acv if renewed else None
    return Later(kind, SignalState(row.state), row.episode, row.said_at, acv)


def _measured(row: Row[Any], later: Sequence[Later]) -> Measured:
    return Measured(
        play=row.play,
        account=row.account,
        told=row.arm == Arm.TOLD,
        share=row.share,
        stratum=row.stratum,
        dimensions=(row.touch, row.phase, row.cell),
        variant=row.variant,
        currency=row.currency or "",
        exposed=Exposed(SignalKind(row.kind), row.episode, row.said_at, row.acv),
        later=later,
    )
