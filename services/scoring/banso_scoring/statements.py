"""What people say of accounts through the API, on its way to the owner: records of account-activity.

The member that owns an account's partition is its only writer, so a statement is not written to the database: it is
put on the log, in the partition of its account, and folded by the owner like what comes through ingest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import uuid4

from banso_common.clock import Clock
from banso_common.contracts.account_activity import VERSION, AccountActivity, ActivityKind, Scalar
from banso_common.contracts.codec import encode, identity_of
from banso_common.contracts.topics import Topic, partition_of
from banso_common.log.port import Log, Outgoing, Writer

SOURCE = "banso-api"


class Speaker:
    """Puts statements on account-activity; the log is opened by the first, since it may be away."""

    def __init__(self, log: Log, clock: Clock) -> None:
        self._log, self._clock = log, clock
        self._opening = asyncio.Lock()
        self._open: tuple[Writer, int] | None = None

    async def say(
        self, account: str, said: Mapping[str, Scalar], at: int | None = None, statement: str | None = None
    ) -> int:
        """Say this of `account`, as of the instant `at` (now); gives the identity, after the log has the record.

        The same id of a `statement` said again changes nothing. Raises Unavailable, Full.
        """
        writer, partitions = await self._opened()
        now, name = self._clock.now(), statement or uuid4().hex
        activity = AccountActivity(
            v=VERSION,
            kind=ActivityKind.ACCOUNT,
            identity=identity_of(SOURCE, f"{account}/{name}"),
            id=f"{account}/{name}",
            source=SOURCE,
            account=account,
            name=ActivityKind.ACCOUNT.value,
            occurred_at=now if at is None else at,
            received_at=now,
            properties=dict(said),
        )
        outgoing = Outgoing(
            topic=Topic.ACCOUNT_ACTIVITY,
            partitions=[partition_of(account, partitions)],
            keys=[account.encode()],
            values=[encode(activity)],
        )
        await writer.write([outgoing])
        return activity.identity

    async def close(self) -> None:
        """Let the writer go."""
        if self._open is not None:
            (writer, _), self._open = self._open, None
            await writer.close()

    async def _opened(self) -> tuple[Writer, int]:
        async with self._opening:
            if self._open is None:
                self._open = await self._log.writer(), await self._log.partitions(Topic.ACCOUNT_ACTIVITY)
            return self._open
