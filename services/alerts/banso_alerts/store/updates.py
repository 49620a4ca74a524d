"""Updates of what is told of an incident: when more was joined to it, its message says so in place of a second one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import UNSENT, Candidate, ChannelName, OutreachState
from banso_alerts.domain.planning import Policy
from banso_alerts.render.message import Message
from banso_alerts.store.acts import NEVER_SHOWN, let_show
from banso_alerts.store.rows import candidate_of, storable
from banso_common.contracts.account_signal import AccountSignal, SignalKind, SignalState, signal_decoder
from banso_common.contracts.codec import decode, encode

o, s = t.outreach.c, t.signal.c


def newest_of_incidents(signals: Sequence[AccountSignal]) -> list[AccountSignal]:
    """The signals without those that open an incident of which a newer turn is among them."""
    openings = [one for one in signals if one.kind is SignalKind.SILENT_INCIDENT and one.state is SignalState.OPENED]
    newest = {(one.account, one.episode): one.turn for one in sorted(openings, key=lambda one: one.turn)}
    return [one for one in signals if one not in openings or one.turn == newest[one.account, one.episode]]


async def update_told(
    tx: AsyncConnection, said: AccountSignal, policy: Policy, write: Callable[[Candidate], Message], now: int
) -> bool:
    """Let what is told of the opening of an incident say what its newest turn says; `said` is one of its turns, and is
    stored. Gives whether anything is told of it, in whatever turn; if not, `said` itself is to be told.

    What waits goes out in the new words, what stands in Slack is rewritten; a mail that was sent stays as it is.
    """
    same = (s.account == storable(said.account), s.kind == said.kind.value, s.episode == said.episode)
    keys = await tx.execute(select(s.key, s.value).where(*same, s.state == said.state.value))
    turns = {row.key: decode(signal_decoder, bytes(row.value)) for row in keys}
    newest = max(turns.values(), key=lambda one: one.turn, default=said)
    about = select(t.outreach, s.value.label("signal_value")).join(t.signal, s.key == o.signal_key)
    rows = list(await tx.execute(about.where(o.signal_key.in_(list(turns))).order_by(o.id)))
    for row in rows:
        told = candidate_of(row, policy)
        if newest.turn and told is not None and row.state not in NEVER_SHOWN:
            words = encode(write(replace(told, signal=newest)))
            if words != bytes(row.message):
                await tx.execute(update(t.outreach).where(o.id == row.id).values(message=words))
                if row.channel == ChannelName.SLACK.value and OutreachState(row.state) not in UNSENT:
                    await let_show(tx, row.id, now)
    return bool(rows)
