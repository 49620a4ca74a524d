"""Events of a micro-batch summed into parts of facts: one part for each (account, day, name, day known).

Sums are exact: micro-units are added in two halves, each far below 2**53, and joined as Python integers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
HALF = 32


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Columns of equal length, one position an event. `names` are small numbers; `users` 0 for none."""

    accounts: Ints
    days: Ints
    known_days: Ints
    names: Ints
    values: Ints
    users: Ints


@dataclass(frozen=True, slots=True)
class Part:
    """What a micro-batch adds to one cell."""

    account: int
    day: int
    known_day: int
    name: int
    count: int
    sum_micro: int
    users: set[int]


def parts_of(events: EventColumns) -> Iterator[Part]:
    """The parts, ordered by account and day."""
    if not len(events.accounts):
        return
    order = np.lexsort((events.names, events.known_days, events.days, events.accounts))
    columns = [c[order] for c in (events.accounts, events.days, events.known_days, events.names)]
    differs = np.zeros(len(order), np.bool_)
    differs[0] = True
    for column in columns:
        differs[1:] |= column[1:] != column[:-1]
    starts = np.flatnonzero(differs)
    ends = np.append(starts[1:], len(order))
    values = events.values[order]
    high = np.add.reduceat(values >> HALF, starts).tolist()
    low = np.add.reduceat(values & ((1 << HALF) - 1), starts).tolist()
    users = events.users[order].tolist()
    keys = [column[starts].tolist() for column in columns]
    for position, (begin, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        seen = set(users[begin:end])
        seen.discard(0)
        yield Part(
            account=keys[0][position],
            day=keys[1][position],
            known_day=keys[2][position],
            name=keys[3][position],
            count=end - begin,
            sum_micro=(high[position] << HALF) + low[position],
            users=seen,
        )
