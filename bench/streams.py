"""The two streams that contenders read: independent events, and sessions of one user of one account."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from banso_common.contracts.account_activity import VERSION, AccountActivity, ActivityKind
from banso_common.contracts.codec import encode, identity_of
from banso_common.contracts.topics import partition_of

PARTITIONS = 8
SESSION_EVENTS = 15
USERS_PER_ACCOUNT = 5
MINUTES = 30
NAMES = (
    "page.viewed", "report.created", "search.done", "file.uploaded", "comment.added", "invoice.sent",
    "export.completed", "project.opened", "task.closed", "member.invited", "import.failed", "help.viewed",
)  # fmt: skip
WEIGHTS = (40, 12, 12, 8, 8, 6, 5, 4, 3, 1, 0.5, 0.5)


class Stream(StrEnum):
    """How events follow each other."""

    INDEPENDENT = "independent"
    SESSIONS = "sessions"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of account-activity."""

    partition: int
    key: bytes
    value: bytes


def records(stream: Stream, events: int, accounts: int, now: int) -> Iterator[Record]:
    """`events` usage events of `accounts` accounts in the last half hour before `now`, the same at each call."""
    source = random.Random(f"{stream}/{events}/{accounts}")
    length = SESSION_EVENTS if stream is Stream.SESSIONS else 1
    number = 0
    while number < events:
        account = f"customer-{source.randrange(accounts):06d}"
        user = f"user-{source.randrange(USERS_PER_ACCOUNT)}"
        begin = now - source.randrange(MINUTES * 60_000) - length * 1_000
        for step in range(min(length, events - number)):
            number += 1
            event = AccountActivity(
                v=VERSION,
                kind=ActivityKind.USAGE,
                identity=identity_of("shop-backend", f"evt-{number:09d}"),
                id=f"evt-{number:09d}",
                source="shop-backend",
                account=account,
                name=source.choices(NAMES, WEIGHTS)[0],
                occurred_at=begin + step * 1_000,
                received_at=now,
                user=user,
                user_key=identity_of(account, user),
            )
            yield Record(partition_of(account, PARTITIONS), account.encode(), encode(event))
