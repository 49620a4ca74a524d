"""Acts as rows: each once; whatever stands in Slack about the same signal is then due to say so."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.acts import VERDICTS, Act, Deed, Source
from banso_alerts.domain.outreach import ChannelName, OutreachState
from banso_alerts.outcomes import outcome_of
from banso_alerts.store.rows import storable
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db import outbox

o = t.outreach.c
NEVER_SHOWN = (OutreachState.HELD, OutreachState.EXPIRED, OutreachState.PARKED)


async def done_before(tx: AsyncConnection, act: Act) -> bool:
    """Whether this very act is stored already."""
    found = select(t.act.c.key).where(t.act.c.key == storable(act.key))
    return await tx.scalar(found) is not None


async def record(tx: AsyncConnection, row: Row[Any], act: Act) -> None:
    """Keep an act on the outreach in `row` (which the caller holds), and let the messages in Slack say it."""
    await tx.execute(
        _insert(tx, t.act)
        .values(
            key=storable(act.key),
            outreach_id=act.outreach_id,
            signal_key=row.signal_key,
            what=act.what.value,
            who=storable(act.who),
            at=act.at,
            until=act.until,
            source=act.source.value,
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
    about = select(o.id).where(
        o.signal_key == row.signal_key, o.channel == ChannelName.SLACK.value, o.state.not_in(NEVER_SHOWN)
    )
    for outreach_id in list(await tx.scalars(about.order_by(o.id))):
        await let_show(tx, outreach_id, act.at)


async def let_show(tx: AsyncConnection, outreach_id: str, at: int) -> None:
    """Let a message that stands in Slack be written anew from `at` on."""
    first = {"wanted": 1, "shown": 0, "attempts": 0, "next_at": at}
    more = {"wanted": t.revision.c.wanted + 1, "attempts": 0, "next_at": at}
    await tx.execute(
        _insert(tx, t.revision)
        .values(outreach_id=outreach_id, **first)
        .on_conflict_do_update(index_elements=["outreach_id"], set_=more)
    )


async def of_signal(tx: AsyncConnection, signal_key: str) -> list[Act]:
    """What was done with any outreach of a signal, the oldest first."""
    a = t.act.c
    rows = await tx.execute(select(t.act).where(a.signal_key == signal_key).order_by(a.at, a.key))
    return [Act(r.outreach_id, Deed(r.what), r.who, r.at, Source(r.source), r.until) for r in rows]


async def judge(tx: AsyncConnection, row: Row[Any], act: Act) -> Row[Any]:
    """Keep somebody's verdict on the outreach in `row` (which the caller holds): their newest word counts.

    Of two at one instant it is the same one whichever came first, and the one that `standing` shows.
    The same word again, and one that is older than what is known, change nothing. Gives what is stored then.
    """
    if act.what not in VERDICTS:
        raise ValueError(f"{act.what} is no verdict")
    v = t.verdict.c
    mine = select(t.verdict).where(v.outreach_id == act.outreach_id, v.who == storable(act.who))
    known = (await tx.execute(mine)).one_or_none()
    if known is not None and ((known.at, known.verdict) >= (act.at, act.what.value) or known.verdict == act.what):
        return known
    said = {"verdict": act.what.value, "at": act.at, "source": act.source.value}
    await tx.execute(
        _insert(tx, t.verdict)
        .values(outreach_id=act.outreach_id, who=storable(act.who), signal_key=row.signal_key, play=row.play, **said)
        .on_conflict_do_update(index_elements=["outreach_id", "who"], set_=said)
    )
    await record(tx, row, act)
    outcome = outcome_of(dict(row._mapping), OutcomeKind.VERDICT, act.at, act.what.value, turn=f"{act.at}/{act.who}")
    await outbox.put(tx, t.outbox, [outcome])
    return (await tx.execute(mine)).one()


def _insert(tx: AsyncConnection, table: Any) -> Any:
    """An insert that can say what to do about a row that is there already, in the words of the store at hand."""
    return (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(table)
