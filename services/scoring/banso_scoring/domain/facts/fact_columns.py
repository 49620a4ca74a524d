"""What a micro-batch adds to the facts, as columns: the form in which facts are journalled before they are rows.

A part is one (account, day, event name, day known) with its count, its sum and its users; parts are sorted and
unique. Sums are exact: micro-units are added in two halves, each far below 2**63, and joined as Python integers.
Adding up parts is commutative and associative, so it does not matter when a journal is merged into rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.day_facts import Cells, merge
from banso_scoring.domain.facts.ranks import order

Ints = NDArray[np.int64]
HALF = 32
LOW = (1 << HALF) - 1
INT32_LIMIT = 2**31


@dataclass(frozen=True, slots=True)
class FactColumns:
    """Parts as columns of equal length; accounts and names are positions in the lists beside them.

    `users` holds user keys, those of one part together; `user_ends[i]` is where the users of part i end.
    """

    account_names: Sequence[str]
    event_names: Sequence[str]
    account: Ints
    day: Ints
    known_day: Ints
    name: Ints
    count: Ints
    high: Ints
    low: Ints
    users: Ints
    user_ends: Ints

    def __len__(self) -> int:
        return len(self.account)

    def sums_micro(self) -> list[int]:
        """The sum of each part, micro-units."""
        return [(high << HALF) + low for high, low in zip(self.high.tolist(), self.low.tolist(), strict=True)]

    def taken(self, picks: NDArray[np.intp] | Ints) -> FactColumns:
        """The parts at `picks`, in that order."""
        ends = self.user_ends[picks]
        lengths = np.diff(self.user_ends, prepend=0)[picks]
        closes = np.cumsum(lengths)
        places = np.arange(int(lengths.sum())) + np.repeat(ends - closes, lengths)
        kept = {name: getattr(self, name)[picks] for name in _COLUMNS[:7]}
        return FactColumns(self.account_names, self.event_names, users=self.users[places], user_ends=closes, **kept)

    def part(self, begin: int, end: int) -> FactColumns:
        """The parts from place `begin` up to, not including, `end`."""
        first_user, last_user = (int(self.user_ends[place - 1]) if place else 0 for place in (begin, end))
        kept = {name: getattr(self, name)[begin:end] for name in _COLUMNS[:7]}
        kept |= {"users": self.users[first_user:last_user], "user_ends": self.user_ends[begin:end] - first_user}
        return FactColumns(self.account_names, self.event_names, **kept)


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    account_names: list[str]
    event_names: list[str]
    columns: list[tuple[bool, bytes]]
    """Whether a column is of 8 bytes a number (else of 4), and its numbers."""


_COLUMNS = ("account", "day", "known_day", "name", "count", "high", "low", "users", "user_ends")
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)


def encode(facts: FactColumns) -> bytes:
    """The journal's bytes."""
    columns = [_packed(getattr(facts, name)) for name in _COLUMNS]
    return _encoder.encode(_Stored(list(facts.account_names), list(facts.event_names), columns))


def decode(raw: bytes) -> FactColumns:
    """The columns that `encode` wrote."""
    stored = _decoder.decode(raw)
    columns = {
        name: np.frombuffer(raw, "<i8" if wide else "<i4").astype(np.int64)
        for name, (wide, raw) in zip(_COLUMNS, stored.columns, strict=True)
    }
    return FactColumns(stored.account_names, stored.event_names, **columns)


