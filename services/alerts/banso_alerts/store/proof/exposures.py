"""Exposures as rows: every signal that a play could have told of an account of either arm, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import Candidate
from banso_alerts.store.proof.arms import Assigned
from banso_alerts.store.rows import storable
from banso_common.contracts.account_signal import signal_key
from banso_common.db.rows import upsert


async def keep(tx: AsyncConnection, candidates: Sequence[Candidate], arms: Mapping[str, Assigned]) -> None:
    """Keep the exposures of these candidates; several of one play and signal are one."""
    rows = [_row(each, arms[each.signal.account]) for each in candidates if each.signal.account in arms]
    if rows:
        await upsert(tx, t.exposure, {name: [row[name] for row in rows] for name in rows[0]}, replace=False)


def _row(candidate: Candidate, mine: Assigned) -> dict[str, Any]:
    signal = candidate.signal
    return {
        "play": candidate.play.name,
        "signal_key": storable(signal_key(signal.account, signal.kind, signal.episode, signal.state)),  # of any turn
        "account": storable(signal.account),
        "kind": signal.kind.value,
        "episode": signal.episode,
        "said_at": signal.said_at,
        "arm": mine.arm.value,
        "share": mine.share,
        "stratum": mine.stratum,
        "touch": signal.touch.value,
        "phase": storable(signal.phase),
        "cell": storable(signal.cell),
        "acv": signal.acv,
        "currency": storable(signal.currency),
        "variant": candidate.variant,
    }
