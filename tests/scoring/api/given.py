"""What the tests of scoring's doors start from: accounts that came in by the real handler, and a served app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter, FastAPI
from httpx import ASGITransport, AsyncClient

from banso_common.clock import DAY_MS, HOUR_MS, ManualClock
from banso_common.contracts.account_activity import AccountActivity, ActivityKind, Scalar
from banso_common.contracts.codec import encode, identity_of
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.http.app import make_app
from banso_common.http.keys import KeyRing, Scope
from banso_common.log.port import Batch
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.handler import ScoringHandler
from banso_scoring.member import Member
from banso_scoring.model.load import default_model
from banso_scoring.settings import ScoringSettings
from banso_scoring.sweep import Sweep
from tests.stores import give_tables

LANES = 2


@dataclass
class Tenant:
    """A member that owns all lanes, and the log that it reads, written by hand."""

    member: Member
    handler: ScoringHandler
    clock: ManualClock
    sweep: Sweep
    offsets: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(LANES), 0))

    async def take(self, activities: Iterable[AccountActivity]) -> None:
        """Let the member fold `activities` in one batch, and sweep."""
        by_lane: dict[int, list[AccountActivity]] = {}
        for activity in activities:
            by_lane.setdefault(identity_of(activity.account) % LANES, []).append(activity)
        await self.take_raw({lane: [encode(one) for one in some] for lane, some in by_lane.items()})

    async def take_raw(self, values: Mapping[int, Sequence[bytes]]) -> None:
        """Let the member fold these records, by lane, and sweep."""
        batches = []
        for lane, some in sorted(values.items()):
            first, after = self.offsets[lane], self.offsets[lane] + len(some)
            self.offsets[lane] = after
            batches.append(
                Batch(Topic.ACCOUNT_ACTIVITY, lane, [None] * len(some), some, range(first, after), after, after)
            )
        await self.handler.commit(self.handler.prepare(batches))
        await self.sweep(self.clock.now())

    async def tell(self, account: str, **said: Scalar) -> None:
        """Somebody says what an account is."""
        await self.take([statement(account, self.clock.now(), **said)])


@asynccontextmanager
async def tenant(
    database_url: str, clock: ManualClock, model: SuccessModel | None = None, *, watched: bool = False
) -> AsyncIterator[Tenant]:
    """A fresh store, and a member that owns its lanes; unless `watched`, silence runs on the clock."""
    give_tables(database_url, "banso_scoring")
    engine = connect(database_url)
    settings = ScoringSettings(scoring_database_url=database_url, feeds_watched=watched)
    member = Member(engine, model or default_model(), settings, clock)
    handler = ScoringHandler(member)
    await handler.assigned(range(LANES))
    try:
        yield Tenant(member, handler, clock, Sweep(member))
    finally:
        await engine.dispose()


def statement(account: str, at: int, **said: Scalar) -> AccountActivity:
    """What somebody says of an account."""
    identity = identity_of("said", account, str(at), *sorted(said))
    return AccountActivity(
        v=1,
        kind=ActivityKind.ACCOUNT,
        identity=identity,
        id=str(identity),
        source="crm",
        account=account,
        name="group",
        occurred_at=at,
        received_at=at,
        properties=dict(said),
    )


def use(account: str, name: str, at: int, user: str = "", number: int = 0) -> AccountActivity:
    """One usage event."""
    identity = identity_of("app", account, name, str(at), user, str(number))
    return AccountActivity(
        v=1,
        kind=ActivityKind.USAGE,
        identity=identity,
        id=str(identity),
        source="app",
        account=account,
        name=name,
        occurred_at=at,
        received_at=at,
        user=user or None,
        user_key=identity_of(account, user) if user else 0,
    )


def days_of_use(account: str, now: int, days: int, *, per_day: int = 4, trouble: int = 0) -> list[AccountActivity]:
    """An account whose users worked on each of the last days; in the last 14 they met `trouble` errors a day."""
    made = []
    for ago in range(days, 0, -1):
        at = now - ago * DAY_MS + HOUR_MS
        made += [use(account, "report.created", at + n, user=f"u{n % 3}", number=n) for n in range(per_day)]
        if ago <= 14:
            made += [use(account, "export error", at + n, user=f"u{n % 3}", number=n) for n in range(trouble)]
    return made


class Served:
    """What a composition needs to know of a service, for routers alone."""

    name = "scoring"

    def __init__(self, routers: Sequence[APIRouter]) -> None:
        self.routers = routers

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def readiness(self) -> Mapping[str, str | None]:
        return {}


@dataclass
class Door:
    """The app with a key for each set of scopes."""

    app: FastAPI
    keys: KeyRing
    key: str

    def client(self, key: str | None = None, **headers: str) -> AsyncClient:
        """Who has the key `key`; the default one may read accounts."""
        return AsyncClient(
            transport=ASGITransport(self.app),
            base_url="http://banso.example",
            headers={"Authorization": f"Bearer {self.key if key is None else key}", **headers},
        )


def door(routers: Sequence[APIRouter], folder: Path) -> Door:
    """The routers behind keys."""
    keys = KeyRing(folder / "keys.json")
    key = keys.create("reader", [Scope.ACCOUNTS_READ])
    return Door(make_app([Served(routers)], keys, "test"), keys, key)
