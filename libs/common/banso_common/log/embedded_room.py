"""Which records leave the embedded log, and when: its bounds in time and bytes.

Chunks leave oldest first, when the topic's keeping time is over or its bytes are at the limit, and never
while a live group has still to read them: a slow reader is waited for, and writes are `Full`; a dead one
is not, and finds its offset gone when it comes back.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from banso_common.clock import MINUTE_MS
from banso_common.contracts.topics import Topic
from banso_common.errors import Full, SettingsError

NOTHING_HELD = 2**63 - 1
SLACK = 20
"""At the byte limit a twentieth of it is freed at once, so that not every write has to look for room."""
TRIM_CHUNKS_MAX = 2_000
"""The most chunks of a partition that one write removes."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When records may go: `now` is the instant that keeping times are counted from (ms); a group that was
    seen since `live_since` (machine time, s) is alive."""

    now: int
    live_since: float
    topic_bytes_max: int


def make_room(connection: sqlite3.Connection, topic: Topic, coming: int, rules: Rules) -> None:
    """Remove what is due, and what `coming` more bytes need. Raises Full, SettingsError (no such topic)."""
    row = connection.execute("SELECT keep_ms, trimmed_at FROM topics WHERE topic = ?", (topic,)).fetchone()
    if row is None:
        raise SettingsError(f"there is no topic {topic}")
    keep_ms, trimmed_at = row
    stored = _stored(connection, topic)
    if rules.now - trimmed_at >= min(MINUTE_MS, keep_ms):
        stored -= _trim(connection, topic, rules.live_since, written_before=rules.now - keep_ms)
        connection.execute("UPDATE topics SET trimmed_at = ? WHERE topic = ?", (rules.now, topic))
    over = stored + coming - rules.topic_bytes_max
    if over > 0:
        freed = _trim(connection, topic, rules.live_since, bytes_wanted=over + rules.topic_bytes_max // SLACK)
        if freed < over:
            raise Full(f"{topic} holds {stored} bytes that a live group has still to read")


def _stored(connection: sqlite3.Connection, topic: Topic) -> int:
    row = connection.execute("SELECT sum(bytes) FROM partitions WHERE topic = ?", (topic,)).fetchone()
    return int(row[0] or 0)


def _trim(
    connection: sqlite3.Connection,
    topic: Topic,
    live_since: float,
    *,
    written_before: int | None = None,
    bytes_wanted: int | None = None,
) -> int:
    """Remove the oldest chunks that no live group has still to read; how many bytes that freed."""
    candidates: list[tuple[int, int, int, int]] = []
    for partition_id, held_from in _held(connection, topic, live_since):
        candidates += connection.execute(
            "SELECT rowid, partition_id, next_offset, bytes FROM chunks"
            " WHERE partition_id = ? AND next_offset <= ? AND written_at < ? ORDER BY base_offset LIMIT ?",
            (partition_id, held_from, NOTHING_HELD if written_before is None else written_before, TRIM_CHUNKS_MAX),
        ).fetchall()
    freed = 0
    for rowid, partition_id, next_offset, size in sorted(candidates):
        if bytes_wanted is not None and freed >= bytes_wanted:
            break
        connection.execute("DELETE FROM chunks WHERE rowid = ?", (rowid,))
        connection.execute(
            "UPDATE partitions SET first_offset = ?, bytes = bytes - ? WHERE id = ?",
            (next_offset, size, partition_id),
        )
        freed += size
    return freed


def _held(connection: sqlite3.Connection, topic: Topic, live_since: float) -> list[tuple[int, int]]:
    """For each partition's id the least offset that a live group has still to read."""
    return connection.execute(
        "SELECT p.id, coalesce((SELECT min(coalesce(c.next_offset, 0)) FROM member_groups g"
        "   LEFT JOIN committed c ON c.topic = g.topic AND c.name = g.name AND c.partition = p.partition"
        "   WHERE g.topic = p.topic AND g.seen_at > ?), ?)"
        " FROM partitions p WHERE p.topic = ?",
        (live_since, NOTHING_HELD, topic),
    ).fetchall()
