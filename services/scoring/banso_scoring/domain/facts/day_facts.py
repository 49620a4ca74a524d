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


Row = tuple[str, int, int, int | str, bytes]
"""A cell as it is stored: name, day known, count, sum (in digits beyond 64 bits), user keys ascending."""
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Row])


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
    return pack(
        row_of(key, cell.count, cell.sum, array("q", sorted(cell.users)).tobytes() if cell.users else b"")
        for key, cell in cells.items()
    )


def row_of(key: CellKey, count: int, sum_micro: int, users: bytes) -> Row:
    """One cell; `users` are its user keys, ascending, 8 bytes each."""
    total = sum_micro if -INT64_MAX <= sum_micro <= INT64_MAX else str(sum_micro)
    return (*key, count, total, users)


def pack(rows: Iterable[Row]) -> bytes:
    """The canonical bytes of the cells of a day, given in any order."""
    return _encoder.encode(sorted(rows))


def unpack(raw: bytes) -> list[Row]:
    """The cells of a day."""
    return _decoder.decode(raw)


def decode(raw: bytes) -> Cells:
    """The cells that `encode` wrote."""
    cells: Cells = {}
    for name, known_day, count, total, users in _decoder.decode(raw):
        keys = array("q")
        keys.frombytes(users)
        cells[(name, known_day)] = Cell(count, int(total), keys)
    return cells
