"""Feeds can be seen and retired; an account whose feed is stale is unknown, with its last score and how far that may
have moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient

from banso_common.clock import DAY_MS, HOUR_MS, MINUTE_MS, ManualClock
from banso_common.contracts.account_activity import HEARTBEAT, AccountActivity, ActivityKind
from banso_common.contracts.account_signal import feed_subject
from banso_common.contracts.codec import identity_of
from banso_common.http.keys import Scope
from banso_scoring import tables as t
from banso_scoring.api.feeds.feed_shapes import FeedList
from banso_scoring.api.routes import make_router
from banso_scoring.console.pages import make_routers
from tests.scoring.api.given import Door, Tenant, door, tenant, use

DAYS = 30


@pytest.fixture
async def watched(database_url: str, clock: ManualClock) -> AsyncIterator[Tenant]:
    """A month of work that came through `app`, and of letters that came through `desk`."""
    async with tenant(database_url, clock, watched=True) as made:
        now = clock.now()
        some = [
            through(
                source, use(account, name, now - (DAYS - day) * DAY_MS + hour * HOUR_MS, f"u{hour}", day * 24 + hour)
            )
            for day in range(DAYS)
            for hour in range(0, 24, 3)
            for account, source, name in (("acme", "app", "report.created"), ("zeta", "app", "login"))
        ]
        letters = [
            through("desk", use("zeta", "ticket.created", now - day * DAY_MS + HOUR_MS, "u", 9_000 + day))
            for day in range(1, DAYS)
        ]
        await made.take([*some, *letters])
        yield made


def through(source: str, event: AccountActivity) -> AccountActivity:
    """The event as if it had come through `source`, when it happened."""
    return msgspec.structs.replace(event, source=source, received_at=event.occurred_at)


def beat(source: str, at: int) -> AccountActivity:
    """A heartbeat."""
    return AccountActivity(
        v=1,
        kind=ActivityKind.HEARTBEAT,
        identity=identity_of(source, HEARTBEAT, str(at)),
        id=str(at),
        source=source,
        account=feed_subject(source),
        name=HEARTBEAT,
        occurred_at=at,
        received_at=at,
    )


@pytest.fixture
def served(watched: Tenant, tmp_path: Path) -> Door:
    return door([make_router(watched.member), *make_routers(watched.member)], tmp_path)


async def feeds(client: AsyncClient) -> dict[str, Any]:
    answer = await client.get("/v1/feeds")
    assert answer.status_code == 200
    found = msgspec.json.decode(answer.content, type=FeedList)
    assert found.watched
    return {one.source: one for one in found.feeds}


async def later(scoring: Tenant, ms: int) -> None:
    scoring.clock.move_to(scoring.clock.now() + ms)
    await scoring.sweep(scoring.clock.now())


async def test_every_feed_is_listed_with_what_it_sends_and_for_whom(watched: Tenant, served: Door) -> None:
    async with served.client() as client:
        found = await feeds(client)
    assert {source: one.accounts for source, one in found.items()} == {"app": 2, "desk": 1}
    assert {source: (one.sends_usage, one.sends_contacts) for source, one in found.items()} == {
        "app": (True, False),
        "desk": (False, True),
    }
    assert (found["app"].state, found["app"].patience_s) == ("fresh", 6 * 3_600)


async def test_an_account_of_a_dead_feed_is_unknown_and_its_interval_widens(watched: Tenant, served: Door) -> None:
    async with served.client() as client:
        fresh = (await client.get("/v1/accounts/acme")).json()
        assert fresh["summary"]["feed"] == {"state": "fresh", "source": None, "since": None}
        assert fresh["score_between"] is None
        spans = []
        for days in (1, 4, 9):
            await later(watched, days * DAY_MS)
            shown = (await client.get("/v1/accounts/acme")).json()
            assert (shown["summary"]["band"], shown["day"]) == ("unknown", fresh["day"])
            assert shown["summary"]["score"] == fresh["summary"]["score"]
            assert (shown["summary"]["feed"]["state"], shown["summary"]["feed"]["source"]) == ("stale", "app")
            low, high = shown["score_between"]
            assert low < shown["summary"]["score"] < high
            spans.append(high - low)
        assert spans == sorted(spans) and spans[0] < spans[2]
        listed = (await client.get("/v1/accounts", params={"band": "unknown"})).json()["accounts"]
        assert {one["account"]: one["feed"]["state"] for one in listed} == {"acme": "stale", "zeta": "stale"}
        assert (await feeds(client))["app"].state == "stale"


async def test_a_feed_that_is_retired_no_longer_counts_and_may_be_restored(watched: Tenant, served: Door) -> None:
    await later(watched, DAY_MS)
    async with served.client() as client:
        assert (await client.post("/v1/feeds/app/retire")).status_code == 403
    async with served.client(served.keys.create("admin", [Scope.ADMIN, Scope.ACCOUNTS_READ])) as client:
        answer = await client.post("/v1/feeds/app/retire")
        assert (answer.status_code, answer.json()["state"]) == (200, "retired")
        await later(watched, MINUTE_MS)
        shown = (await client.get("/v1/accounts/acme")).json()
        assert shown["summary"]["feed"]["state"] == "fresh"
        assert shown["summary"]["band"] != "unknown"
        keys = [row.key for row in await rows(watched) if "feed-stale" in row.key]
        assert keys == [f"{feed_subject('app')}/feed-stale/1/{state}" for state in ("opened", "closed")]
        assert (await client.delete("/v1/feeds/app/retire")).json()["state"] == "late"
        await later(watched, MINUTE_MS)
        assert (await feeds(client))["app"].state == "stale"
        assert (await client.post("/v1/feeds/nobody/heard/of/retire")).status_code == 404


async def rows(scoring: Tenant) -> list[Any]:
    async with scoring.member.engine.connect() as connection:
        return list((await connection.execute(t.outbox.select().order_by(t.outbox.c.seq))).all())


async def test_when_only_the_letters_stop_contact_is_unknown_and_the_scores_go_on(
    watched: Tenant, served: Door
) -> None:
    async with served.client() as client:
        before = (await client.get("/v1/accounts/acme")).json()
        assert before["evidence"]["contacts_seen"] is not None
        for day in range(4):
            now = watched.clock.now()
            await watched.take([through("app", use(a, "login", now, "u", 20_000 + day)) for a in ("acme", "zeta")])
            await later(watched, DAY_MS - HOUR_MS)
            await watched.take([through("app", use("acme", "login", watched.clock.now(), "u", 30_000 + day))])
            await later(watched, HOUR_MS)
        found = await feeds(client)
        assert (found["desk"].state, found["app"].state) == ("stale", "fresh")
        after = (await client.get("/v1/accounts/acme")).json()
        assert after["evidence"]["contacts_seen"] is None
        assert after["summary"]["feed"]["state"] == "fresh"
        assert after["day"] > before["day"]


async def test_heartbeats_make_a_dead_feed_known_within_minutes(watched: Tenant, served: Door) -> None:
    now = watched.clock.now()
    await watched.take([beat("app", now - n * MINUTE_MS) for n in range(10)])
    await later(watched, 12 * MINUTE_MS)
    async with served.client() as client:
        assert ((await feeds(client))["app"].state, (await feeds(client))["app"].heartbeat_s) == ("stale", 60)
        names = [one["account"] for one in (await client.get("/v1/accounts")).json()["accounts"]]
    assert sorted(names) == ["acme", "zeta"]


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "データ連携「app」が途絶えて"), ("en", "“app” is no longer heard")]
)
async def test_the_console_says_it_on_every_page(watched: Tenant, served: Door, language: str, words: str) -> None:
    async with served.client() as client:
        assert words not in (await client.get("/", params={"lang": language})).text
        await later(watched, 2 * DAY_MS)
        for page in ("/", "/accounts/acme"):
            assert words in (await client.get(page, params={"lang": language})).text
        text = (await client.get("/feeds", params={"lang": language})).text
    assert "desk" in text and "app" in text
