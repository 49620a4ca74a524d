"""The list of accounts out of the database, whoever owns them: filters, orders, and pages by key.

A page goes on after the key of the last row (`(sort value, account) > …`), so an account whose key does not
change is seen once, whatever happens to the others. Rows without a value come last: they are a second
segment, so that an index on the value serves the first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_signal import Severity, SignalKind, TouchModel
from banso_common.errors import Refused
from banso_common.http.paging import Key, cursor_of, keys_of
from banso_scoring import tables as t
from banso_scoring.api.feeds.feed_shapes import account_feed
from banso_scoring.api.query import INT64_MAX, ListQuery, Sort, is_storable
from banso_scoring.api.render import day_or_none, day_text, instant_or_none, share, units, whole
from banso_scoring.api.shapes import AccountSummary
from banso_scoring.domain.standing import KINDS
from banso_scoring.domain.struggle.course import Stage
from banso_scoring.domain.success_model import SuccessModel

Expression = ColumnElement[Any]
SEVERITY_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}
TOUCH_RANK = {TouchModel.HIGH: 0, TouchModel.LOW: 1, TouchModel.TECH: 2, TouchModel.COMMUNITY: 3}
NO_SIGNAL = len(SEVERITY_RANK)
NO_SCORE = 101.0
_a, _h = t.account.c, t.health.c
_shown = select(
    *(_a.account, _a.name, _a.owner, _h.touch, _a.acv, _a.currency, _a.renewal_at, _h.renewed_day, _h.ended_day),
    *(_h.score, _h.coverage, _h.band, _h.phase, _h.phase_entered_day, _h.trouble, _h.signals, _h.last_day),
    *(_h.cell, _h.cell_day, _h.model_version, _h.changed_at, _h.feed, _h.feed_at, _a.feeds),
).select_from(t.account.join(t.health, _a.account == _h.account))


@dataclass(frozen=True, slots=True)
class Order:
    """Sort keys before the account, all in one direction; a nullable one stands alone."""

    keys: tuple[Expression, ...]
    kinds: tuple[type, ...]
    down: bool = False
    nullable: bool = False
    tie: Expression = _a.account
    """The account, out of the table whose index has the keys: a batch's accounts share one `changed_at`."""


_BY_CURRENCY = (case((_a.acv.is_(None), 2), (_a.currency == "", 1), else_=0), _a.currency)
"""Amounts of two currencies are not compared: those of one stand together, in the order of their codes, then those
whose currency nobody said, then who has none."""
_AMOUNT = func.coalesce(_a.acv, 0)
_ORDERS: dict[Sort, Order] = {
    Sort.SCORE: Order((_h.score,), (float,), nullable=True, tie=_h.account),
    Sort.SCORE_DOWN: Order((_h.score,), (float,), down=True, nullable=True, tie=_h.account),
    Sort.CHANGED_AT: Order((_h.changed_at,), (int,), tie=_h.account),
    Sort.CHANGED_AT_DOWN: Order((_h.changed_at,), (int,), down=True, tie=_h.account),
    Sort.NAME: Order((_a.name,), (str,)),
    Sort.ACV: Order((*_BY_CURRENCY, _AMOUNT), (int, str, int)),
    Sort.ACV_DOWN: Order((*_BY_CURRENCY, -_AMOUNT), (int, str, int)),
    Sort.RENEWAL_AT: Order((_a.renewal_at,), (int,), nullable=True),
}


async def page(tx: AsyncConnection, model: SuccessModel, query: ListQuery) -> tuple[Sequence[Row[Any]], str | None]:
    """The rows of a page in order, and the cursor of the next. Raises Refused for a foreign cursor or phase."""
    order = _attention(model) if query.sort is Sort.ATTENTION else _ORDERS[query.sort]
    keys = [column.label(f"key_{number}") for number, column in enumerate(order.keys)]
    chosen = _shown.add_columns(*keys).where(*filters(model, query))
    after = None if query.cursor is None else _keys(query, order)
    wanted = query.limit + 1
    rows: list[Row[Any]] = []
    if not order.nullable:
        rows += await _segment(tx, chosen, order, after, wanted)
    else:
        value = order.keys[0]
        if after is None or after[0] is not None:
            rows += await _segment(tx, chosen.where(value.is_not(None)), order, after, wanted)
        if len(rows) < wanted:
            place = after[1:] if after is not None and after[0] is None else None
            missing = replace(order, keys=(), kinds=())
            rows += await _segment(tx, chosen.where(value.is_(None)), missing, place, wanted - len(rows))
    if len(rows) < wanted:
        return rows, None
    last = rows[query.limit - 1]
    return rows[: query.limit], cursor_of(query.binding(), [*(getattr(last, key.name) for key in keys), last.account])


