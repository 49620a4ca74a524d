"""Turns of an episode: its opening is said again when an incident comes to explain it, or does so no more.

The newest turn counts, in whatever order they are heard. What older ones had to tell and nobody was told yet is taken
back as part of the incident: what waits, what is to be tried again, and what a digest holds that is not written yet.
What went out, or is going out, stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import UNSENT, OutreachState, Reason
from banso_alerts.domain.plays import DIGEST
from banso_alerts.domain.stages import INCIDENT
from banso_alerts.store.plans import Episode, ended_values
from banso_alerts.store.rows import storable
from banso_common.contracts.account_signal import AccountSignal, SignalKind, SignalState, signal_decoder
from banso_common.contracts.codec import decode

ACCOUNTS_MAX = 500  # in one IN (…)
o, s = t.outreach.c, t.signal.c


async def newest(tx: AsyncConnection, signals: Iterable[AccountSignal]) -> dict[Episode, AccountSignal]:
    """Of the episodes whose opening is among these signals, the newest turn, if it is not the first."""
    openings = (one for one in signals if one.state is SignalState.OPENED)
    asked = {(one.account, one.kind, one.episode) for one in openings if one.kind is not SignalKind.SILENT_INCIDENT}
    accounts = sorted({account for account, _, _ in asked})
    found: dict[Episode, AccountSignal] = {}
    for start in range(0, len(accounts), ACCOUNTS_MAX):
        names = [storable(account) for account in accounts[start : start + ACCOUNTS_MAX]]
        said = select(s.value).where(
            s.account.in_(names), s.state == SignalState.OPENED.value, s.key.like("%/opened/%")
        )
        for raw in await tx.scalars(said):
            signal = decode(signal_decoder, bytes(raw))
            episode = signal.account, signal.kind, signal.episode
            if signal.turn and episode in asked and (episode not in found or found[episode].turn < signal.turn):
                found[episode] = signal
    return found


async def take_back(tx: AsyncConnection, turns: Iterable[AccountSignal], now: int) -> list[Row[Any]]:
    """Hold what turns older than these had to tell and nobody was told yet, and remind of none of it; gives the rows
    that were not at their end before."""
    taken: list[Row[Any]] = []
    for turn in turns:
        older = and_(_of(turn), o.signal_key != storable(turn.key))
        await tx.execute(update(t.outreach).where(older).values(remind_at=None))
        held = {**ended_values(OutreachState.HELD, Reason.PART_OF_INCIDENT, now), "stage": INCIDENT, "told_in": None}
        waits = update(t.outreach).where(older, o.state.in_(UNSENT)).values(**held).returning(*o)
        taken += await tx.execute(waits)
        unwritten = select(o.id).where(o.play == DIGEST, o.state == OutreachState.WAITING.value)
        left = and_(o.state == OutreachState.HELD.value, o.told_in.in_(unwritten))
        await tx.execute(update(t.outreach).where(older, left).values(**held))
    return taken


def _of(turn: AccountSignal) -> Any:
    return and_(o.account == storable(turn.account), o.kind == turn.kind.value, o.episode == turn.episode)
