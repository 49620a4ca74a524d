"""The facts of one account on one day: the stored truth, in a form whose bytes do not depend on order.

A cell is (event name, day it became known) -> count, sum in micro-units, set of user keys. Counts and sums
are integers, users a set; merging is therefore commutative and associative, and duplicates of users vanish.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import msgspec

INT64_MAX = 2**63 - 1

CellKey = tuple[str, int]
Cells = dict[CellKey, "Cell"]


class Cell:
    """What happened under one name and became known on one day."""

    __slots__ = ("count", "sum", "users")

    def __init__(self, count: int = 0, sum_micro: int = 0, users: Iterable[int] = ()) -> None:
        self.count = count
        self.sum = sum_micro
        self.users = set(users)


_Row = tuple[str, int, int, int | str, bytes]
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[_Row])


def merge(cells: Cells, key: CellKey, count: int, sum_micro: int, users: Iterable[int]) -> None:
    """Add a part of the facts to `cells`, in place."""
    cell = cells.get(key)
    if cell is None:
        cells[key] = Cell(count, sum_micro, users)
        return
    cell.count += count
    cell.sum += sum_micro
    cell.users.update(users)


def add(cells: Cells, others: Cells) -> None:
    """Add all of `others` to `cells`, in place."""
    for key, other in others.items():
        merge(cells, key, other.count, other.sum, other.users)


def encode(cells: Cells) -> bytes:
    """The canonical bytes: cells in the order of their keys, users in their order."""
    return _encoder.encode([_row(key, cells[key]) for key in sorted(cells)])


def _row(key: CellKey, cell: Cell) -> _Row:
    total: int | str = cell.sum if -INT64_MAX <= cell.sum <= INT64_MAX else str(cell.sum)
    return (key[0], key[1], cell.count, total, array("q", sorted(cell.users)).tobytes() if cell.users else b"")


def decode(raw: bytes) -> Cells:
    """The cells that `encode` wrote."""
    cells: Cells = {}
    for name, known_day, count, total, users in _decoder.decode(raw):
        keys = array("q")
        keys.frombytes(users)
        cells[(name, known_day)] = Cell(count, int(total), keys)
    return cells


def users_of(days: Iterable[Cells], names: frozenset[str]) -> int:
    """How many distinct users did any of `names` on these days."""
    users: set[int] = set()
    for cells in days:
        for (name, _), cell in cells.items():
            if name in names:
                users |= cell.users
    return len(users)
