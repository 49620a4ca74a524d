"""Erasing what is stored of an account: its signals, what was told of it, to whom, and what people did with that.

Messages that tell of several accounts (groups, digests, incidents) stay with their state and lose their words once they
are told. The suppression list stays: it keeps the promise not to write to somebody again.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy import ColumnElement, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import TOLD, UNSENT, OutreachState
from banso_alerts.domain.plays import Audience
from banso_alerts.render.message import message_decoder
from banso_common.contracts.account_signal import SUBJECT_PREFIX, signal_decoder
from banso_common.contracts.codec import decode, encode

o, s = t.outreach.c, t.signal.c
UNDERWAY = {state.value for state in (*UNSENT, *TOLD)} - {OutreachState.SENT.value}
BY_SIGNAL = (t.act, t.verdict, t.judgement)
BY_OUTREACH = (t.revision,)


async def erase_account(tx: AsyncConnection, account: str) -> tuple[dict[str, int], int]:
    """Erase all of `account`; gives how many rows of which table, and how many messages still under way tell of it."""
    signals = select(s.key).where(s.account == account)
    mine = (
        await tx.execute(select(o.id, o.account_name, o.audience, o.recipient_key).where(o.account == account))
    ).all()
    needles = [encode(name)[1:-1] for name in {account, *(row.account_name for row in mine)} if name]
    waits = await _wipe_messages(tx, needles)
    await _wipe_incidents(tx, account)
    erased: dict[str, int] = {}
    for table in BY_SIGNAL:
        await _delete(tx, erased, table, table.c.signal_key.in_(signals))
    ours = select(o.id).where(o.account == account)
    for table in BY_OUTREACH:
        await _delete(tx, erased, table, table.c.outreach_id.in_(ours))
    for table in t.metadata.sorted_tables:
        if "account" in table.c:
            await _delete(tx, erased, table, table.c.account == account)
    for key in sorted({row.recipient_key for row in mine if row.audience == Audience.CONTACT.value}):
        if not await tx.scalar(select(o.id).where(o.recipient_key == key).limit(1)):
            await _delete(tx, erased, t.recipient, t.recipient.c.key == key)
    return erased, waits


async def _wipe_messages(tx: AsyncConnection, needles: Sequence[bytes]) -> int:
    """Take the words out of what was told of several accounts with this one among them; gives how many wait."""
    waits = 0
    rows = await tx.execute(select(o.id, o.state, o.message).where(o.account.startswith(SUBJECT_PREFIX)))
    for row in rows.all():
        raw = bytes(row.message)
        if not any(needle in raw for needle in needles):
            continue
        if row.state in UNDERWAY:
            waits += 1
            continue
        message = structs.replace(decode(message_decoder, raw), title="", sections=[], link=None)
        await tx.execute(update(t.outreach).where(o.id == row.id).values(message=encode(message)))
    return waits


async def _wipe_incidents(tx: AsyncConnection, account: str) -> None:
    """Take the account out of what was heard of incidents."""
    rows = await tx.execute(select(s.key, s.value).where(s.account.startswith(SUBJECT_PREFIX)))
    for row in rows.all():
        signal = decode(signal_decoder, bytes(row.value))
        if signal.incident is None or all(one.account != account for one in signal.incident.accounts):
            continue
        others = [one for one in signal.incident.accounts if one.account != account]
        told = structs.replace(signal, incident=structs.replace(signal.incident, accounts=others))
        await tx.execute(update(t.signal).where(s.key == row.key).values(value=encode(told)))


async def _delete(tx: AsyncConnection, erased: dict[str, int], table: Table, where: ColumnElement[bool]) -> None:
    rows = (await tx.execute(delete(table).where(where))).rowcount
    if rows:
        erased[table.name] = erased.get(table.name, 0) + rows
