"""A chunk of the embedded log in bytes: LZ4 over the msgpack of (keys, values, headers), and back.

Keeping columns together makes one row of many records: a row each costs more than all the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cramjam
import msgspec

from banso_common.contracts.dead_letter import Headers
from banso_common.contracts.topics import Topic
from banso_common.errors import TooLarge
from banso_common.log.columns import RECORD_BYTES_MAX, by_partition, sizes
from banso_common.log.embedded_limits import EmbeddedLimits
from banso_common.log.port import Outgoing

_encode = msgspec.msgpack.Encoder().encode
_columns = msgspec.msgpack.Decoder(tuple[list[bytes | None], list[bytes], msgspec.Raw])
_headers = msgspec.msgpack.Decoder(list[Headers] | None)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one partition, encoded, before they have their offsets."""

    topic: Topic
    partition: int
    count: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Columns:
    """A chunk read back: columns of equal length, the first record at `base_offset`."""

    base_offset: int
    keys: list[bytes | None]
    values: list[bytes]
    headers: msgspec.Raw

    @property
    def next_offset(self) -> int:
        return self.base_offset + len(self.values)

    def all_headers(self) -> list[Headers]:
        """Headers of every record; none were written is an empty tuple each."""
        return _headers.decode(self.headers) or [()] * len(self.values)


def encode(outgoing: Outgoing, limits: EmbeddedLimits) -> Iterator[Chunk]:
    """The records as chunks, each partition's in their order. Raises TooLarge for a record over its limit."""
    for partition, (keys, values, headers) in by_partition(outgoing).items():
        for start, stop in _cuts(keys, values, headers, limits):
            columns = (keys[start:stop], values[start:stop], headers[start:stop] if headers else None)
            body = bytes(cramjam.lz4.compress_block(_encode(columns)))
            yield Chunk(outgoing.topic, partition, stop - start, body)


def _cuts(
    keys: Sequence[bytes | None], values: Sequence[bytes], headers: Sequence[Headers] | None, limits: EmbeddedLimits
) -> Iterator[tuple[int, int]]:
    """Where to cut a column so that each part keeps both chunk limits (one record is never cut)."""
    weights = sizes(keys, values, headers)
    if max(weights) > RECORD_BYTES_MAX:
        raise TooLarge("too_large", f"a record of {max(weights)} bytes is over the log's {RECORD_BYTES_MAX}")
    if sum(weights) <= limits.chunk_bytes_max:
        marks = [*range(0, len(values), limits.chunk_records_max), len(values)]
    else:
        marks, held = [0], 0
        for row, size in enumerate(weights):
            if held and (held + size > limits.chunk_bytes_max or row - marks[-1] >= limits.chunk_records_max):
                marks.append(row)
                held = 0
            held += size
        marks.append(len(values))
    yield from pairwise(marks)


def cut(
    held: Sequence[Columns], start: int, stop: int, *, with_headers: bool
) -> tuple[list[bytes | None], list[bytes], list[Headers] | None]:
    """The columns of the records from offset `start` up to `stop`, out of consecutive chunks."""
    keys: list[bytes | None] = []
    values: list[bytes] = []
    headers: list[Headers] | None = [] if with_headers else None
    for columns in held:
        rows = slice(max(0, start - columns.base_offset), max(0, stop - columns.base_offset))
        keys += columns.keys[rows]
        values += columns.values[rows]
        if headers is not None:
            headers += columns.all_headers()[rows]
    return keys, values, headers


def decode(base_offset: int, body: bytes) -> Columns:
    """The columns that `encode` made of these bytes."""
    keys, values, headers = _columns.decode(bytes(cramjam.lz4.decompress_block(body)))
    return Columns(base_offset, keys, values, headers)
