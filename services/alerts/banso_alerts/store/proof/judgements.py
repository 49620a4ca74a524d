"""Judgements as rows: every signal that a play told of, or would have, with what is known of it.

A judgement is made anew until its days are over, and whenever somebody says a word later; making it again from the
same rows gives the same judgement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.acts import Verdict
from banso_alerts.domain.outreach import TOLD, Reason
from banso_alerts.domain.proof.judging import CONFIRMING, JUDGED_DAYS, Case, Found, Happened, Judgement, Word, judge
from banso_alerts.domain.proof.rule_book import RuleName
from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import SignalKind, SignalState
from banso_common.db.rows import upsert

SPOKEN = (Reason.SHADOW.value, Reason.DEMOTED.value)
"""Why a rule was not heard although it spoke."""
KEYS_MAX = 500
o, s, j, v = t.outreach.c, t.signal.c, t.judgement.c, t.verdict.c
Place = tuple[str, str]


async def judge_some(tx: AsyncConnection, after: Place, now: int, most: int) -> tuple[set[RuleName], Place | None]:
    """Judge at most `most` cases behind the place; gives whose rules were touched, and the place to go on from."""
    rows = await _unsettled(tx, after, most)
    words, later = await _words(tx, rows), await _later(tx, rows)
    judged = [(row, judge(_case(row), words.get(row.signal_key, ()), later.get(row.account, ()), now)) for row in rows]
    await _keep(tx, judged, now)
    more = (rows[-1].signal_key, rows[-1].play) if len(rows) == most else None
    return {(row.play, SignalKind(row.kind)) for row, _ in judged}, more


async def unsettled(tx: AsyncConnection) -> dict[tuple[RuleName, str], int]:
    """How many cases of each rule, as it is defined now, are `pending` or `open`."""
    r = t.rule.c
    same = and_(r.play == j.play, r.kind == j.kind, j.decided_at >= r.since_at)
    counted = (
        select(j.play, j.kind, j.found, func.count())
        .join(t.rule, same)
        .where(j.found.in_((Found.PENDING, Found.OPEN)))
        .group_by(j.play, j.kind, j.found)
    )
    return {((play, SignalKind(kind)), found): number for play, kind, found, number in await tx.execute(counted)}


async def _unsettled(tx: AsyncConnection, after: Place, most: int) -> Sequence[Row[Any]]:
    """Cases without a judgement, with one that can still change, or with a word that is newer than theirs."""
    same = and_(j.signal_key == o.signal_key, j.play == o.play)
    newest = select(func.max(v.at)).where(v.signal_key == o.signal_key).correlate(t.outreach).scalar_subquery()
    unsettled = or_(j.is_final.is_(None), j.is_final == 0, j.judged_at <= newest)
    chosen = (
        select(
            o.signal_key,
            o.play,
            s.kind,
            s.episode,
            s.account,
            s.said_at,
            func.min(o.acknowledged_at).label("taken_at"),
            func.min(o.created_at).label("decided_at"),
        )
        .join(t.signal, s.key == o.signal_key)
        .outerjoin(t.judgement, same)
        .where(or_(o.state.in_(TOLD), o.reason.in_(SPOKEN)), unsettled)
        .where(tuple_(o.signal_key, o.play) > after)
        .group_by(o.signal_key, o.play, s.kind, s.episode, s.account, s.said_at)
        .order_by(o.signal_key, o.play)
        .limit(most)
    )
    return list(await tx.execute(chosen))


async def _words(tx: AsyncConnection, rows: Sequence[Row[Any]]) -> dict[str, list[Word]]:
    found: defaultdict[str, list[Word]] = defaultdict(list)
    keys = sorted({row.signal_key for row in rows})
    for start in range(0, len(keys), KEYS_MAX):
        said = select(v.signal_key, v.verdict, v.who, v.at).where(v.signal_key.in_(keys[start : start + KEYS_MAX]))
        for key, verdict, who, at in await tx.execute(said):
            found[key].append(Word(Verdict(verdict), who, at))
    return found


async def _later(tx: AsyncConnection, rows: Sequence[Row[Any]]) -> dict[str, list[Happened]]:
    """What was said of these accounts from the first of the cases on, as far as it can judge one."""
    found: defaultdict[str, list[Happened]] = defaultdict(list)
    accounts = sorted({row.account for row in rows})
    since = min((row.said_at for row in rows), default=0)
    until = max((row.said_at for row in rows), default=0) + JUDGED_DAYS * DAY_MS
    telling = or_(s.kind.in_(sorted(CONFIRMING)), s.state == SignalState.CLOSED.value)
    for start in range(0, len(accounts), KEYS_MAX):
        some = s.account.in_(accounts[start : start + KEYS_MAX])
        first = func.min(s.said_at)  # an opening may be said again, in another turn
        chosen = select(s.account, s.kind, s.state, s.episode, first).where(some, telling)
        chosen = chosen.group_by(s.account, s.kind, s.state, s.episode).having(first.between(since, until))
        for account, kind, state, episode, at in await tx.execute(chosen):
            found[account].append(Happened(SignalKind(kind), SignalState(state), episode, at))
    return found


async def _keep(tx: AsyncConnection, judged: Sequence[tuple[Row[Any], Judgement]], now: int) -> None:
    columns: dict[str, list[Any]] = {
        "signal_key": [row.signal_key for row, _ in judged],
        "play": [row.play for row, _ in judged],
        "kind": [row.kind for row, _ in judged],
        "decided_at": [row.decided_at for row, _ in judged],
        "found": [made.found.value for _, made in judged],
        "source": [made.by.value for _, made in judged],
        "known_at": [made.known_at for _, made in judged],
        "is_final": [int(made.is_final) for _, made in judged],
        "judged_at": [now] * len(judged),
    }
    await upsert(tx, t.judgement, columns)


def _case(row: Row[Any]) -> Case:
    return Case(row.signal_key, row.play, SignalKind(row.kind), row.episode, row.said_at, row.taken_at)
