"""The past out of the database: all facts of some accounts with both their clocks, and what was said of them.

Rows are decoded a bounded number at a time; what is kept is columns of whole numbers, about 100 bytes for each
(account, day, event name, day known). Takes an open transaction of `reading`, so that all of it is one view.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import DAY_MS
from banso_scoring import facts_store
from banso_scoring import tables as t
from banso_scoring.domain import day_facts, profile
from banso_scoring.domain.fact_columns import FactColumns, columns_of, only
from banso_scoring.domain.past import NEVER, History, Ints, Past, Said
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.zones import Zones

ROWS_AT_ONCE = 20_000
NAMES_AT_ONCE = 5_000
EVER = -(2**31)
"""A day before every other."""


async def read(
    tx: AsyncConnection, model: SuccessModel, names: Sequence[str] | None = None, time_zone: str = "UTC"
) -> Past:
    """The past of the accounts `names`, or of all, by name; `time_zone` is the installation's."""
    accounts = await _accounts(tx, names)
    numbers = {row.account: number for number, row in enumerate(accounts)}
    gathered = _Gathered(numbers)
    async for columns in _merged(tx, None if names is None else sorted(numbers)):
        gathered.add(columns)
    for lane in sorted({row.lane for row in accounts}):
        for columns in await facts_store.journalled(tx, lane):
            gathered.add(columns if names is None else only(columns, numbers, EVER))
    facts = gathered.whole()
    seats, renewal, said_days = _said(accounts, Zones(time_zone))
    first = np.array([row.first_day for row in accounts], np.int64)
    acted = np.full(len(accounts), NEVER)
    np.minimum.at(acted, facts.account, facts.day)
    spoken = np.minimum(np.where(first < acted, first, NEVER), said_days)
    return Past(model, History.of(facts, spoken, seats, renewal))


async def _accounts(tx: AsyncConnection, names: Sequence[str] | None) -> list[Row[Any]]:
    columns = (t.account.c[name] for name in ("account", "lane", "first_day", "profile"))
    query = select(*columns).order_by(t.account.c.account)
    if names is None:
        return [*(await tx.execute(query)).all()]
    found: list[Row[Any]] = []
    wanted = sorted(set(names))
    for begin in range(0, len(wanted), NAMES_AT_ONCE):
        some = wanted[begin : begin + NAMES_AT_ONCE]
        found += (await tx.execute(query.where(t.account.c.account.in_(some)))).all()
    return found


async def _merged(tx: AsyncConnection, names: Sequence[str] | None) -> AsyncIterator[FactColumns]:
    """The account-days as columns, a bounded number at a time."""
    parts = [None] if names is None else [names[b : b + NAMES_AT_ONCE] for b in range(0, len(names), NAMES_AT_ONCE)]
    for some in parts:
        query = select(t.account_day)
        result = await tx.stream(query if some is None else query.where(t.account_day.c.account.in_(some)))
        async for rows in result.partitions(ROWS_AT_ONCE):
            yield columns_of({(row.account, row.day): day_facts.decode(bytes(row.facts)) for row in rows})


class _Gathered:
    """Columns that came in parts, under one numbering of accounts and names."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._numbers = numbers
        self._names: dict[str, int] = {}
        self._parts: list[FactColumns] = []

    def add(self, facts: FactColumns) -> None:
        """Take in one part; accounts that are not wanted hold no facts in it."""
        if not len(facts):
            return
        accounts = np.array([self._numbers.get(name, -1) for name in facts.account_names], np.int64)
        names = np.array([self._names.setdefault(n, len(self._names)) for n in facts.event_names], np.int64)
        renumbered = {"account": accounts[facts.account], "name": names[facts.name]}
        rest = {c: getattr(facts, c) for c in ("day", "known_day", "count", "high", "low", "users", "user_ends")}
        self._parts.append(FactColumns([], [], **renumbered, **rest))

    def whole(self) -> FactColumns:
        """All of it."""
        columns: dict[str, Ints] = {}
        for column in ("account", "day", "known_day", "name", "count", "high", "low", "users"):
            columns[column] = np.concatenate([np.empty(0, np.int64), *(getattr(p, column) for p in self._parts)])
        lengths = [np.diff(part.user_ends, prepend=0) for part in self._parts]
        ends = np.cumsum(np.concatenate([np.empty(0, np.int64), *lengths]))
        return FactColumns(list(self._numbers), list(self._names), **columns, user_ends=ends)


def _said(accounts: Sequence[Row[Any]], zones: Zones) -> tuple[Said, Said, Ints]:
    """Seats, day of renewal, and the day of the oldest statement that is still remembered."""
    n = len(accounts)
    seats, renewal, oldest = Said.nothing(n), Said.nothing(n), np.full(n, NEVER)
    for number, row in enumerate(accounts):
        statements = profile.decode(bytes(row.profile))
        said = profile.attributes(statements)
        zone = zones.id_of(said.time_zone)
        days = {name: zones.day(zone, at) for name, (_, at, _) in statements.items()}
        oldest[number] = min(days.values(), default=NEVER)
        if said.seats is not None:
            seats.value[number], seats.known_day[number] = said.seats, days["seats"]
        if said.renewal_at is not None:
            renewal.value[number], renewal.known_day[number] = said.renewal_at / DAY_MS, days["renewal_at"]
    return seats, renewal, oldest