async def _segment(
    tx: AsyncConnection, chosen: Select[Any], order: Order, after: Sequence[Key] | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` rows after the place `after`; ties of the keys are in the order of their accounts."""
    by = (*order.keys, order.tie)
    if after is not None:
        place = tuple_(*(literal(value, key.type) for value, key in zip(after, by, strict=True)))
        chosen = chosen.where(tuple_(*by) < place if order.down else tuple_(*by) > place)
    ordered = chosen.order_by(*(key.desc() if order.down else key.asc() for key in by))
    rows: Sequence[Row[Any]] = (await tx.execute(ordered.limit(limit))).all()
    return rows


def filters(model: SuccessModel, query: ListQuery) -> list[Expression]:
    """The conditions that a row has to meet. Raises Refused for a phase or cell that the model does not have."""
    phases = {phase.key for phase in model.journey}
    unknown = sorted(set(query.phase) - phases)
    if unknown:
        raise Refused("unknown-phase", f"the model has no phase `{unknown[0]}`; it has {', '.join(sorted(phases))}")
    cells = [cell.key for cell in model.matrix.cells]
    for cell in query.cell:
        if cell not in cells:
            raise Refused("unknown-cell", f"the model has no cell `{cell}`; it has {', '.join(cells)}")
    found: list[Expression] = [_h.model_version == model.version]
    known: list[tuple[Expression, Sequence[str]]] = [(_h.band, query.band), (_h.phase, query.phase)]
    known += [(_h.touch, query.touch), (_h.cell, query.cell), (_h.pattern, query.pattern)]
    known += [(_a.owner, query.owner), (_a.currency, query.currency)]
    for column, wanted in known:
        if wanted:
            found.append(column.in_([str(value) for value in wanted]))
    if query.signal:
        found.append(or_(*(is_open(kind) for kind in query.signal)))
    if query.objectives:
        found.append(_h.objectives.in_([str(state) for state in query.objectives]))
    if query.trouble:
        found.append(_h.trouble.in_([str(stage) for stage in query.trouble]))
    if query.ended is not None:
        over = _h.ended_day > _h.renewed_day
        found.append(over if query.ended else ~over)
    if query.q:
        begins = func.lower(literal(query.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")) + "%")
        found.append(or_(*(func.lower(column).like(begins, escape="\\") for column in (_a.name, _a.account))))
    if query.updated_since is not None:
        found.append(_h.changed_at >= query.updated_since)
    return found


def is_open(kind: SignalKind) -> Expression:
    """Whether an episode of this kind is open (see `changes`: the kinds stand between commas)."""
    return _h.signals.contains(f",{kind},", autoescape=True)


def _attention(model: SuccessModel) -> Order:
    """Who to look at first: the gravest open signal, then the care its value allows, the value, the score.

    Touch comes before the amount, since amounts of different currencies cannot be compared.
    """
    by_severity = [
        (or_(*(is_open(rule.kind) for rule in model.signals if rule.severity is severity)), rank)
        for severity, rank in SEVERITY_RANK.items()
        if any(rule.severity is severity for rule in model.signals)
    ]
    gravest = case(*by_severity, else_=NO_SIGNAL)
    touch = case(*((_h.touch == str(touch), rank) for touch, rank in TOUCH_RANK.items()), else_=len(TOUCH_RANK))
    return Order(
        (gravest, touch, -func.coalesce(_a.acv, -1), func.coalesce(_h.score, NO_SCORE)), (int, int, int, float)
    )


def _keys(query: ListQuery, order: Order) -> Sequence[Key]:
    """The keys in the query's cursor, of the types that its order has. Raises Refused for any other."""
    found = keys_of(query.binding(), query.cursor or "", len(order.keys) + 1)
    for key, kind in zip(found, (*order.kinds, str), strict=True):
        if key is None and order.nullable and kind is not str:
            continue
        sound = isinstance(key, kind) and not isinstance(key, bool)
        if isinstance(key, int):
            sound = sound and abs(key) <= INT64_MAX
        if isinstance(key, str):
            sound = sound and is_storable(key)
        if not sound:
            raise Refused("foreign-cursor", "this cursor is not one that this query gave; start again without it")
    return found


def summary(row: Row[Any]) -> AccountSummary:
    """A row as the API shows it."""
    return AccountSummary(
        account=row.account,
        name=row.name,
        owner=row.owner or None,
        touch=row.touch,
        cell=row.cell or None,
        cell_since=day_or_none(row.cell_day),
        acv=units(row.acv),
        currency=row.currency or None,
        renewal_at=instant_or_none(row.renewal_at),
        score=whole(row.score),
        coverage=share(row.coverage),
        band=row.band,
        phase=row.phase,
        phase_entered_on=day_text(row.phase_entered_day),
        ended_on=day_text(row.ended_day) if row.ended_day > row.renewed_day else None,
        trouble=Stage(row.trouble),
        signals=sorted((SignalKind(kind) for kind in row.signals.split(",") if kind), key=KINDS.index),
        last_event_on=day_or_none(row.last_day),
        feed=account_feed(row.feed, row.feed_at, row.feeds != ""),
        model_version=row.model_version,
        changed_at=instant_or_none(row.changed_at) or "",
    )
