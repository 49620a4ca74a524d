"""The accounts that one message tells of, and what people think of each: those of a group or a digest are outreaches
of their own; those of an incident have only their place in its message, and a word of their own here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.acts import VERDICTS, Act, Verdict
from banso_alerts.domain.outreach import digest_of
from banso_alerts.domain.plays import DIGEST, GROUP
from banso_alerts.domain.proof.judging import By, Found
from banso_alerts.domain.proof.rule_book import RuleName
from banso_alerts.outcomes import outcome_of
from banso_alerts.store import acts, carriers
from banso_alerts.store.rows import storable
from banso_common.contracts.account_signal import SignalKind, signal_decoder
from banso_common.contracts.codec import decode
from banso_common.contracts.outreach_outcome import OutcomeKind
from banso_common.db import outbox
from banso_common.db.rows import upsert

o, v, p, j, s = t.outreach.c, t.verdict.c, t.part_verdict.c, t.judgement.c, t.signal.c
CASES_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """One account that a message tells of. `outreach`: its own row, None where it has only its place in an incident;
    `words`: what people said of it, the newest last (`who`, `verdict`, `at`, `source`)."""

    account: str
    name: str
    outreach: Row[Any] | None
    words: Sequence[Row[Any]]


async def parts_of(tx: AsyncConnection, row: Row[Any]) -> list[Part]:
    """Whom the outreach in `row` tells of, in its own order; one about a single account tells of that."""
    if row.play in (GROUP, DIGEST):
        members = await carriers.told_in(tx, [row.id])
        words = await _words(tx, v.outreach_id, [member.id for member in members])
        return [Part(one.account, one.account_name, one, words.get(one.id, ())) for one in members]
    if row.kind == SignalKind.SILENT_INCIDENT:
        value = await tx.scalar(select(s.value).where(s.key == row.signal_key))
        incident = None if value is None else decode(signal_decoder, bytes(value)).incident
        said = (await tx.execute(select(t.part_verdict).where(p.outreach_id == row.id).order_by(p.at, p.who))).all()
        hit = [] if incident is None else incident.accounts
        return [Part(one.account, one.name, None, [w for w in said if w.account == one.account]) for one in hit]
    words = await _words(tx, v.outreach_id, [row.id])
    return [Part(row.account, row.account_name, row, words.get(row.id, ()))]


async def judge(tx: AsyncConnection, row: Row[Any], act: Act) -> bool:
    """Keep somebody's verdict on one account (`act.account`) that the outreach in `row` tells of: their newest word
    counts, the same again changes nothing. False when it does not tell of that account."""
    if act.what not in VERDICTS:
        raise ValueError(f"{act.what} is no verdict")
    part = next((each for each in await parts_of(tx, row) if each.account == act.account), None)
    if part is None:
        return False
    if part.outreach is not None:
        await acts.judge(tx, part.outreach, replace(act, outreach_id=part.outreach.id, account=None))
        return True
    known = next((word for word in part.words if word.who == storable(act.who)), None)
    if known is not None and (known.at >= act.at or known.verdict == act.what):
        return True
    said = {
        "outreach_id": row.id,
        "account": part.account,
        "who": storable(act.who),
        "case_key": digest_of(row.signal_key, part.account),
        "play": row.play,
        "verdict": act.what.value,
        "at": act.at,
        "source": act.source.value,
    }
    await upsert(tx, t.part_verdict, {name: [value] for name, value in said.items()})
    about = {**row._mapping, "account": part.account}
    turn = f"{act.at}/{act.who}/{part.account}"
    await outbox.put(tx, t.outbox, [outcome_of(about, OutcomeKind.VERDICT, act.at, act.what.value, turn=turn)])
    return True


async def judge_cases(tx: AsyncConnection, now: int) -> set[RuleName]:
    """Make each account of an incident that somebody judged a case of its own; gives whose rules were touched. Only
    people judge them, and their newest word counts."""
    same = (j.signal_key == p.case_key) & (j.play == p.play)
    newer = or_(j.judged_at.is_(None), j.judged_at <= p.at)
    found = select(p.case_key).outerjoin(t.judgement, same).where(newer).distinct().limit(CASES_MAX)
    keys = list(await tx.scalars(found.order_by(p.case_key)))
    decided = func.min(o.created_at).over(partition_by=p.case_key).label("decided_at")
    words = select(t.part_verdict, o.kind, decided).join(t.outreach, o.id == p.outreach_id).where(p.case_key.in_(keys))
    newest = {(row.case_key, row.play): row for row in await tx.execute(words.order_by(p.at, p.who, p.verdict))}
    if newest:
        rows = list(newest.values())
        columns: dict[str, list[Any]] = {
            "signal_key": [row.case_key for row in rows],
            "play": [row.play for row in rows],
            "kind": [row.kind for row in rows],
            "decided_at": [row.decided_at for row in rows],
            "found": [(Found.WRONG if row.verdict == Verdict.NOT_REAL else Found.RIGHT).value for row in rows],
            "source": [By.PERSON.value] * len(rows),
            "known_at": [row.at for row in rows],
            "is_final": [1] * len(rows),
            "judged_at": [now] * len(rows),
        }
        await upsert(tx, t.judgement, columns)
    return {(row.play, SignalKind(row.kind)) for row in newest.values()}


async def _words(tx: AsyncConnection, column: Any, ids: Sequence[str]) -> Mapping[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in await tx.execute(select(t.verdict).where(column.in_(sorted(ids))).order_by(v.at, v.who)):
        found.setdefault(row.outreach_id, []).append(row)
    return found
