"""Erasing an account leaves nothing of it in any table and others as they were; erasing a user leaves the figures."""

from __future__ import annotations

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from banso_common.contracts.account_activity import AccountActivity, Scalar
from banso_common.contracts.codec import encode, identity_of
from banso_common.contracts.topics import Topic
from banso_common.db.transaction import reading, transaction
from banso_common.errors import Fenced
from banso_common.log.port import Batch
from banso_scoring import facts_store
from banso_scoring import tables as t
from banso_scoring.api.conservation import conservation
from banso_scoring.domain.facts import day_facts
from banso_scoring.erasing import erase_account, erase_user
from tests.scoring.api.given import LANES, Tenant, days_of_use, statement, use

SECRETS = ("acme-gmbh", "Hanako", "hanako@acme.example", "Acme GmbH")
OWNER: dict[str, Scalar] = {
    "name": "Acme GmbH",
    "contact_name": "Hanako",
    "contact_email": "hanako@acme.example",
    "seats": 40,
}


async def _filled(scoring: Tenant) -> None:
    """Two accounts of one lane with facts, statements and an objective, some of them in the journal still."""
    now = scoring.clock.now()
    await scoring.tell("acme-gmbh", **OWNER)
    await scoring.tell("other", name="Other")
    plan: dict[str, Scalar] = {
        "objectives.time.baseline": 40,
        "objectives.time.target": 15,
        "objectives.time.due_on": "2027-03-31",
    }
    await scoring.take([statement("acme-gmbh", now, **plan), *days_of_use("acme-gmbh", now, 30, trouble=9)])
    await scoring.take(days_of_use("other", now, 30))
    await _journalled(scoring, [statement("acme-gmbh", now, seats=41), use("acme-gmbh", "acme-gmbh.opened", now)])


async def _journalled(scoring: Tenant, activities: list[AccountActivity]) -> None:
    """Fold what is of one account, and leave it in the journal."""
    lane, values = identity_of(activities[0].account) % LANES, [encode(one) for one in activities]
    first, after = scoring.offsets[lane], scoring.offsets[lane] + len(values)
    scoring.offsets[lane] = after
    batch = Batch(Topic.ACCOUNT_ACTIVITY, lane, [None] * len(values), values, range(first, after), after, after)
    await scoring.handler.commit(scoring.handler.prepare([batch]))


async def _stored(scoring: Tenant) -> str:
    """Every value of every table, as text."""
    async with reading(scoring.member.engine) as tx:
        rows = [row for table in t.metadata.sorted_tables for row in await tx.execute(select(table))]
    return "\n".join(
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for row in rows for value in row
    )


async def _users(scoring: Tenant, account: str) -> list[set[int]]:
    async with reading(scoring.member.engine) as tx:
        rows = await tx.execute(select(t.account_day.c.facts).where(t.account_day.c.account == account))
        return [set().union(*(cell.users for cell in day_facts.decode(bytes(row.facts)).values())) for row in rows]


async def test_nothing_of_an_erased_account_is_in_any_table_and_others_are_as_they_were(
    scoring: Tenant, client: AsyncClient
) -> None:
    await _filled(scoring)
    before, stored = (await client.get("/v1/accounts/other")).json(), await _stored(scoring)
    assert all(secret in stored for secret in SECRETS)
    async with transaction(scoring.member.engine) as tx:
        erased = await erase_account(tx, "acme-gmbh")
    assert {"account", "account_day", "health", "success_plan", "statement_day"} <= erased.keys()
    left = await _stored(scoring)
    assert [secret for secret in SECRETS if secret in left] == []
    assert (await client.get("/v1/accounts/acme-gmbh")).status_code == 404
    after = (await client.get("/v1/accounts/other")).json()
    assert after["dimensions"] == before["dimensions"] and after["summary"]["score"] == before["summary"]["score"]
    assert (await client.get("/v1/accounts")).json()["accounts"][0]["account"] == "other"
    async with transaction(scoring.member.engine) as tx:
        assert await erase_account(tx, "acme-gmbh") == {}


async def test_whoever_owns_the_lane_is_refused_once_and_brings_nothing_back(
    scoring: Tenant, client: AsyncClient
) -> None:
    await _filled(scoring)
    async with transaction(scoring.member.engine) as tx:
        await erase_account(tx, "acme-gmbh")
    again = [use("acme-gmbh", "report.created", scoring.clock.now(), user="u9")]
    offsets = dict(scoring.offsets)
    with pytest.raises(Fenced):
        await scoring.take(again)
    scoring.offsets = offsets
    await scoring.handler.assigned(range(LANES))
    await scoring.take(again)
    found = (await client.get("/v1/accounts/acme-gmbh")).json()
    assert found["summary"]["name"] == "acme-gmbh"
    async with reading(scoring.member.engine) as tx:
        assert len(await facts_store.of_accounts(tx, ["acme-gmbh"], facts_store.EVER)) == 1
    assert "hanako" not in await _stored(scoring)
    async with reading(scoring.member.engine) as tx:
        counted = await conservation(tx)
    assert counted.adds_up and sum(lane.applied for lane in counted.lanes) == sum(scoring.offsets.values())


async def test_a_stranger_stands_in_for_an_erased_user_and_figures_stay(scoring: Tenant, client: AsyncClient) -> None:
    await _filled(scoring)
    before = (await client.get("/v1/accounts/acme-gmbh")).json()
    async with transaction(scoring.member.engine) as tx:
        assert await erase_user(tx, "acme-gmbh", "u1") == 30
        assert await erase_user(tx, "acme-gmbh", "u1") == 0
        assert await erase_user(tx, "nobody", "u1") == 0
    days = await _users(scoring, "acme-gmbh")
    assert len(days) >= 30 and not any(identity_of("acme-gmbh", "u1") in users for users in days)
    assert {len(users) for users in days if users} == {3}
    assert len(set().union(*days)) == 3, "one stranger, the same on each day"
    assert (await client.get("/v1/accounts/acme-gmbh")).json()["dimensions"] == before["dimensions"]
