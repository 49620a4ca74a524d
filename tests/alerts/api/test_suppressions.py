"""The suppression list over HTTP: who is on it, in pages; put on, taken off."""

from __future__ import annotations

import httpx
import pytest

from banso_common.http.keys import KeyRing, Scope
from tests.alerts.made import signal
from tests.alerts.room import Room


async def test_an_address_is_put_on_by_hand_shown_and_taken_off(api: httpx.AsyncClient, room: Room) -> None:
    asked = {"address": "Tanaka@Acme.example", "comment": "asked by phone"}
    made = await api.post("/v1/suppressions", json=asked)
    assert made.status_code == 201
    assert made.json() == {
        "address": "tanaka@acme.example",
        "reason": "by-hand",
        "at": "2026-03-02T03:00:00.000Z",
        "detail": "console: asked by phone",
    }
    room.later(1_000)
    again = await api.post("/v1/suppressions", json={**asked, "reason": "bounced"})
    assert again.json() == made.json()
    assert (await api.get("/v1/suppressions")).json() == {"suppressions": [made.json()], "next": None}
    assert (await api.delete("/v1/suppressions/tanaka@acme.example")).status_code == 204
    assert (await api.delete("/v1/suppressions/tanaka@acme.example")).status_code == 404


async def test_pages_go_on_where_the_last_one_ended(api: httpx.AsyncClient) -> None:
    for number in range(5):
        await api.post("/v1/suppressions", json={"address": f"{number}@acme.example"})
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = (await api.get("/v1/suppressions", params=query)).json()
        seen += [each["address"] for each in page["suppressions"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == [f"{number}@acme.example" for number in range(5)]
    assert (await api.get("/v1/suppressions", params={"cursor": "abc"})).status_code == 400


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nothing_is_open_without_a_key_or_without_the_scope(api: httpx.AsyncClient, keys: KeyRing) -> None:
    reader = {"Authorization": f"Bearer {keys.create('reader', [Scope.OUTREACH_READ])}"}
    body = {"address": "a@acme.example"}
    for method, url in (
        ("POST", "/v1/suppressions"),
        ("DELETE", "/v1/suppressions/a@acme.example"),
        ("POST", "/v1/bounces"),
    ):
        sent = body if url == "/v1/suppressions" else None
        assert (await api.request(method, url, json=sent, headers={"Authorization": ""})).status_code == 401
        assert (await api.request(method, url, json=sent, headers=reader)).status_code == 403
    assert (await api.get("/v1/suppressions", headers={"Authorization": ""})).status_code == 401
    for wrong in ({}, {"address": ""}, {"address": "a\x00"}, {**body, "reason": "gone"}, {**body, "why": "?"}):
        assert (await api.post("/v1/suppressions", json=wrong)).status_code == 422


async def test_what_waits_for_the_address_is_held_at_once(api: httpx.AsyncClient, room: Room) -> None:
    await room.hear(signal(owner_slack=None))
    (row,) = await room.rows()
    await api.post("/v1/suppressions", json={"address": row.address})
    assert (await room.row()).state == "planned", "a person in Slack is not a mail address"
