"""`GET /v1/conservation`: the counts of every partition, and whether they add up."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from banso_common.contracts.codec import encode
from banso_common.db.transaction import transaction
from banso_common.http.keys import Scope
from banso_scoring import tables as t
from tests.scoring.api.given import Door, Tenant, use


@pytest.fixture
def admin(api: Door) -> str:
    return api.keys.create("root", [Scope.ADMIN])


async def test_what_was_received_is_applied_duplicate_or_dead_lettered(scoring: Tenant, api: Door, admin: str) -> None:
    once = encode(use("acme", "report.created", scoring.clock.now()))
    await scoring.take_raw({0: [once, once, b"not an event"], 1: [encode(use("other", "x", scoring.clock.now()))]})
    async with api.client(admin) as client:
        found = (await client.get("/v1/conservation")).json()
    assert found["adds_up"] is True
    first, second = found["lanes"]
    parts = ("received", "applied", "duplicate", "dead_lettered", "next_offset", "adds_up")
    assert [first[part] for part in parts] == [3, 1, 1, 1, 3, True]
    assert [second[part] for part in parts] == [1, 1, 0, 0, 1, True]


async def test_a_record_that_is_not_accounted_for_is_seen(scoring: Tenant, api: Door, admin: str) -> None:
    await scoring.take([use("acme", "report.created", scoring.clock.now())])
    async with transaction(scoring.member.engine) as tx:
        await tx.execute(update(t.lane).values(received=t.lane.c.received + 1))
    async with api.client(admin) as client:
        assert (await client.get("/v1/conservation")).json()["adds_up"] is False


async def test_only_an_administrator_sees_it(api: Door) -> None:
    async with api.client() as client:
        answer = await client.get("/v1/conservation")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
