"""Account-days between their stored bytes and columns, without an object for each cell: so that a journal is
merged into many days at the cost of its columns.

What `to_days` gives is what `day_facts.encode` would, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from banso_scoring.domain.facts import day_facts
from banso_scoring.domain.facts.day_facts import Row, row_of
from banso_scoring.domain.facts.fact_columns import HALF, LOW, FactColumns

DayKey = tuple[str, int]
KEY_BYTES = 8
"""A user key."""


def of_days(days: Mapping[DayKey, bytes]) -> FactColumns:
    """The columns of stored account-days."""
    accounts: dict[str, int] = {}
    names: dict[str, int] = {}
    table: list[tuple[int, int, int, int, int, int, int, int]] = []
    users: list[bytes] = []
    for (account_name, of_day), raw in days.items():
        number = accounts.setdefault(account_name, len(accounts))
        for event, known, times, written, keys in day_facts.unpack(raw):
            total, place = int(written), names.setdefault(event, len(names))
            table.append((number, of_day, known, place, times, total >> HALF, total & LOW, len(keys) // KEY_BYTES))
            users.append(keys)
    account, day, known_day, name, count, high, low, lengths = np.array(table, np.int64).reshape(len(table), 8).T
    return FactColumns(
        list(accounts),
        list(names),
        account=account,
        day=day,
        known_day=known_day,
        name=name,
        count=count,
        high=high,
        low=low,
        users=np.frombuffer(b"".join(users), np.int64),
        user_ends=np.cumsum(lengths),
    )


def to_days(facts: FactColumns) -> dict[DayKey, bytes]:
    """The stored bytes of each account-day; the users of a part ascend, as `group` and `combined` leave them."""
    accounts, names, users = facts.account_names, facts.event_names, facts.users.tobytes()
    days: dict[DayKey, list[Row]] = {}
    begin = 0
    for account, day, known_day, name, count, total, end in zip(
        facts.account.tolist(),
        facts.day.tolist(),
        facts.known_day.tolist(),
        facts.name.tolist(),
        facts.count.tolist(),
        facts.sums_micro(),
        (facts.user_ends * KEY_BYTES).tolist(),
        strict=True,
    ):
        row = row_of((names[name], known_day), count, total, users[begin:end])
        days.setdefault((accounts[account], day), []).append(row)
        begin = end
    return {key: day_facts.pack(rows) for key, rows in days.items()}
