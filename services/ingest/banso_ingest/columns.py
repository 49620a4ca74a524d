"""Columns of records on their way to the log: accepted activity, and what is set aside."""

from __future__ import annotations

from dataclasses import dataclass, field

from banso_common.contracts.account_activity import AccountActivity
from banso_common.contracts.codec import encode
from banso_common.contracts.dead_letter import DeadLetter, Headers
from banso_common.contracts.topics import Topic, partition_of
from banso_common.log.port import Outgoing


@dataclass(slots=True)
class Columns:
    """Records for one topic, grown one by one or by whole columns."""

    topic: Topic
    partitions: list[int] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    headers: list[Headers] | None = None

    def __len__(self) -> int:
        return len(self.values)

    def extend(self, other: Columns) -> None:
        """Put `other`'s records behind these; both have headers or neither."""
        self.partitions += other.partitions
        self.keys += other.keys
        self.values += other.values
        if self.headers is not None and other.headers is not None:
            self.headers += other.headers

    def outgoing(self) -> Outgoing:
        return Outgoing(self.topic, self.partitions, self.keys, self.values, self.headers)


@dataclass(slots=True)
class Judged:
    """Events after judgement: received = len(accepted) + len(set_aside) + those that the caller was told of."""

    accepted: Columns = field(default_factory=lambda: Columns(Topic.ACCOUNT_ACTIVITY))
    set_aside: Columns = field(default_factory=lambda: Columns(Topic.DEAD_LETTERS, headers=[]))

    def accept(self, activity: AccountActivity, partitions: int) -> None:
        """An activity goes to the partition of its account."""
        account = activity.account
        self.accepted.partitions.append(partition_of(account, partitions))
        self.accepted.keys.append(account.encode())
        self.accepted.values.append(encode(activity))

    def put_aside(self, letter: DeadLetter, partition: int) -> None:
        """What could not be read, as it came."""
        self.set_aside.partitions.append(partition)
        self.set_aside.keys.append(letter.key)
        self.set_aside.values.append(letter.value)
        if self.set_aside.headers is not None:
            self.set_aside.headers.append(letter.all_headers())

    def extend(self, other: Judged) -> None:
        self.accepted.extend(other.accepted)
        self.set_aside.extend(other.set_aside)

    def outgoing(self) -> list[Outgoing]:
        """What to write, topic by topic; nothing for a topic without records."""
        return [columns.outgoing() for columns in (self.accepted, self.set_aside) if len(columns)]
