"""Columns of records that are to be written: how large each is, and which belong to which partition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from banso_common.contracts.dead_letter import Headers
from banso_common.log.port import Outgoing

RECORD_BYTES_MAX = 2 * 2**20
"""The largest key, value and headers of one record together; both logs refuse more (`TooLarge`)."""

Split = tuple[Sequence[bytes | None], Sequence[bytes], Sequence[Headers] | None]


def sizes(keys: Sequence[bytes | None], values: Sequence[bytes], headers: Sequence[Headers] | None) -> list[int]:
    """Bytes of each record: key, value and headers."""
    found = [len(value) + len(key or b"") for key, value in zip(keys, values, strict=True)]
    if headers:
        for row, own in enumerate(headers):
            found[row] += sum(len(name) + len(raw) for name, raw in own)
    return found


def by_partition(outgoing: Outgoing) -> Mapping[int, Split]:
    """(keys, values, headers) of each partition, its records in the order in which they were given."""
    whole: Split = (outgoing.keys, outgoing.values, outgoing.headers)
    partitions = outgoing.partitions
    if not partitions:
        return {}
    if len(set(partitions)) == 1:
        return {partitions[0]: whole}
    rows: dict[int, list[int]] = {}
    for row, partition in enumerate(partitions):
        rows.setdefault(partition, []).append(row)
    return {partition: _pick(whole, chosen) for partition, chosen in rows.items()}


def _pick(whole: Split, rows: list[int]) -> Split:
    keys, values, headers = whole
    return _rows(keys, rows), _rows(values, rows), _rows(headers, rows) if headers else None


def _rows(column: Sequence[Any], rows: list[int]) -> Sequence[Any]:
    return [column[rows[0]]] if len(rows) == 1 else itemgetter(*rows)(column)
