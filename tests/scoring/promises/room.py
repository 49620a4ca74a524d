"""A member over a store, fed by hand: what a log would hand over, and what the store then holds."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_common.clock import ManualClock
from banso_common.contracts.account_activity import AccountActivity
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.db.transaction import reading, transaction
from banso_common.log.port import Batch
from banso_scoring import facts_store, statement_store
from banso_scoring import tables as t
from banso_scoring.domain.facts import day_facts
from banso_scoring.domain.facts.day_facts import Cells
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.handler import LaneWork, ScoringHandler
from banso_scoring.member import Member
from banso_scoring.model.load import default_model
from banso_scoring.settings import ScoringSettings
from banso_scoring.sweep import Sweep
from tests.scoring.promises.streams import Facts
from tests.stores import give_tables

LANES = 2
EVER = -1_000_000
"""A day before every other."""


def lane_of(account: str) -> int:
    """Where an account's records go."""
    return zlib.crc32(account.encode()) % LANES


@dataclass
class Room:
    """One member, the log that it reads (kept here by lane), and its sweep."""

    member: Member
    handler: ScoringHandler
    sweep: Sweep
    log: dict[int, list[bytes]] = field(default_factory=lambda: {lane: [] for lane in range(LANES)})

    @property
    def engine(self) -> AsyncEngine:
        return self.member.engine

    def write(self, records: Iterable[AccountActivity | bytes], lane: int | None = None) -> None:
        """Append to the log."""
        for record in records:
            raw = record if isinstance(record, bytes) else encode(record)
            account = "" if isinstance(record, bytes) else record.account
            self.log[lane_of(account) if lane is None else lane].append(raw)

    def batches(self, most: int | None = None) -> list[Batch]:
        """What the member has not applied yet, `most` records a lane."""
        found = []
        for lane, claim in self.member.claims.items():
            first, end = max(claim.next_offset, 0), len(self.log[lane])
            after = end if most is None else min(end, first + most)
            values = self.log[lane][first:after]
            if values:
                found.append(
                    Batch(Topic.ACCOUNT_ACTIVITY, lane, [None] * len(values), values, range(first, after), after, end)
                )
        return found

    async def drain(self, most: int | None = None) -> None:
        """Apply all that the log holds."""
        while batches := self.batches(most):
            await self.handler.commit(self.handler.prepare(batches))

    def prepared(self) -> list[LaneWork]:
        """The next batch, prepared and not committed."""
        return self.handler.prepare(self.batches())

    async def take(self, *records: AccountActivity | bytes) -> None:
        """Write and apply."""
        self.write(records)
        await self.drain()

    async def reload(self) -> None:
        """Take the lanes anew, as after a fault."""
        await self.handler.assigned(range(LANES))

    async def rows(self, table: Any) -> Sequence[Row[Any]]:
        """A whole table, in the order of its key."""
        async with reading(self.engine) as tx:
            return (await tx.execute(select(table).order_by(*table.primary_key.columns))).all()

    async def merge(self) -> None:
        """Bring the whole journal into the account-days."""
        async with transaction(self.engine) as tx:
            for lane in range(LANES):
                while await facts_store.merge_journal(tx, lane) + await statement_store.merge_journal(tx, lane):
                    pass

    async def stored_facts(self) -> dict[tuple[str, int], bytes]:
        """The bytes of the merged account-days."""
        return {(row.account, row.day): bytes(row.facts) for row in await self.rows(t.account_day)}

    async def read_facts(self) -> dict[tuple[str, int], Cells]:
        """The facts as a reader sees them."""
        names = [row.account for row in await self.rows(t.account)]
        async with reading(self.engine) as tx:
            return await facts_store.of_accounts(tx, names, EVER)

    async def facts(self) -> Facts:
        """The facts as a reader sees them, in the shape of `Fold.facts`."""
        return plain(await self.read_facts())

    async def wipe(self) -> None:
        """An empty store, log and memory."""
        async with transaction(self.engine) as tx:
            for table in t.metadata.sorted_tables:
                await tx.execute(delete(table))
        self.log = {lane: [] for lane in range(LANES)}
        await self.handler.revoked(range(LANES))
        await self.reload()


def plain(rows: Mapping[tuple[str, int], Cells]) -> Facts:
    """Facts as plain values, to be compared."""
    return {
        key: {name: (cell.count, cell.sum, frozenset(cell.users)) for name, cell in cells.items()}
        for key, cells in rows.items()
    }


def plain_bytes(rows: Mapping[tuple[str, int], bytes]) -> Facts:
    """Stored facts as plain values."""
    return plain({key: day_facts.decode(raw) for key, raw in rows.items()})


@asynccontextmanager
async def member_of(url: str, clock: ManualClock, **settings: Any) -> AsyncIterator[Room]:
    """A member that has no lanes yet, over a store that has its tables; by itself silence runs on the clock there."""
    engine = connect(url)
    settings.setdefault("feeds_watched", False)
    model: SuccessModel = settings.pop("model", None) or default_model()
    member = Member(engine, model, ScoringSettings(scoring_database_url=url, **settings), clock)
    try:
        yield Room(member, ScoringHandler(member), Sweep(member))
    finally:
        await engine.dispose()


@asynccontextmanager
async def room_of(url: str, clock: ManualClock, **settings: Any) -> AsyncIterator[Room]:
    """A member that owns all lanes of a fresh store."""
    give_tables(url, "banso_scoring")
    async with member_of(url, clock, **settings) as room:
        await room.reload()
        yield room
