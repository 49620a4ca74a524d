"""Erasing what is stored of an account: its signals, what was told of it, to whom, and what people did with that.

Messages that tell of several accounts (groups, digests, incidents) stay with their state and lose their words once they
are told. The suppression list stays: it keeps the promise not to write to somebody again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import structs
from sqlalchemy import ColumnElement, Table, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.outreach import TOLD, UNSENT, OutreachState, Reason
from banso_alerts.domain.plays import Audience
from banso_alerts.render.message import message_decoder
from banso_alerts.store.plans import ended_values
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
    people = await _contacts(tx, account)
    waits = await _wipe_messages(tx, needles)
    await _wipe_recipients(tx, people)
    await _wipe_incidents(tx, account, people)
    erased: dict[str, int] = {}
    for table in BY_SIGNAL:
        await _delete(tx, erased, table, table.c.signal_key.in_(signals))
    ours = select(o.id).where(o.account == account)
    for table in BY_OUTREACH:
        await _delete(tx, erased, table, table.c.outreach_id.in_(ours))
    for table in t.metadata.sorted_tables:
        if "account" in table.c:
            await _delete(tx, erased, table, table.c.account == account)
    key = t.recipient.c.key  # also of those whose outreaches were forgotten long ago
    told = exists().where(o.recipient_key == key)
    await _delete(tx, erased, t.recipient, key.startswith(f"{Audience.CONTACT.value}:") & ~told)
    return erased, waits


async def _contacts(tx: AsyncConnection, account: str) -> set[str]:
    """How the account's contacts were written to: their addresses, or their names where none was known."""
    found: set[str] = set()
    for value in await tx.scalars(select(s.value).where(s.account == account)):
        signal = decode(signal_decoder, bytes(value))
        found |= {signal.contact_email or signal.contact_name or ""}
    told = select(o.address).where((o.account == account) & (o.audience == Audience.CONTACT.value))
    return {one for one in (*found, *await tx.scalars(told)) if one}


async def _wipe_recipients(tx: AsyncConnection, people: Collection[str]) -> None:
    """Take these contacts out of what was told of incidents, and let nothing more be told them."""
    mine = or_(o.address.in_(people), o.recipient_key.in_([f"{Audience.CONTACT.value}:{one}" for one in people]))
    here = and_(o.account.startswith(SUBJECT_PREFIX), o.audience == Audience.CONTACT.value, mine)
    for row in (await tx.execute(select(o.id, o.account, o.state, o.changed_at, o.message).where(here))).all():
        key, message = f"{Audience.CONTACT.value}:{row.account}", _wordless(bytes(row.message))
        gone = {"address": None, "recipient_name": None, "recipient_key": key, "message": message}
        if row.state in UNDERWAY:
            gone |= ended_values(OutreachState.HELD, Reason.NO_RECIPIENT, row.changed_at)
        await tx.execute(update(t.outreach).where(o.id == row.id).values(gone))


def _wordless(raw: bytes) -> bytes:
    """A message without its words."""
    return encode(structs.replace(decode(message_decoder, raw), title="", sections=[], link=None))


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
        await tx.execute(update(t.outreach).where(o.id == row.id).values(message=_wordless(raw)))
    return waits


async def _wipe_incidents(tx: AsyncConnection, account: str, people: Collection[str]) -> None:
    """Take the account and its contacts out of what was heard of incidents."""
    rows = await tx.execute(select(s.key, s.value).where(s.account.startswith(SUBJECT_PREFIX)))
    for row in rows.all():
        heard = told = decode(signal_decoder, bytes(row.value))
        if heard.incident is not None:
            others = [one for one in heard.incident.accounts if one.account != account]
            told = structs.replace(told, incident=structs.replace(heard.incident, accounts=others))
        if {heard.contact_email, heard.contact_name} & set(people):
            told = structs.replace(told, contact_name=None, contact_email=None)
        if told != heard:
            await tx.execute(update(t.signal).where(s.key == row.key).values(value=encode(told)))


async def _delete(tx: AsyncConnection, erased: dict[str, int], table: Table, where: ColumnElement[bool]) -> None:
    rows = (await tx.execute(delete(table).where(where))).rowcount
    if rows:
        erased[table.name] = erased.get(table.name, 0) + rows
