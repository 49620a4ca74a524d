"""Rules as rows: since when each has its definition, where its record has brought it, and every turn on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_alerts import tables as t
from banso_alerts.domain.plays import Play
from banso_alerts.domain.proof.judging import Found
from banso_alerts.domain.proof.precision import Floor, Standing, Track, Turn, TurnKind, Verdict, standing
from banso_alerts.domain.proof.rule_book import RuleBook, RuleName, definition_of
from banso_common.contracts.account_signal import SignalKind
from banso_common.db.rows import upsert

r, u, j = t.rule.c, t.rule_turn.c, t.judgement.c


async def book(
    tx: AsyncConnection, plays: Iterable[Play], now: int, shadow_ms: int, *, begins: bool = True
) -> RuleBook:
    """What is known of the rules of these plays; one that is new, or was changed, begins its record now.

    `begins` False: these plays do not count any more, and leave the record to those that do.
    """
    at_hand = {(play.name, kind): play for play in plays for kind in play.kinds}
    if not at_hand:
        return RuleBook()
    known = {(row.play, SignalKind(row.kind)): row for row in await _rows(tx, {name for name, _ in at_hand})}
    begun = [name for name, play in at_hand.items() if _is_new(known.get(name), play)]
    if begun and begins:
        await _begin(tx, [(*name, definition_of(at_hand[name])) for name in sorted(begun)], now)
    since = {name: now if name in begun else known[name].since_at for name in at_hand}
    records = {name: known[name] for name in at_hand if name not in begun}
    return RuleBook(
        in_shadow=frozenset(name for name, play in at_hand.items() if play.shadow and now < since[name] + shadow_ms),
        demoted=frozenset(name for name, row in records.items() if row.demoted),
        tracks={name: Track(row.right_count, row.judged_count) for name, row in records.items()},
    )


async def every(tx: AsyncConnection) -> Sequence[Row[Any]]:
    """Every rule that was ever heard of."""
    return (await tx.execute(select(t.rule).order_by(r.play, r.kind))).all()


async def turns_of(tx: AsyncConnection, play: str | None = None) -> Sequence[Row[Any]]:
    """The turns of the rules as they are defined now, of one play or of all, the oldest first."""
    same = and_(r.play == u.play, r.kind == u.kind, r.definition == u.definition)
    chosen = select(t.rule_turn).join(t.rule, same).where(u.at >= r.since_at)
    if play is not None:
        chosen = chosen.where(u.play == play)
    return (await tx.execute(chosen.order_by(u.at, u.play, u.kind, u.what))).all()


async def restore(tx: AsyncConnection, play: str, who: str, now: int) -> int:
    """A person lets the demoted rules of a play speak again; gives how many. Twice is once."""
    demoted = and_(r.play == play, r.demoted == 1)
    rows = (await tx.execute(select(t.rule).where(demoted).order_by(r.kind).with_for_update())).all()
    if rows:
        turns = [
            {**_name(row), "what": TurnKind.RESTORED.value, "at": now, "definition": row.definition, "who": who}
            | {"right_count": row.right_count, "judged_count": row.judged_count}
            for row in rows
        ]
        await tx.execute(insert(t.rule_turn), turns)
        await tx.execute(update(t.rule).where(demoted).values(demoted=0, turned_at=now))
    return len(rows)


async def settle(tx: AsyncConnection, name: RuleName, floor: Floor) -> tuple[str, Standing] | None:
    """Bring a rule to where its verdicts lead it, and keep its turns; gives its definition and standing, None when
    nobody knows the rule."""
    play, kind = name
    mine = and_(r.play == play, r.kind == kind.value)
    row = (await tx.execute(select(t.rule).where(mine).with_for_update())).one_or_none()
    if row is None:
        return None
    turns = and_(u.play == play, u.kind == kind.value, u.definition == row.definition, u.at >= row.since_at)
    restored = [
        Turn(TurnKind.RESTORED, each.at, by=each.who)
        for each in await tx.execute(select(t.rule_turn).where(turns, u.what == TurnKind.RESTORED.value))
    ]
    found = standing(await _verdicts(tx, name, row.since_at), restored, floor)
    await tx.execute(delete(t.rule_turn).where(turns, u.what != TurnKind.RESTORED.value))
    derived = [turn for turn in found.turns if turn.kind is not TurnKind.RESTORED]
    if derived:
        await tx.execute(insert(t.rule_turn), [_turn_row(name, row.definition, turn) for turn in derived])
    await tx.execute(
        update(t.rule)
        .where(mine)
        .values(
            demoted=int(found.demoted),
            right_count=found.track.right,
            judged_count=found.track.judged,
            turned_at=found.turns[-1].at if found.turns else None,
        )
    )
    return row.definition, found


async def _rows(tx: AsyncConnection, plays: set[str]) -> Sequence[Row[Any]]:
    return (await tx.execute(select(t.rule).where(r.play.in_(sorted(plays))))).all()


def _is_new(row: Row[Any] | None, play: Play) -> bool:
    return row is None or row.definition != definition_of(play)


async def _begin(tx: AsyncConnection, rules: Sequence[tuple[str, SignalKind, str]], now: int) -> None:
    count = len(rules)
    columns: dict[str, list[Any]] = {
        "play": [play for play, _, _ in rules],
        "kind": [kind.value for _, kind, _ in rules],
        "definition": [definition for _, _, definition in rules],
        "since_at": [now] * count,
        **{name: [0] * count for name in ("demoted", "right_count", "judged_count")},
        "turned_at": [None] * count,
    }
    await upsert(tx, t.rule, columns)


async def _verdicts(tx: AsyncConnection, name: RuleName, since_at: int) -> list[Verdict]:
    play, kind = name
    judged = select(j.signal_key, j.known_at, j.found).where(
        j.play == play, j.kind == kind.value, j.decided_at >= since_at, j.found.in_((Found.RIGHT, Found.WRONG))
    )
    return [Verdict(key, known_at, found == Found.RIGHT) for key, known_at, found in await tx.execute(judged)]


def _name(row: Row[Any]) -> dict[str, Any]:
    return {"play": row.play, "kind": row.kind}


def _turn_row(name: RuleName, definition: str, turn: Turn) -> dict[str, Any]:
    return {
        "play": name[0],
        "kind": name[1].value,
        "what": turn.kind.value,
        "at": turn.at,
        "definition": definition,
        "right_count": turn.track.right,
        "judged_count": turn.track.judged,
        "who": turn.by,
    }
