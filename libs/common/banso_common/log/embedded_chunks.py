"""Topics and records in the embedded log's file: a run of records of one partition is one row, a chunk.

A chunk's first record has `base_offset`, and the chunk that follows begins at its `next_offset`: a
partition holds every offset from `first_offset` up to its own `next_offset`, without holes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from banso_common.clock import DAY_MS
from banso_common.contracts.topics import Topic
from banso_common.errors import SettingsError
from banso_common.log.embedded_codec import Chunk, Columns, cut, decode
from banso_common.log.embedded_room import Rules, make_room
from banso_common.log.port import Batch


def create_topics(connection: sqlite3.Connection, partitions: int, keep_days: Mapping[Topic, int], now: int) -> None:
    """Create the topics that are missing, each with `partitions` partitions from offset 0 on."""
    for topic, days in keep_days.items():
        new = connection.execute(
            "INSERT INTO topics VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (topic, partitions, days * DAY_MS, now)
        ).rowcount
        if new == 1:
            connection.executemany(
                "INSERT INTO partitions (topic, partition, first_offset, next_offset, bytes) VALUES (?, ?, 0, 0, 0)",
                [(topic, partition) for partition in range(partitions)],
            )


def partitions(connection: sqlite3.Connection, topic: Topic) -> int:
    """How many partitions the topic has. Raises SettingsError when there is no such topic."""
    row = connection.execute("SELECT partitions FROM topics WHERE topic = ?", (topic,)).fetchone()
    if row is None:
        raise SettingsError(f"there is no topic {topic}")
    return int(row[0])


def append(connection: sqlite3.Connection, chunks: Sequence[Chunk], rules: Rules) -> None:
    """Store the chunks, after making room. Raises Full, SettingsError for a topic or partition that is not."""
    for topic in {chunk.topic for chunk in chunks}:
        coming = sum(len(chunk.body) for chunk in chunks if chunk.topic == topic)
        make_room(connection, topic, coming, rules)
    for chunk in chunks:
        row = connection.execute(
            "UPDATE partitions SET next_offset = next_offset + ?, bytes = bytes + ?"
            " WHERE topic = ? AND partition = ? RETURNING id, next_offset",
            (chunk.count, len(chunk.body), chunk.topic, chunk.partition),
        ).fetchone()
        if row is None:
            raise SettingsError(f"there is no partition {chunk.topic}/{chunk.partition}")
        connection.execute(
            "INSERT INTO chunks (partition_id, base_offset, next_offset, written_at, bytes, body)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (row[0], row[1] - chunk.count, row[1], rules.now, len(chunk.body), chunk.body),
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a partition holds from a wanted offset on. `first_offset` to `end_offset` is what exists."""

    first_offset: int
    end_offset: int
    columns: list[Columns]


def fetch(
    connection: sqlite3.Connection, topic: Topic, wanted: Sequence[tuple[int, int]], records_max: int
) -> list[Stretch]:
    """Chunks from each wanted (partition, offset) on, until they hold `records_max` records together."""
    found = []
    for partition, offset in wanted:
        row = connection.execute(
            "SELECT id, first_offset, next_offset FROM partitions WHERE topic = ? AND partition = ?",
            (topic, partition),
        ).fetchone()
        if row is None:
            raise SettingsError(f"there is no partition {topic}/{partition}")
        partition_id, first, end = row
        columns: list[Columns] = []
        if records_max > 0 and first <= offset < end:
            columns = _read(connection, partition_id, offset, records_max)
            records_max -= columns[-1].next_offset - offset
        found.append(Stretch(first, end, columns))
    return found


def _read(connection: sqlite3.Connection, partition_id: int, offset: int, records_max: int) -> list[Columns]:
    rows = connection.execute(
        "SELECT base_offset, body FROM chunks WHERE partition_id = ? AND base_offset >="
        " (SELECT max(base_offset) FROM chunks WHERE partition_id = ? AND base_offset <= ?)"
        " ORDER BY base_offset",
        (partition_id, partition_id, offset),
    )
    read: list[Columns] = []
    for base_offset, body in rows:
        read.append(decode(base_offset, body))
        if read[-1].next_offset - offset >= records_max:
            break
    rows.close()
    return read


def scan(connection: sqlite3.Connection, place: tuple[Topic, int], offset: int, records_max: int) -> Batch:
    """At most `records_max` records of a (topic, partition) from `offset` or the beginning on, with headers."""
    topic, partition = place
    (probe,) = fetch(connection, topic, [(partition, 0)], 0)
    start = max(offset, probe.first_offset)
    (found,) = fetch(connection, topic, [(partition, start)], records_max)
    stop = min(found.columns[-1].next_offset, start + records_max) if found.columns else start
    keys, values, headers = cut(found.columns, start, stop, with_headers=True)
    return Batch(topic, partition, keys, values, range(start, stop), stop, found.end_offset, headers)
