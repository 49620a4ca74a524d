"""The past out of the database: all facts of some accounts with both their clocks, and what was said of them.

Rows are decoded a bounded number at a time; what is kept is columns of whole numbers, about 100 bytes for each
(account, day, event name, day known). Takes an open transaction of `reading`, so that all of it is one view.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_scoring import facts_store, plan_store, statement_store
from banso_scoring import tables as t
from banso_scoring.domain.facts import day_facts, profile
from banso_scoring.domain.facts.fact_columns import FactColumns, columns_of, only
from banso_scoring.domain.facts.profile import Profile
from banso_scoring.domain.facts.stated import Stated, Statements
from banso_scoring.domain.past.past import NEVER, History, Ints, Past
from banso_scoring.domain.plan.plan import Plan, Point, Spoken
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
    heard = _Heard(accounts, await statement_store.of_accounts(tx, accounts), Zones(time_zone))
    plans = await _plans(tx, accounts, names)
    history = History.of(facts, heard.spoken(accounts, facts))
    return Past(
        model,
        replace(
            history,
            profiles=heard.profiles,
            statements=heard.statements,
            plans={numbers[name]: heard.in_days(numbers[name], plan) for name, plan in plans.items()},
        ),
    )


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


async def _plans(tx: AsyncConnection, accounts: Sequence[Row[Any]], names: Sequence[str] | None) -> dict[str, Plan]:
    found: dict[str, Plan] = {}
    if names is None:
        for lane in sorted({row.lane for row in accounts}):
            found |= await plan_store.of_lane(tx, lane)
        return found
    for begin in range(0, len(accounts), NAMES_AT_ONCE):
        found |= await plan_store.of_accounts(tx, [row.account for row in accounts[begin : begin + NAMES_AT_ONCE]])
    return found


class _Heard:
    """What was said of accounts, with the day in the account's zone in place of each instant."""

    def __init__(self, accounts: Sequence[Row[Any]], said: Mapping[str, Statements], zones: Zones) -> None:
        self._zones, self._zone = zones, [0] * len(accounts)
        self.profiles: dict[int, Profile] = {}
        self.statements: dict[int, Statements] = {}
        for number, row in enumerate(accounts):
            newest = profile.decode(bytes(row.profile))
            if newest:
                self._hear(number, newest, said[row.account])

    def spoken(self, accounts: Sequence[Row[Any]], facts: FactColumns) -> Ints:
        """(n,): the first day on which each account was spoken of, if that was before its first fact."""
        first = np.array([row.first_day for row in accounts], np.int64)
        acted = np.full(len(accounts), NEVER)
        np.minimum.at(acted, facts.account, facts.day)
        spoken = np.where(first < acted, first, NEVER)
        for number, said in self.statements.items():
            spoken[number] = min(spoken[number], *(one.known_at for some in said.values() for one in some))
        return spoken

    def in_days(self, number: int, plan: Plan) -> Plan:
        """A success plan of the account at `number`."""
        day = partial(self._zones.day, self._zone[number])
        return {
            key: Spoken(
                {name: (value, day(at), identity) for name, (value, at, identity) in spoken.fields.items()},
                None if spoken.first_at is None else day(spoken.first_at),
                [Point(day(p.at), p.identity, day(p.known_at), p.value) for p in spoken.points],
            )
            for key, spoken in plan.items()
        }

    def _hear(self, number: int, newest: Profile, said: Statements) -> None:
        zone = self._zone[number] = self._zones.id_of(profile.attributes(newest).time_zone)
        day = partial(self._zones.day, zone)
        self.profiles[number] = {name: (value, day(at), who) for name, (value, at, who) in newest.items()}
        self.statements[number] = {
            name: [Stated(day(one.at), one.identity, day(max(one.at, one.known_at)), one.value) for one in some]
            for name, some in said.items()
        }
