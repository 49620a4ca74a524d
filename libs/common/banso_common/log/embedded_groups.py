"""Who reads what: the members of the embedded log's groups, their generations and the offsets they stored.

Every change in a group's membership begins a new generation. A member keeps its partitions until it takes
part in the new generation (`rejoin`, after it gave them up); once every living member has, the generation
is settled and each member's share follows from the sorted list of members, so nobody hands anything out.
Times are the machine's, in seconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from banso_common.contracts.topics import Topic
from banso_common.errors import Fenced
from banso_common.log.embedded_alive import is_gone
from banso_common.log.embedded_limits import EmbeddedLimits


@dataclass(frozen=True, slots=True)
class Group:
    """One group on one topic, as this process sees it. `process` names its life sign, which lies in `folder`."""

    topic: Topic
    name: str
    process: str
    folder: Path
    limits: EmbeddedLimits

    def gone(self, process: str) -> bool:
        """True when that process is certainly dead."""
        return process != self.process and is_gone(self.folder / process)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member sees of its group. `generation` is the member's own, None when it was thrown out."""

    generation: int | None
    newest: int
    settled: bool
    overdue: bool
    members: tuple[str, ...]

    def share(self, member: str, partitions: int) -> tuple[int, ...]:
        """The member's partitions: every n-th, n being the number of members."""
        return tuple(range(self.members.index(member), partitions, len(self.members)))


def join(connection: sqlite3.Connection, group: Group, now: float) -> tuple[str, int]:
    """A new member's id and generation; everyone else is now a generation behind."""
    connection.execute(
        "INSERT INTO member_groups VALUES (?, ?, 0, ?, ?) ON CONFLICT DO NOTHING", (group.topic, group.name, now, now)
    )
    _remove_dead(connection, group, now)
    generation = _begin_generation(connection, group, now)
    member = uuid4().hex
    connection.execute(
        "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?)",
        (member, group.topic, group.name, group.process, generation, now + group.limits.session_timeout_ms / 1000),
    )
    return member, generation


def rejoin(connection: sqlite3.Connection, group: Group, member: str, now: float) -> int | None:
    """Take part in the newest generation, having given up everything; None when thrown out meanwhile."""
    row = connection.execute(
        "UPDATE members SET alive_until = ?, generation ="
        " (SELECT generation FROM member_groups g WHERE g.topic = members.topic AND g.name = members.name)"
        " WHERE id = ? RETURNING generation",
        (now + group.limits.session_timeout_ms / 1000, member),
    ).fetchone()
    return None if row is None else int(row[0])


def beat(connection: sqlite3.Connection, group: Group, member: str, now: float) -> bool:
    """This member lives, and so does its group; who does not is removed. False when it was itself."""
    alive = connection.execute(
        "UPDATE members SET alive_until = ? WHERE id = ?",
        (now + group.limits.session_timeout_ms / 1000, member),
    ).rowcount
    _seen(connection, group, now)
    _remove_dead(connection, group, now)
    return alive == 1


def leave(connection: sqlite3.Connection, group: Group, member: str, now: float) -> None:
    """Go at once. The group counts as seen until now."""
    if connection.execute("DELETE FROM members WHERE id = ?", (member,)).rowcount:
        _begin_generation(connection, group, now)
        _seen(connection, group, now)


def standing(connection: sqlite3.Connection, group: Group, member: str, now: float) -> Standing:
    """How the member and its group stand. `overdue`: someone should be removed (`beat` does)."""
    newest, changed_at = connection.execute(
        "SELECT generation, changed_at FROM member_groups WHERE topic = ? AND name = ?", (group.topic, group.name)
    ).fetchone()
    rows = connection.execute(
        "SELECT id, generation, alive_until, process FROM members WHERE topic = ? AND name = ? ORDER BY id",
        (group.topic, group.name),
    ).fetchall()
    late = changed_at + group.limits.rebalance_wait_ms_max / 1000 < now
    return Standing(
        generation=next((row[1] for row in rows if row[0] == member), None),
        newest=newest,
        settled=all(row[1] == newest for row in rows),
        overdue=any(row[2] < now or (late and row[1] != newest) or group.gone(row[3]) for row in rows),
        members=tuple(row[0] for row in rows),
    )


def commit(connection: sqlite3.Connection, group: Group, member: tuple[str, int], offsets: Mapping[int, int]) -> None:
    """Store the offsets if (id, generation) is still a member. Raises Fenced."""
    if not connection.execute("SELECT 1 FROM members WHERE id = ? AND generation = ?", member).fetchone():
        raise Fenced(f"{group.name} lost its partitions of {group.topic}: it was silent for too long")
    connection.executemany(
        "INSERT INTO committed VALUES (?, ?, ?, ?)"
        " ON CONFLICT (topic, name, partition) DO UPDATE SET next_offset = excluded.next_offset",
        [(group.topic, group.name, partition, offset) for partition, offset in offsets.items()],
    )


def starts(connection: sqlite3.Connection, group: Group) -> dict[int, int]:
    """Where the group goes on in each partition: its stored offset, or the log's beginning."""
    return dict(
        connection.execute(
            "SELECT p.partition, coalesce(c.next_offset, p.first_offset) FROM partitions p LEFT JOIN committed c"
            " ON c.topic = p.topic AND c.name = ? AND c.partition = p.partition WHERE p.topic = ?",
            (group.name, group.topic),
        ).fetchall()
    )


def begins(connection: sqlite3.Connection, topic: str) -> dict[int, int]:
    """Where the log begins in each partition of a topic."""
    found = connection.execute("SELECT partition, first_offset FROM partitions WHERE topic = ?", (topic,))
    return dict(found.fetchall())


def _begin_generation(connection: sqlite3.Connection, group: Group, now: float) -> int:
    row = connection.execute(
        "UPDATE member_groups SET generation = generation + 1, changed_at = ? WHERE topic = ? AND name = ?"
        " RETURNING generation",
        (now, group.topic, group.name),
    ).fetchone()
    return int(row[0])


def _seen(connection: sqlite3.Connection, group: Group, now: float) -> None:
    connection.execute(
        "UPDATE member_groups SET seen_at = ? WHERE topic = ? AND name = ?", (now, group.topic, group.name)
    )


def _remove_dead(connection: sqlite3.Connection, group: Group, now: float) -> None:
    """Remove members without heartbeat, without process, or that keep a rebalance waiting for too long."""
    rows = connection.execute(
        "SELECT m.id, m.process FROM members m JOIN member_groups g ON g.topic = m.topic AND g.name = m.name"
        " WHERE m.topic = ? AND m.name = ?",
        (group.topic, group.name),
    ).fetchall()
    gone = [member for member, process in rows if group.gone(process)]
    connection.executemany("DELETE FROM members WHERE id = ?", [(member,) for member in gone])
    silent = connection.execute(
        "DELETE FROM members WHERE topic = ?1 AND name = ?2 AND (alive_until < ?3 OR generation <"
        " (SELECT generation FROM member_groups WHERE topic = ?1 AND name = ?2 AND changed_at < ?4))",
        (group.topic, group.name, now, now - group.limits.rebalance_wait_ms_max / 1000),
    ).rowcount
    if gone or silent:
        _begin_generation(connection, group, now)
