"""The inbox: what was sent and what was held back and why, in pages, with keys and scopes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from banso_common.clock import DAY_MS, iso
from banso_common.contracts.account_signal import SignalKind
from banso_common.http.keys import KeyRing, Scope
from tests.alerts.api.asking import listed, only
from tests.alerts.made import at, signal
from tests.alerts.room import Room

ONE_STORE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where the store plays no part


async def test_the_list_shows_what_was_sent_and_what_was_held_back_and_why(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal("a"))
    await room.deliver()
    room.later(1)
    await room.hear(signal("b"), signal("c", said_at=room.clock.now() - 8 * DAY_MS))
    await room.hear(signal("d", owner_email="d@vendor.example"))
    found = {each["account"]: each for each in await listed(api)}
    assert {name: (each["state"], each["reason"], each["stage"]) for name, each in found.items()} == {
        "a": ("sent", None, None),
        "b": ("planned", None, None),
        "c": ("expired", "expired", "expiry"),
        "d": ("planned", None, None),
    }
    assert found["a"]["sent_at"] == iso(room.clock.now() - 1)
    assert found["a"]["title"].startswith("Acme：")


@pytest.mark.parametrize(
    ("query", "accounts"),
    [
        ({"account": "a"}, {"a"}),
        ({"account": ["a", "b"]}, {"a", "b"}),
        ({"owner": "b@vendor.example"}, {"b"}),
        ({"state": "held"}, {"a", "c"}),
        ({"reason": "no-recipient"}, {"c"}),
        ({"kind": "stalled"}, {"b"}),
        ({"play": "unblock"}, {"b"}),
        ({"channel": "slack"}, {"a", "b", "c"}),
        ({"account": "b", "state": "held"}, set()),
        ({"open": "true"}, {"b", "c"}),
        ({"open": "false"}, {"a"}),
    ],
)
async def test_every_filter_lets_through_what_it_says(
    api: httpx.AsyncClient, room: Room, query: dict[str, Any], accounts: set[str]
) -> None:
    await room.hear(
        signal("a"),
        signal("b", kind=SignalKind.STALLED, owner_email="b@vendor.example"),
        signal("c", owner_email=None, owner_slack=None),
    )
    (first,) = await listed(api, account="a")
    await api.post(f"/v1/outreach/{first['id']}/acknowledge")
    assert {each["account"] for each in await listed(api, **query)} == accounts


async def test_an_account_is_asked_for_in_any_spelling(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal("Caf\u00e9"), signal("Cafe"))
    for said in ("Caf\u00e9", "Cafe\u0301"):
        assert [each["account"] for each in await listed(api, account=said)] == ["Caf\u00e9"]


async def test_pages_go_on_where_the_last_one_ended_whatever_comes_in_between(
    api: httpx.AsyncClient, room: Room
) -> None:
    for number in range(7):
        await room.hear(signal(f"a{number}", owner_email=f"{number}@vendor.example"))
        if number % 2:
            room.later(1)
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = (await api.get("/v1/outreach", params=query)).json()
        seen += [each["account"] for each in page["outreach"]]
        await room.hear(signal(f"late-{len(seen)}", said_at=room.clock.now()))
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
        room.later(1)
    assert len(seen) == len(set(seen))
    assert {name for name in seen if name.startswith("a")} == {f"a{number}" for number in range(7)}


async def test_a_cursor_of_another_query_is_refused(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal("a"), signal("b"))
    cursor = (await api.get("/v1/outreach", params={"limit": 1})).json()["next"]
    for query in ({"cursor": cursor, "account": "a"}, {"cursor": "abc"}, {"cursor": ""}):
        refused = await api.get("/v1/outreach", params=query)
        assert (refused.status_code, refused.json()["code"]) == (400, "foreign-cursor")


async def test_one_outreach_is_shown_with_its_message_and_its_delivery(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal(owner_locale="en"))
    await room.deliver()
    shown = (await api.get(f"/v1/outreach/{(await only(api))['id']}")).json()
    assert shown["message"][0]["heading"] == "Who"
    (why, *_) = shown["message"][2]["lines"]
    assert why.startswith("“Import failed” 14 times by 4 users in 14 days, usually 3")
    assert (shown["attempts"], shown["provider_ref"], shown["signal"]) == (1, "ref-1", signal().key)
    assert shown["link"] == "https://banso.example/accounts/acme"


@ONE_STORE
async def test_what_is_not_there_is_404_and_what_is_no_id_422(api: httpx.AsyncClient) -> None:
    for method, url, body in (
        ("GET", f"/v1/outreach/{'0' * 32}", None),
        ("POST", f"/v1/outreach/{'0' * 32}/acknowledge", None),
        ("POST", f"/v1/outreach/{'0' * 32}/snooze", {"until": iso(at("2026-03-04T00:00"))}),
        ("DELETE", f"/v1/silences/{'0' * 16}", None),
    ):
        answer = await api.request(method, url, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), url
    assert (await api.get("/v1/outreach/nonsense")).status_code == 422


@ONE_STORE
@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 501}, {"state": "lost"}, {"account": "a\x00"}, {"nonsense": "1"}, {"account": ["a"] * 51}],
)
async def test_a_wrong_query_is_422_and_says_what_is_wrong(api: httpx.AsyncClient, query: dict[str, Any]) -> None:
    refused = await api.get("/v1/outreach", params=query)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


@ONE_STORE
async def test_nothing_is_open_without_a_key_or_without_the_scope(api: httpx.AsyncClient, keys: KeyRing) -> None:
    reader = {"Authorization": f"Bearer {keys.create('reader', [Scope.OUTREACH_READ])}"}
    writer = {"Authorization": f"Bearer {keys.create('writer', [Scope.OUTREACH_WRITE])}"}
    stranger = {"Authorization": f"Bearer {keys.create('stranger', [Scope.ACCOUNTS_READ])}"}
    reads = [("GET", "/v1/outreach"), ("GET", f"/v1/outreach/{'0' * 32}"), ("GET", "/v1/silences")]
    writes = [
        ("POST", f"/v1/outreach/{'0' * 32}/acknowledge"),
        ("POST", f"/v1/outreach/{'0' * 32}/snooze"),
        ("POST", "/v1/silences"),
        ("DELETE", f"/v1/silences/{'0' * 16}"),
    ]
    body = {"until": "2026-03-04T00:00:00Z", "account": "a"}
    for method, url in reads + writes:
        sent = body if method == "POST" else None
        assert (await api.request(method, url, json=sent, headers={"Authorization": ""})).status_code == 401
        assert (await api.request(method, url, json=sent, headers=stranger)).status_code == 403
        wrong = writer if (method, url) in reads else reader
        assert (await api.request(method, url, json=sent, headers=wrong)).status_code == 403


@ONE_STORE
async def test_openapi_describes_every_route_with_an_example(api: httpx.AsyncClient) -> None:
    described = (await api.get("/openapi.json")).json()
    shapes = described["components"]["schemas"]
    for name in ("OutreachSummary", "OutreachList", "OutreachDetail", "SilenceView", "SilenceList", "Snooze"):
        assert "example" in shapes[name], name
    assert "example" in shapes["NewSilence"]
    for path, methods in described["paths"].items():
        for method in methods.values():
            assert method["summary"], path
            assert {"401", "403"} <= set(method["responses"]), path