def _packed(column: Ints) -> tuple[bool, bytes]:
    """Most columns hold small numbers: four bytes each will do, unless one needs eight."""
    wide = len(column) > 0 and not (column.min() >= -INT32_LIMIT and column.max() < INT32_LIMIT)
    return bool(wide), column.astype("<i8" if wide else "<i4").tobytes()


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Events, one position each; `weight` is 1 for an event, and for a part that is added up again its count."""

    account: Ints
    day: Ints
    known_day: Ints
    name: Ints
    weight: Ints
    high: Ints
    low: Ints
    user: Ints
    """A user key, 0 for none."""


def group(events: EventColumns, account_names: Sequence[str], event_names: Sequence[str]) -> FactColumns:
    """The parts of `events`."""
    by = (events.account, events.day, events.known_day, events.name)
    place = order((*by, events.user))
    keys = [column[place] for column in by]
    begins = _changes(keys)
    starts = np.flatnonzero(begins)
    part_of = np.cumsum(begins) - 1
    users = events.user[place]
    fresh = (begins | _changes([users])) & (users != 0)
    account, day, known_day, name = (key[starts] for key in keys)
    return FactColumns(
        account_names,
        event_names,
        account=account,
        day=day,
        known_day=known_day,
        name=name,
        count=_sums(events.weight[place], starts),
        high=_sums(events.high[place], starts),
        low=_sums(events.low[place], starts),
        users=users[fresh],
        user_ends=np.cumsum(np.bincount(part_of[fresh], minlength=len(starts))),
    )


def combined(parts: Sequence[FactColumns]) -> FactColumns:
    """All of the parts added up: those of one key become one."""
    account_names, account = _renumbered([part.account_names for part in parts], [part.account for part in parts])
    event_names, name = _renumbered([part.event_names for part in parts], [part.name for part in parts])
    lengths = np.concatenate([np.diff(part.user_ends, prepend=0) for part in parts])
    rows = np.maximum(lengths, 1)  # a part without users has one row, one with k users has k; its first row weighs
    first = np.cumsum(rows) - rows
    user = np.zeros(int(rows.sum()), np.int64)
    user[np.repeat(lengths > 0, rows)] = np.concatenate([part.users for part in parts])

    def weighing(column: str) -> Ints:
        spread = np.zeros(len(user), np.int64)
        spread[first] = np.concatenate([getattr(part, column) for part in parts])
        return spread

    days = {name: np.repeat(np.concatenate([getattr(p, name) for p in parts]), rows) for name in ("day", "known_day")}
    numbers = {"account": np.repeat(account, rows), "name": np.repeat(name, rows)}
    sums = {"weight": weighing("count"), "high": weighing("high"), "low": weighing("low")}
    return group(EventColumns(**days, **numbers, **sums, user=user), account_names, event_names)


def days_of(facts: FactColumns) -> list[tuple[str, int]]:
    """Which account-days the parts belong to, each once; parts are sorted."""
    first = np.flatnonzero(_changes([facts.account, facts.day]))
    numbers = zip(facts.account[first].tolist(), facts.day[first].tolist(), strict=True)
    return [(facts.account_names[account], day) for account, day in numbers]


def _renumbered(lists: Sequence[Sequence[str]], columns: Sequence[Ints]) -> tuple[list[str], Ints]:
    """Positions in lists of their own as positions in one list of all that is in them."""
    numbers = {word: number for number, word in enumerate(dict.fromkeys(word for words in lists for word in words))}
    maps = [np.array([numbers[word] for word in words], np.int64) for words in lists]
    return list(numbers), np.concatenate([place[column] for place, column in zip(maps, columns, strict=True)])


def _changes(columns: Sequence[Ints]) -> NDArray[np.bool_]:
    """Where a sorted table differs from the row before; the first row does."""
    differs = np.zeros(len(columns[0]), np.bool_)
    differs[:1] = True
    for column in columns:
        differs[1:] |= column[1:] != column[:-1]
    return differs


def _sums(column: Ints, starts: Ints) -> Ints:
    return np.add.reduceat(column, starts) if len(starts) else np.empty(0, np.int64)


def merge_into(rows: dict[tuple[str, int], Cells], facts: FactColumns) -> None:
    """Add the parts to account-days, in place; a day that is not there begins empty."""
    names, accounts = facts.event_names, facts.account_names
    users, ends = facts.users.tolist(), facts.user_ends.tolist()
    begin = 0
    columns = zip(
        facts.account.tolist(),
        facts.day.tolist(),
        facts.known_day.tolist(),
        facts.name.tolist(),
        facts.count.tolist(),
        facts.sums_micro(),
        ends,
        strict=True,
    )
    for account, day, known_day, name, count, total, end in columns:
        cells = rows.setdefault((accounts[account], day), {})
        merge(cells, (names[name], known_day), count, total, users[begin:end])
        begin = end


def columns_of(rows: Mapping[tuple[str, int], Cells]) -> FactColumns:
    """Account-days as columns: the other way round of `merge_into`."""
    accounts: dict[str, int] = {}
    names: dict[str, int] = {}
    table: list[tuple[int, int, int, int, int, int, int]] = []
    users: list[int] = []
    ends: list[int] = []
    for (account, day), cells in rows.items():
        number = accounts.setdefault(account, len(accounts))
        for (name, known_day), cell in cells.items():
            place = names.setdefault(name, len(names))
            table.append((number, day, known_day, place, cell.count, cell.sum >> HALF, cell.sum & LOW))
            users.extend(cell.users)
            ends.append(len(users))
    columns = np.array(table, np.int64).reshape(len(table), 7).T
    named = dict(zip(_COLUMNS, (*columns, np.array(users, np.int64), np.array(ends, np.int64)), strict=True))
    return FactColumns(list(accounts), list(names), **named)


def only(facts: FactColumns, wanted: Mapping[str, object], first_day: int) -> FactColumns:
    """The parts of the accounts in `wanted` from `first_day` on."""
    numbers = [number for number, account in enumerate(facts.account_names) if account in wanted]
    return facts.taken(np.flatnonzero(np.isin(facts.account, numbers) & (facts.day >= first_day)))
